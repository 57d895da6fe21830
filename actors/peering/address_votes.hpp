// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/endpoint.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>

namespace devp2p {

/// The external endpoint of this node, as other hosts see it. Each host has one vote, its latest
/// statement. A value: the caller passes the time.
class address_votes {
public:
  using duration = std::chrono::nanoseconds;
  using time_point = std::chrono::steady_clock::time_point;

  struct rules {
    /// The time for which a statement counts.
    duration window = std::chrono::minutes{5};
    /// The time for which a contact counts.
    duration contact_window = std::chrono::minutes{10};
    /// The number of hosts that must agree.
    std::size_t min_statements = 10;
    /// The maximum number of statements, and of contacts. Beyond it the oldest one is forgotten.
    std::size_t max_hosts = 1000;
  };

  address_votes() = default;
  explicit address_votes(const rules& by) : rules_(by) {}

  /// Records that the host `from` sees this node at `seen`. If it throws, nothing has changed.
  void add_statement(const std::string& from, const endpoint& seen, time_point now);

  /// Records that this node has sent something to `host`. If it throws, nothing has changed.
  void add_contact(const std::string& host, time_point now);

  /// Returns the endpoint on which most hosts agree; `nullopt` if too few do. Among equals, the
  /// smallest endpoint.
  [[nodiscard]] std::optional<endpoint> predict(time_point now) const;

  /// Returns true iff a host has made its statement before this node sent it anything: the NAT lets
  /// strangers in ("full cone").
  [[nodiscard]] bool is_full_cone(time_point now) const;

private:
  struct statement {
    endpoint seen;
    time_point at;
  };

  rules rules_;
  std::map<std::string, statement> statements_;
  std::map<std::string, time_point> contacts_;
};

} // namespace devp2p
