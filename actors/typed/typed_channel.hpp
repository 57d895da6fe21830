// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/typed/message_list.hpp"
#include "devp2p/actors/typed/session_requests.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/channel.hpp"
#include "devp2p/net/rlp/decode.hpp"
#include "devp2p/net/rlp/encode.hpp"
#include "devp2p/net/rlp/sound_form.hpp"

#include <caf/error.hpp>
#include <caf/timespan.hpp>

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace devp2p {

/// An end of one session of a typed protocol. A value of one pointer: copies are ends of the same
/// session. Any actor and any thread may write and ask; what is said of requests so far is for the
/// turns of the session's handler.
template <class Messages>
class typed_channel {
public:
  explicit typed_channel(channel link)
    : requests_(std::make_shared<detail::session_requests>(std::move(link))) {}

  /// Returns the end as one of packets: all that it tells of the remote, and how to write packets.
  [[nodiscard]] const channel& link() const { return requests_->link(); }
  [[nodiscard]] const node_id& remote() const { return link().remote.id; }
  /// Returns the version that both ends agreed on.
  [[nodiscard]] std::uint64_t version() const { return link().protocol.version; }
  /// Returns whether that version has the message `T`.
  template <class T>
  [[nodiscard]] bool has() const {
    return Messages::template code_of<T>(version()).has_value();
  }

  /// Returns whether both are ends of the same session.
  friend bool operator==(const typed_channel&, const typed_channel&) = default;

  /// Writes `message` and returns at once. If the peer refuses it, `self` receives the error, which
  /// ends `self` unless it has an error handler. Throws `std::logic_error` if the session's version
  /// does not have the message.
  template <class Self, class T>
  void send(Self* self, const T& message) const {
    link().send(self, encoded(message));
  }

  /// Writes `message` like `send`, for a caller that is no actor and learns of no refusal.
  template <class T>
  void post(const T& message) const {
    link().post(encoded(message));
  }

  /// Returns `message` as it is written.
  template <class T>
  [[nodiscard]] packet encoded(const T& message) const {
    constexpr auto is_known = Messages::template has<T>;
    static_assert(is_known, "the protocol has no message of this type");
    if constexpr (is_known)
      return packet_of(message);
    else
      return {};
  }

  /// Asks the remote once `then(on_answer, on_error)` of the result is called. The handler, which
  /// is `self`, then runs `on_answer(answer)`, or `on_error(error)` if there is no answer within
  /// `timeout`, or the session ends. The id of `question` is chosen here.
  template <class Self, class Question>
  auto request(Self* self, caf::timespan timeout, Question question) const {
    auto by_handler = belong_to(self);
    if constexpr (is_request<Question>())
      return unasked<Question, answer_to<Question>>{*this, by_handler, timeout,
                                                    std::move(question)};
    else
      return refused{};
  }

  /// Asks the remote for a caller that is not the handler. The functions run in turns of the
  /// handler all the same, which may be on another thread; if the session has ended, `on_error` may
  /// also run on the caller's.
  template <class Question>
  auto request(caf::timespan timeout, Question question) const {
    if constexpr (is_request<Question>())
      return unasked<Question, answer_to<Question>>{*this, false, timeout, std::move(question)};
    else
      return refused{};
  }

  /// Returns what has become of the requests so far.
  [[nodiscard]] const request_counts& requests() const { return requests_->counts(); }

  /// Bounds the requests. To be called before the first.
  void bound_requests(const request_limits& limits) const { requests_->bound(limits); }

  // For the typed protocol alone.

  /// Makes `self` the handler that asks, if there is none yet; returns whether it is that. To be
  /// called in a turn of it.
  template <class Self>
  bool belong_to(Self* self) const {
    return detail::session_requests::belong_to(self, requests_);
  }

  /// Hands an answer over to whoever waits for it. Returns why the answer breaches the protocol.
  [[nodiscard]] std::optional<std::string> take_answer(const packet& in) const {
    return requests_->take_answer(in);
  }

private:
  template <class Question>
  using answer_to = typename Messages::template answer_to<Question>;

  template <class T>
  packet packet_of(const T& message) const {
    auto code = Messages::template code_of<T>(version());
    if (!code)
      detail::refuse_version(link().protocol);
    if constexpr (rlp::detail::sound_message<T>::value)
      return {*code, rlp::encode(message)};
    else
      return {};
  }

  /// Checks that the protocol has such a request.
  template <class Question>
  static constexpr bool is_request() {
    constexpr auto out = !std::same_as<answer_to<Question>, detail::no_answer>;
    static_assert(out, "the protocol has no request of this type");
    if constexpr (out)
      static_assert(detail::is_numbered<Question>() && detail::is_numbered<answer_to<Question>>(),
                    "the first field of a request and of its answer must be std::uint64_t id");
    return out;
  }

  /// The result of a request that does not compile, for what follows it.
  struct refused {
    template <class OnAnswer, class OnError>
    void then(OnAnswer, OnError) && {}
  };

  template <class Question, class Answer>
  struct [[nodiscard]] unasked {
    typed_channel link;
    bool by_handler;
    caf::timespan timeout;
    Question question;

    template <class OnAnswer, class OnError>
    void then(OnAnswer on_answer, OnError on_error) && {
      constexpr auto takes_answer = std::is_invocable_v<OnAnswer&, Answer>;
      static_assert(takes_answer, "the first function of then() must take the answer");
      constexpr auto takes_error = std::is_invocable_v<OnError&, const caf::error&>;
      static_assert(takes_error, "the second function of then() must take a caf::error");
      if constexpr (takes_answer && takes_error)
        ask(std::move(on_answer), std::move(on_error));
    }

  private:
    template <class OnAnswer, class OnError>
    void ask(OnAnswer on_answer, OnError on_error) {
      auto code = Messages::template code_of<Question>(link.version());
      auto answer_code = Messages::template code_of<Answer>(link.version());
      if (!code || !answer_code)
        detail::refuse_version(link.link().protocol);
      auto encode = [code = *code, question = std::move(question)](std::uint64_t id) mutable {
        question.id = id;
        return packet{code, rlp::encode(question)};
      };
      auto fail = std::make_shared<OnError>(std::move(on_error));
      auto take = [all = link.requests_.get(), on_answer = std::move(on_answer),
                   fail](const packet& in) mutable {
        auto x = rlp::decode<Answer>(in.payload);
        if (x)
          return static_cast<void>(on_answer(std::move(*x)));
        auto why = detail::malformed(in.code, x.error().text);
        all->quit(why);
        static_cast<void>((*fail)(why));
      };
      detail::session_requests::question asked{
        timeout, *answer_code, std::move(encode), std::move(take),
        [fail](const caf::error& why) { static_cast<void>((*fail)(why)); }};
      if (by_handler)
        link.requests_->add(std::move(asked));
      else
        detail::session_requests::post(link.requests_, std::move(asked));
    }
  };

  std::shared_ptr<detail::session_requests> requests_;
};

} // namespace devp2p
