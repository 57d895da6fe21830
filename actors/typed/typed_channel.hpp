// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/typed/message_list.hpp"
#include "devp2p/actors/typed/session_requests.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/channel.hpp"
#include "devp2p/net/rlp/decode.hpp"
#include "devp2p/net/rlp/encode.hpp"

#include <caf/error.hpp>
#include <caf/timespan.hpp>

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace devp2p {

namespace detail {

template <class T>
concept has_id = requires(T& x) {
  { x.id } -> std::same_as<std::uint64_t&>;
};

} // namespace detail

/// A handler's end of one session of a typed protocol. A value: copies are ends of the same
/// session, and may write from any actor. Only the session's handler may ask.
template <class Messages>
class typed_channel {
public:
  explicit typed_channel(channel link)
    : link_(std::move(link)),
      requests_(std::make_shared<detail::session_requests>(link_)) {}

  /// Returns the end as one of packets: all that it tells of the remote, and how to write packets.
  [[nodiscard]] const channel& link() const { return link_; }
  [[nodiscard]] const node_id& remote() const { return link_.remote.id; }
  /// Returns the version that both ends agreed on.
  [[nodiscard]] std::uint64_t version() const { return link_.protocol.version; }
  /// Returns whether that version has the message `T`.
  template <class T>
  [[nodiscard]] bool has() const {
    return Messages::template code_of<T>(version()).has_value();
  }

  /// Writes `message` and returns at once. If the peer refuses it, `self` receives the error, which
  /// ends `self` unless it has an error handler. Throws `std::logic_error` if the session's version
  /// does not have the message.
  template <class Self, class T>
  void send(Self* self, const T& message) const {
    link_.send(self, encoded(message));
  }

  /// Writes `message` like `send`, for a caller that is no actor and learns of no refusal.
  template <class T>
  void post(const T& message) const {
    link_.post(encoded(message));
  }

  /// Returns `message` as it is written.
  template <class T>
  [[nodiscard]] packet encoded(const T& message) const {
    static_assert(Messages::template has<T>, "the protocol has no message of this type");
    auto code = Messages::template code_of<T>(version());
    if (!code)
      detail::refuse_version(link_.protocol);
    return {*code, rlp::encode(message)};
  }

  /// Asks the remote once `then(on_answer, on_error)` of the result is called. The handler then
  /// runs `on_answer(answer)`, or `on_error(error)` if there is no answer within `timeout`, or the
  /// session ends. The id of `question` is chosen here.
  template <class Self, class Question>
  auto request(Self* self, caf::timespan timeout, Question question) const {
    using answer = typename Messages::template answer_to<Question>;
    static_assert(!std::same_as<answer, detail::no_answer>,
                  "the protocol has no request of this type");
    static_assert(detail::has_id<Question> && detail::has_id<answer>,
                  "the first field of a request and of its answer must be std::uint64_t id");
    return unasked<Self, Question, answer>{*this, self, timeout, std::move(question)};
  }

  /// Returns what has become of the requests so far.
  [[nodiscard]] const request_counts& requests() const { return requests_->counts(); }

  /// Bounds the requests. To be called before the first.
  void bound_requests(const request_limits& limits) const { requests_->bound(limits); }

  // For the typed protocol alone.

  /// Has the requests end with their handler.
  template <class Self>
  void end_with(Self* self) const {
    requests_->end_with(self, requests_);
  }

  /// Hands an answer over to whoever waits for it. Returns why the answer breaches the protocol.
  [[nodiscard]] std::optional<std::string> take_answer(const packet& in) const {
    return requests_->take_answer(in);
  }

  template <class Self>
  void look(Self* self) const {
    requests_->look(self);
  }

private:
  template <class Self, class Question, class Answer>
  struct [[nodiscard]] unasked {
    typed_channel link;
    Self* self;
    caf::timespan timeout;
    Question question;

    template <class OnAnswer, class OnError>
    void then(OnAnswer on_answer, OnError on_error) && {
      auto code = Messages::template code_of<Answer>(link.version());
      if (!code)
        detail::refuse_version(link.link_.protocol);
      auto& requests = *link.requests_;
      auto take = [self = self, on_answer = std::move(on_answer)](const packet& in) mutable {
        auto x = rlp::decode<Answer>(in.payload);
        if (!x)
          return self->quit(detail::malformed(in.code, x.error().text));
        static_cast<void>(on_answer(std::move(*x)));
      };
      auto ask = [self = self, link = link.link_,
                  code = Messages::template code_of<Question>(link.version()),
                  question = std::move(question)](std::uint64_t id) mutable {
        question.id = id;
        link.send(self, packet{*code, rlp::encode(question)});
      };
      requests.add(self, timeout, *code, std::move(ask), std::move(take), std::move(on_error));
    }
  };

  channel link_;
  std::shared_ptr<detail::session_requests> requests_;
};

} // namespace devp2p
