// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/sim/memory_network.hpp"

#include <caf/timespan.hpp>

#include <cstdint>
#include <optional>

namespace devp2p::simulator {

/// Conditions of a line that differ from those that it has in the beginning. What is empty remains.
struct line_change {
  std::optional<caf::timespan> latency = std::nullopt;
  /// The time that is added to the latency.
  caf::timespan added{0};
  std::optional<net::distribution::quantiles> jitter = std::nullopt;
  std::optional<std::uint64_t> bandwidth = std::nullopt;
  std::optional<unsigned> loss = std::nullopt;

  [[nodiscard]] net::line_conditions applied_to(net::line_conditions to) const {
    to.latency = latency.value_or(to.latency) + added;
    to.jitter = jitter.value_or(to.jitter);
    to.bandwidth = bandwidth.value_or(to.bandwidth);
    to.loss = loss.value_or(to.loss);
    return to;
  }

  friend bool operator==(const line_change&, const line_change&) = default;
};

} // namespace devp2p::simulator
