// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/metrics/metrics_endpoint.hpp"

#include <prometheus/exposer.h>
#include <prometheus/registry.h>

#include <exception>
#include <utility>
#include <vector>

namespace devp2p {

namespace {

/// The options of the HTTP server, CivetWeb. Each connection carries one request.
std::vector<std::string> options_for(const endpoint& at) {
  return {"listening_ports",    to_string(at),
          "num_threads",        std::to_string(metrics_endpoint::max_requests),
          "request_timeout_ms", std::to_string(metrics_endpoint::patience_ms),
          "max_request_size",   std::to_string(metrics_endpoint::max_request_bytes),
          "enable_keep_alive",  "no"};
}

} // namespace

metrics_endpoint::metrics_endpoint(std::unique_ptr<prometheus::Exposer> exposer, endpoint local)
  : exposer_(std::move(exposer)),
    local_(std::move(local)) {}

metrics_endpoint::~metrics_endpoint() = default;

expected<std::unique_ptr<metrics_endpoint>, std::string>
metrics_endpoint::open(const endpoint& at, const std::shared_ptr<prometheus::Registry>& registry) {
  auto failure = "cannot serve metrics at " + printable(to_string(at));
  if (!at.is_address())
    return failure + ": the host is no IP address";
  try {
    auto exposer = std::make_unique<prometheus::Exposer>(options_for(at));
    auto ports = exposer->GetListeningPorts();
    if (ports.empty())
      return failure;
    exposer->RegisterCollectable(registry);
    auto local = at;
    local.port = static_cast<std::uint16_t>(ports.front());
    return std::unique_ptr<metrics_endpoint>{
      new metrics_endpoint{std::move(exposer), std::move(local)}};
  } catch (const std::exception&) {
    // The server says no more than that it has not started.
    return failure + ": is the port taken, or the address not of this host?";
  }
}

} // namespace devp2p
