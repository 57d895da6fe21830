// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/remote/handler_host.hpp"

#include "devp2p/actors/remote/far_end.hpp"
#include "devp2p/actors/spawn_guarded.hpp"

#include <caf/send.hpp>

#include <utility>

namespace devp2p {

handler_host::handler_host(caf::actor_config& config, handler_factory spawn,
                           handler_host_options options)
  : lasting(config),
    spawn_(std::move(spawn)),
    options_(options) {}

handler_host::behavior_type handler_host::make_behavior() {
  stay_alive(); // No actor in this process need refer to it.
  set_down_handler([this](const caf::down_msg& down) { far_ends_.erase(down.source); });
  return {[this](spawn_atom, const channel& link, const near_end_actor& near,
                 std::uint64_t credit) { return host(link, near, credit); }};
}

void handler_host::on_exit() {
  for (const auto& [address, far] : far_ends_)
    caf::anon_send_exit(far, caf::exit_reason::user_shutdown);
  far_ends_.clear();
}

caf::result<far_end_actor> handler_host::host(const channel& link, const near_end_actor& near,
                                              std::uint64_t credit) {
  if (!near)
    return caf::make_error(errc::handler_failed, "the request names no near end to report to");
  if (far_ends_.size() >= options_.max_handlers)
    return caf::make_error(errc::handler_failed,
                           "its host has the maximum number of handlers already");
  auto handler =
    spawn_guarded(spawn_, system(), link, "the factory of its host has returned no handler");
  if (!handler)
    return std::move(handler.error());
  far_end_actor out = spawn<far_end>(std::move(*handler), near, credit, options_);
  monitor(out);
  far_ends_.emplace(out.address(), out);
  return out;
}

} // namespace devp2p
