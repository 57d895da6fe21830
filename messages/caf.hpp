// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/inspect.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/duration.hpp>
#include <caf/error.hpp>
#include <caf/execution_unit.hpp>
#include <caf/exit_reason.hpp>
#include <caf/make_message.hpp>
#include <caf/message.hpp>
#include <caf/replies_to.hpp>
#include <caf/response_promise.hpp>
#include <caf/result.hpp>
#include <caf/sec.hpp>
#include <caf/send.hpp>
#include <caf/timespan.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <typeinfo>
#include <utility>

/// The one door to CAF. Whatever CAF 0.17.6 and CAF 1.x spell differently is written by the names
/// of this header, here and in everything that is built on it; whatever they spell alike is written
/// as `caf::`. What values show of their fields is in `inspect.hpp`, which includes nothing of CAF,
/// so that code without actors need not, either. Atoms are written `x_atom_v`, and response handles
/// are used as rvalues, which suits both. The few files that stand on CAF's insides, and that
/// another version needs anew, are listed in this folder's README.
namespace devp2p {

enum class errc : std::uint8_t;

// Signatures of typed actors.

/// A message that is not answered: `reacts_to<Inputs...>`.
using caf::reacts_to;
/// A message that is answered: `replies_to<Inputs...>::with<Outputs...>`.
using caf::replies_to;

namespace detail {

template <class Signature>
struct signature_inputs;
template <class Inputs, class Outputs>
struct signature_inputs<caf::typed_mpi<Inputs, Outputs>> {
  using type = Inputs;
};

} // namespace detail

/// The types that a message of this signature has, as a `caf::detail::type_list`.
template <class Signature>
using inputs_of = typename detail::signature_inputs<Signature>::type;

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

/// The timeout of a request: a time, or `caf::infinite`.
using request_timeout = caf::duration;

/// Sends `what` to `to` and returns the response handle. The response is an error if none has come
/// when `timeout`, a time or `caf::infinite`, has passed.
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

// Answering.

/// Returns true for a value and for an error. Any other result of a handler means that the answer
/// comes later, or from another actor.
template <class... Ts>
[[nodiscard]] bool is_answer(const caf::result<Ts...>& result) {
  return result.flag == caf::rt_value || result.flag == caf::rt_error;
}

/// Keeps `promise` with a result that is an answer.
template <class... Ts>
void answer_with(caf::response_promise& promise, caf::result<Ts...> result) {
  if (result.flag == caf::rt_error)
    promise.deliver(std::move(result.err));
  else
    promise.deliver(std::move(result.value));
}

// Errors.

namespace detail {

/// The mark that CAF gives to the errors of an enum.
template <class Enum>
constexpr auto error_category = caf::detail::error_factory<Enum>::category;
template <>
inline constexpr auto error_category<caf::exit_reason> = caf::atom("exit");
template <>
inline constexpr auto error_category<caf::sec> = caf::atom("system");

} // namespace detail

/// Returns the code of an error of `Enum`; `nullopt` for any other error, and for none.
template <class Enum>
[[nodiscard]] std::optional<Enum> code_of(const caf::error& why) {
  if (!why || why.category() != detail::error_category<Enum>)
    return std::nullopt;
  return static_cast<Enum>(why.code());
}

/// Returns the text of an element of an error's context.
[[nodiscard]] inline std::string text_at(const caf::message& context, std::size_t index) {
  return context.stringify(index);
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

/// Returns whether the systems that `config` is for know the message type `T`.
template <class T>
[[nodiscard]] bool knows(const caf::actor_system_config& config) {
  return config.type_names_by_rtti.contains(typeid(T));
}

/// Has the systems that `config` is for describe an error of `Enum` by `describe(code, context)`.
template <class Enum, class Describe>
void add_errors(caf::actor_system_config& config, Describe describe) {
  config.add_error_category(detail::error_category<Enum>,
                            [=](std::uint8_t code, auto, const caf::message& context) {
                              return describe(static_cast<Enum>(code), context);
                            });
}

/// Sets an option of CAF, such as "scheduler.max-threads".
template <class T>
void set_option(caf::actor_system_config& config, std::string_view name, T&& value) {
  config.set({name.data(), name.size()}, std::forward<T>(value));
}

/// The worker or loop that runs an actor.
using execution_unit = caf::execution_unit;

} // namespace devp2p

// Makes `errc` an enum of errors. Between processes it is known by this text.
CAF_ERROR_CODE_ENUM(devp2p::errc, "devp2p")
