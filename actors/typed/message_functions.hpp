// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/typed/behavior_checks.hpp"
#include "devp2p/actors/typed/message_list.hpp"
#include "devp2p/actors/typed/pending_answer.hpp"
#include "devp2p/actors/typed/turn.hpp"
#include "devp2p/actors/typed/typed_channel.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/packet.hpp"
#include "devp2p/net/rlp/decode.hpp"

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_control_block.hpp>

#include <cstdint>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

/// The inside of a typed protocol's behavior.
namespace devp2p::detail {

template <class... Fs>
struct overloaded : Fs... {
  using Fs::operator()...;
};
template <class... Fs>
overloaded(Fs...) -> overloaded<Fs...>;

template <class Messages>
struct takes_message_of {
  template <class F>
  static constexpr bool test = Messages::template has<first_parameter<F>>;
};

template <class Messages>
struct takes_no_message_of {
  template <class F>
  static constexpr bool test = !Messages::template has<first_parameter<F>>;
};

/// Returns those of the functions that pass the test.
template <class Test, class... Fs>
auto pick(const Fs&... functions) {
  return std::tuple_cat([&] {
    if constexpr (Test::template test<Fs>)
      return std::tuple<Fs>{functions};
    else
      return std::tuple<>{};
  }()...);
}

/// Takes the packets of one session, and calls the functions that take its messages.
template <class Messages, class Pointer, class... Fs>
class message_functions {
public:
  message_functions(Pointer self, typed_channel<Messages> link, const std::tuple<Fs...>& functions)
    : self_(self),
      link_(std::move(link)),
      functions_(std::apply([](const Fs&... x) { return overloaded<Fs...>{x...}; }, functions)) {}

  void operator()(const packet& in) {
    if (!Messages::any([&](auto one) { return take(one, in); }))
      refuse(in, "the protocol has no such message");
  }

private:
  /// Takes the packet if it is this message. Returns whether it is.
  template <class Entry>
  bool take(Entry, const packet& in) {
    if (Entry::code != in.code || !Entry::is_in(link_.version()))
      return false;
    if constexpr (Entry::is_answer)
      take_answer(in);
    else
      take_message<Entry>(in);
    return true;
  }

  void take_answer(const packet& in) {
    if (auto why = link_.take_answer(in))
      refuse(in, *why);
  }

  template <class Entry>
  void take_message(const packet& in) {
    auto x = rlp::decode<typename Entry::type>(in.payload);
    if (!x)
      refuse(in, x.error().text);
    else if constexpr (Entry::is_request)
      take_request<typename Entry::answer>(std::move(*x));
    else
      static_cast<void>(functions_(std::move(*x)));
  }

  template <class Answer, class Question>
  void take_request(Question&& what) {
    auto id = what.id;
    if constexpr (std::is_invocable_v<overloaded<Fs...>&, Question, pending_answer<Answer>>)
      functions_(std::move(what), pending<Answer>(id));
    else
      answer(id, std::optional<Answer>{functions_(std::move(what))});
  }

  /// Returns what gives the answer in a turn of the handler, and only if it has not ended by then.
  template <class Answer>
  pending_answer<Answer> pending(std::uint64_t id) const {
    return pending_answer<Answer>{
      [self = self_, handler = caf::weak_actor_ptr{self_->ctrl()}, link = link_, id](Answer x) {
        x.id = id;
        auto give = [=, x = std::move(x)] { link.send(self, x); };
        if (auto alive = caf::actor_cast<caf::strong_actor_ptr>(handler))
          anon_send_to(caf::actor_cast<caf::actor>(alive), turn{std::move(give), nullptr});
      }};
  }

  template <class Answer>
  void answer(std::uint64_t id, std::optional<Answer> what) {
    if (!what)
      return;
    what->id = id;
    link_.send(self_, *what);
  }

  void refuse(const packet& in, const std::string& why) { self_->quit(malformed(in.code, why)); }

  Pointer self_;
  typed_channel<Messages> link_;
  overloaded<Fs...> functions_;
};

} // namespace devp2p::detail
