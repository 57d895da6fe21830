// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/inspect.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/execution_unit.hpp>
#include <caf/replies_to.hpp>
#include <caf/send.hpp>
#include <caf/timespan.hpp>

#include <string_view>
#include <utility>

/// The one door to CAF. Whatever CAF 0.17.6 and CAF 1.x spell differently is written by the names
/// of this header, here and in everything that is built on it; whatever they spell alike is written
/// as `caf::`. What values show of their fields is in `inspect.hpp`, which includes nothing of CAF,
/// so that code without actors need not, either. Atoms are written `x_atom_v`, and response handles
/// are used as rvalues, which suits both.
namespace devp2p {

// Signatures of typed actors.

/// A message that is not answered: `reacts_to<Inputs...>`.
using caf::reacts_to;
/// A message that is answered: `replies_to<Inputs...>::with<Outputs...>`.
using caf::replies_to;

// Sending. `Self` is a pointer to an actor, or a `caf::scoped_actor`.

/// Sends `what` to `to`.
template <class Self, class Handle, class... Ts>
void send_to(const Self& self, const Handle& to, Ts&&... what) {
  self->send(to, std::forward<Ts>(what)...);
}

/// Sends `what` to `to` after `delay`, by the clock of the actor system, which may be a virtual
/// one.
template <class Self, class Handle, class... Ts>
void send_later_to(const Self& self, caf::timespan delay, const Handle& to, Ts&&... what) {
  self->delayed_send(to, delay, std::forward<Ts>(what)...);
}

/// Sends `what` to `to` in no actor's name.
template <class Handle, class... Ts>
void anon_send_to(const Handle& to, Ts&&... what) {
  caf::anon_send(to, std::forward<Ts>(what)...);
}

/// Sends `what` to `to` and returns the response handle. The response is an error if none has come
/// when `timeout`, which may be `caf::infinite`, has passed.
template <class Self, class Handle, class Timeout, class... Ts>
auto request_from(const Self& self, const Handle& to, Timeout timeout, Ts&&... what) {
  return self->request(to, timeout, std::forward<Ts>(what)...);
}

/// Hands the message being handled over to `to`, as `what`. The return value is the result of the
/// handler; `to` answers the sender.
template <class Self, class Handle, class... Ts>
auto delegate_to(const Self& self, const Handle& to, Ts&&... what) {
  return self->delegate(to, std::forward<Ts>(what)...);
}

/// Returns the state of a `caf::stateful_actor`.
template <class Self>
auto& state_of(Self* self) {
  return self->state;
}

// Configuration.

/// Makes the message types of the blocks known to the systems that `config` is for.
template <class... Blocks>
void add_blocks(caf::actor_system_config& config) {
  (config.template add_message_types<Blocks>(), ...);
}

/// Makes the message types of blocks known that do not leave the process. CAF 0.17.6 need not know
/// them, and so accepts them from no other process.
template <class... Blocks>
void add_local_blocks(caf::actor_system_config&) {}

/// Sets an option of CAF, such as "scheduler.max-threads".
template <class T>
void set_option(caf::actor_system_config& config, std::string_view name, T&& value) {
  config.set({name.data(), name.size()}, std::forward<T>(value));
}

/// The worker or loop that runs an actor.
using execution_unit = caf::execution_unit;

} // namespace devp2p
