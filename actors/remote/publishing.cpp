// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/remote/publishing.hpp"

#include "devp2p/actors/remote/bounded_middleman.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/capability.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/io/middleman.hpp>
#include <caf/openssl/manager.hpp>
#include <caf/scoped_actor.hpp>

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

namespace devp2p::detail {

namespace {

/// The pause between two attempts to connect.
constexpr auto pause = std::chrono::milliseconds{200};

bool is_loopback(const endpoint& at) {
  return at.is_address() && (at.host == "::1" || at.host.rfind("127.", 0) == 0);
}

/// Returns whether the system has all that authentication needs. With less, CAF would encrypt, but
/// trust any remote.
bool has_certificates(caf::actor_system& system) {
  const auto& config = system.config();
  return system.has_openssl_manager() && !config.openssl_certificate.empty() &&
         !config.openssl_key.empty() &&
         !(config.openssl_cafile.empty() && config.openssl_capath.empty());
}

caf::expected<caf::io::middleman_actor> middleman_for(caf::actor_system& system,
                                                      const endpoint& where) {
  // CAF would pass any text to the system's resolver.
  if (!where.has_valid_host())
    return caf::make_error(errc::invalid_endpoint, printable(to_string(where)));
  if (has_certificates(system)) {
    // A middleman that the application has loaded itself has no bounds.
    auto* ours = dynamic_cast<bounded_middleman*>(&system.middleman());
    return ours != nullptr ? ours->certified() : system.openssl_manager().actor_handle();
  }
  if (!is_loopback(where))
    return caf::make_error(errc::permission_denied, to_string(where) +
                                                      " is not a loopback address, and without "
                                                      "certificates actors stay on this host");
  return system.middleman().actor_handle();
}

caf::expected<caf::strong_actor_ptr> connect_once(const caf::io::middleman_actor& middleman,
                                                  caf::actor_system& system, const endpoint& to,
                                                  const signatures& interface,
                                                  caf::timespan timeout) {
  caf::expected<caf::strong_actor_ptr> out{caf::none};
  auto on_answer = [&](const caf::node_id&, caf::strong_actor_ptr& found, const signatures& its) {
    if (!found)
      out = caf::make_error(caf::sec::no_actor_published_at_port, to.port);
    else if (!system.assignable(its, interface))
      out = caf::make_error(caf::sec::unexpected_actor_messaging_interface);
    else
      out = std::move(found);
  };
  caf::scoped_actor self{system};
  request_from(self, middleman, timeout, caf::connect_atom_v, to.host, to.port)
    .receive(on_answer, [&](caf::error& why) { out = std::move(why); });
  return out;
}

} // namespace

caf::expected<std::uint16_t> publish(caf::actor_system& system, caf::strong_actor_ptr what,
                                     signatures interface, const endpoint& at) {
  auto middleman = middleman_for(system, at);
  if (!middleman)
    return std::move(middleman.error());
  caf::expected<std::uint16_t> out{caf::none};
  caf::scoped_actor self{system};
  request_from(self, *middleman, caf::infinite, caf::publish_atom_v, at.port, std::move(what),
               std::move(interface), at.host, true)
    .receive([&](std::uint16_t port) { out = port; }, [&](caf::error& why) { out = why; });
  return out;
}

caf::expected<caf::strong_actor_ptr> connect(caf::actor_system& system, const endpoint& to,
                                             const signatures& interface, caf::timespan timeout) {
  auto middleman = middleman_for(system, to);
  if (!middleman)
    return std::move(middleman.error());
  // CAF rejects a negative timeout, and adds a long one to the time unchecked.
  timeout = std::clamp<caf::timespan>(timeout, caf::timespan{0}, settings::forever);
  using clock = std::chrono::steady_clock;
  const auto deadline = clock::now() + timeout;
  for (auto left = timeout;; left = deadline - clock::now()) {
    auto out = connect_once(*middleman, system, to, interface, left);
    // A heartbeat that falls into a handshake ends it: CAF 0.17.6 treats a connection from which no
    // data has come yet as one that was silent for ever.
    if (out || out.error() != caf::sec::connection_timeout || clock::now() + pause >= deadline)
      return out;
    std::this_thread::sleep_for(pause);
  }
}

} // namespace devp2p::detail
