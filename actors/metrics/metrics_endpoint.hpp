// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/endpoint.hpp"
#include "devp2p/messages/expected.hpp"

#include <memory>
#include <string>

namespace prometheus {
class Exposer;
class Registry;
} // namespace prometheus

namespace devp2p {

/// Serves the metrics of a registry over HTTP, under `/metrics`, in the text format of Prometheus.
/// Whoever reaches the endpoint reads them: there is no password, so an address of the loopback
/// interface is the right one, unless a firewall guards another. Its destructor closes the
/// endpoint, and waits for requests under way.
///
/// A request takes no time from the node: it is served on one of `max_requests` threads that wait
/// most of their time. A client that has not sent its request, or not taken the answer, within
/// `patience` is cut off, so those that do nothing cannot keep others out for longer than that. A
/// few more clients wait for a thread; the system's backlog keeps the rest.
class metrics_endpoint {
public:
  static constexpr int max_requests = 4;
  static constexpr int max_request_bytes = 8192;
  static constexpr int patience_ms = 2000;

  /// Opens the endpoint. The host is an IP address, and port 0 lets the system choose one. Returns
  /// why it cannot be opened, in one line, as when the port is taken.
  static expected<std::unique_ptr<metrics_endpoint>, std::string>
  open(const endpoint& at, const std::shared_ptr<prometheus::Registry>& registry);

  ~metrics_endpoint();
  metrics_endpoint(const metrics_endpoint&) = delete;
  metrics_endpoint& operator=(const metrics_endpoint&) = delete;

  /// Returns the endpoint, with the port that the system chose.
  [[nodiscard]] const endpoint& local() const { return local_; }

private:
  metrics_endpoint(std::unique_ptr<prometheus::Exposer> exposer, endpoint local);

  std::unique_ptr<prometheus::Exposer> exposer_;
  endpoint local_;
};

} // namespace devp2p
