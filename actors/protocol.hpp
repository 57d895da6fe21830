// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/reporting.hpp"
#include "devp2p/actors/supervision.hpp"
#include "devp2p/messages/channel.hpp"
#include "devp2p/messages/info.hpp"

#include <caf/abstract_actor.hpp>
#include <caf/actor_system.hpp>
#include <caf/detail/init_fun_factory.hpp>
#include <caf/infer_handle.hpp>
#include <caf/stateful_actor.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>

namespace devp2p {

/// Spawns the handler of one session. The session's supervisor calls it on the network's loop, so
/// it must spawn and return at once. An exception counts as a failure of the handler.
using handler_factory = std::function<handler_actor(caf::actor_system&, const channel&)>;

/// A sub-protocol that a node offers, as its author describes it.
///
/// The session lives as long as its handlers do: a handler that returns ends it with
/// `client_quitting`, one that fails with `subprotocol_error`, and one that quits with
/// `errc::local_disconnect` and a `disconnect_reason` with that reason. When the session ends
/// otherwise, the handler gets an exit message with `errc::session_closed`. `supervised` sets what
/// else may follow from a failure.
struct protocol {
  /// The largest payload that the RLPx specification allows, in bytes.
  static constexpr std::size_t max_payload_size = 0xffffff;

  /// At most eight ASCII characters, by custom three or four lower-case letters.
  std::string name = {};
  std::uint64_t version = 0;
  /// The number of message codes, which run from 0 to `length - 1`.
  std::uint64_t length = 0;
  /// The largest uncompressed payload, in bytes. A remote that sends more breaches the protocol.
  std::size_t max_message_size = max_payload_size;
  handler_factory spawn = {};
  supervision supervised = {};
  /// Returns data for `node_info`; may be empty. Called on a loop, all of whose sessions wait: must
  /// return at once.
  std::function<metadata()> node_info = {};
  /// Returns data for `peer_info` about the session with that node; may be empty. Must return at
  /// once, too.
  std::function<metadata(const node_id&)> peer_info = {};
};

namespace detail {

/// Whether CAF makes the state of an actor as its author means it. CAF gives the state's
/// constructor the pointer to the actor, if it can; by the rules of C++20, as g++ has them, that
/// also initialises the first member of an aggregate: a `bool` would be true.
template <class Actor>
constexpr bool has_sound_state = true;
template <class State, class Base>
constexpr bool has_sound_state<caf::stateful_actor<State, Base>> =
  !std::is_aggregate_v<State> || !std::is_constructible_v<State, caf::stateful_actor<State, Base>*>;

template <class Function, class... Extra>
handler_factory spawned_by(bool on_loop, Function behavior, Extra... extra) {
  return [=](caf::actor_system& system, const channel& link) -> handler_actor {
    using base = caf::infer_impl_from_fun_t<Function>;
    static_assert(has_sound_state<base>, "the state of a handler must declare a constructor: "
                                         "State() = default will do");
    constexpr auto is_callable = std::is_invocable_v<Function&, base*, channel, Extra...>;
    static_assert(is_callable, "the function of a handler must take its pointer, devp2p::channel, "
                               "and what is given to handled_by beside it");
    caf::actor_config config;
    if constexpr (is_callable) {
      auto copy = behavior;
      caf::detail::init_fun_factory<base, Function> init;
      config.init_fun = init(std::move(copy), link, extra...);
    }
    return system.spawn_impl<reporting<base>, caf::no_spawn_options>(config, link, on_loop);
  };
}

template <class Class, class... Extra>
handler_factory spawned_as(bool on_loop, Extra... extra) {
  return [=](caf::actor_system& system, const channel& link) -> handler_actor {
    constexpr auto is_sound =
      std::is_constructible_v<Class, caf::actor_config&, const channel&, const Extra&...>;
    static_assert(is_sound, "the class of a handler must have a constructor that takes "
                            "caf::actor_config&, devp2p::channel, and what is given to handled_by");
    caf::actor_config config;
    if constexpr (is_sound)
      return system.spawn_impl<reporting<Class>, caf::no_spawn_options>(config, link, on_loop, link,
                                                                        extra...);
    else
      return handler_actor{};
  };
}

} // namespace detail

/// Returns a factory that spawns `behavior(self, channel, extra...)` for each session. `behavior`
/// is the function of a typed actor that takes `packet`; that of a `stateful_actor`, too:
///
///     struct tally {
///       tally() = default; // Without it, CAF would make `open` of the pointer to the actor.
///       bool open = false;
///       std::size_t packets = 0;
///     };
///     handler_actor::behavior_type count(handler_actor::stateful_pointer<tally> self,
///                                        const channel&) {
///       return {[=](const packet&) { ++state_of(self).packets; }};
///     }
///
/// The handler begins on the loop of the session's stream, so that no thread has to be woken for a
/// message. If its messages take longer than a quarter of a millisecond, it moves to CAF's
/// scheduler, and comes back when they have been short for a while. The loop does not wait for a
/// handler that holds it for some 10 ms, but goes on with another thread;
/// `settings::hold_timeout` limits the time for which that may last. Handlers that wait, for a file
/// or a lock, belong to `handled_on_scheduler_by`.
template <class Function, class... Extra>
requires(!std::derived_from<Function, caf::abstract_actor>) handler_factory
  handled_by(Function behavior, Extra... extra) {
  return detail::spawned_by(true, std::move(behavior), std::move(extra)...);
}

/// Returns such a factory for actors of `Class`, constructed from `(config, channel, extra...)`.
template <std::derived_from<caf::abstract_actor> Class, class... Extra>
handler_factory handled_by(Extra... extra) {
  return detail::spawned_as<Class>(true, std::move(extra)...);
}

/// Returns a factory like that of `handled_by`, but for handlers that stay on CAF's scheduler,
/// because they wait or compute for long. If they take up all of its threads, all its actors wait.
template <class Function, class... Extra>
requires(!std::derived_from<Function, caf::abstract_actor>) handler_factory
  handled_on_scheduler_by(Function behavior, Extra... extra) {
  return detail::spawned_by(false, std::move(behavior), std::move(extra)...);
}

/// Returns such a factory for actors of `Class`, constructed as those of `handled_by<Class>`.
template <std::derived_from<caf::abstract_actor> Class, class... Extra>
handler_factory handled_on_scheduler_by(Extra... extra) {
  return detail::spawned_as<Class>(false, std::move(extra)...);
}

} // namespace devp2p
