// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/endpoint.hpp"
#include "devp2p/messages/settings.hpp"
#include "devp2p/messages/type_ids.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/expected.hpp>
#include <caf/sec.hpp>

#include <chrono>
#include <cstdint>
#include <set>
#include <string>
#include <utility>

/// Finding actors from other processes. CAF's middleman does all the work, but would do it for any
/// remote. A remote that may connect can send any message to any actor whose handle has left this
/// process.
namespace devp2p {

namespace detail {

/// The types of an actor's messages. With them the other process checks the actor's interface.
using signatures = std::set<std::string>;

caf::expected<std::uint16_t> publish(caf::actor_system& system, caf::strong_actor_ptr what,
                                     signatures interface, const endpoint& at);
caf::expected<caf::strong_actor_ptr> connect(caf::actor_system& system, const endpoint& to,
                                             const signatures& interface, caf::timespan timeout);

} // namespace detail

/// Lets other processes connect to `what`, for example a node or a handler host. Returns the port.
///
/// Without certificates (`load_middleman`), only processes of this host can connect, and the call
/// fails with `errc::permission_denied` if `at` is not a loopback address. With certificates, all
/// connections are encrypted, and only processes with a certificate can connect, at any address.
template <class Handle>
caf::expected<std::uint16_t> publish(const Handle& what, const endpoint& at = {"127.0.0.1", 0}) {
  if (!what)
    return caf::sec::cannot_publish_invalid_actor;
  auto& system = what.home_system();
  return detail::publish(system, caf::actor_cast<caf::strong_actor_ptr>(what),
                         system.message_types(what), at);
}

/// Returns the actor that another process has published at `to`. Blocks for at most `timeout`; an
/// actor must not call it. Fails like `publish` if `to` is not on this host and the system has no
/// certificates.
template <class Handle>
caf::expected<Handle> connect(caf::actor_system& system, const endpoint& to,
                              settings::duration timeout = std::chrono::seconds{10}) {
  auto found = detail::connect(system, to, system.message_types<Handle>(), timeout);
  if (!found)
    return std::move(found.error());
  return caf::actor_cast<Handle>(std::move(*found));
}

} // namespace devp2p
