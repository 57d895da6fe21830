// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/remote/remote_handler.hpp"

#include "devp2p/actors/remote/handler_host.hpp"
#include "devp2p/actors/remote/near_end.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace devp2p {

namespace {

/// The minimum interval of reports: a far end that reports without a pause does nothing else.
constexpr std::chrono::milliseconds least_interval{1};

settings::duration bounded(settings::duration x, settings::duration least = {}) {
  return std::clamp(x, least, settings::forever);
}

} // namespace

handler_factory handled_remotely(const handler_host_actor& host, remote_handler_options options) {
  // Without any credit, no message would ever be sent.
  options.credit = std::max<std::uint64_t>(options.credit, 1);
  options.spawn_timeout = bounded(options.spawn_timeout);
  return [=](caf::actor_system& system, const channel& link) -> handler_actor {
    if (!host)
      return {};
    return system.spawn<near_end>(link.loop, host, link, options);
  };
}

handler_host_actor host_handlers(caf::actor_system& system, handler_factory spawn,
                                 handler_host_options options) {
  if (!spawn)
    throw std::invalid_argument{
      "host_handlers: the factory is null: pass one, as handled_by returns it"};
  options.handler_timeout = bounded(options.handler_timeout);
  options.report_interval = bounded(options.report_interval, least_interval);
  return system.spawn<handler_host>(std::move(spawn), options);
}

} // namespace devp2p
