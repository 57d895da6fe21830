// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/random_times.hpp"
#include "devp2p/simulator/scenario.hpp"

#include <caf/timespan.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace devp2p::simulator {

/// Nodes crash after a random time and start again after another, repeatedly. A node that is down
/// at the end of the period is started then.
struct churn : random_times {
  caf::timespan mean_up{0};
  caf::timespan mean_down{0};
  std::vector<std::size_t> nodes;
};

/// Connections of links are reset at random times.
struct flaky_links : random_times {
  /// The mean time between two cuts of one link.
  caf::timespan mean_between{0};
  std::vector<topology::link> links;
};

/// Returns the steps, in no order of time, or `nullopt` if there were more than `most`.
[[nodiscard]] std::optional<std::vector<scenario::step>>
steps_of(const churn& what, std::uint64_t seed, std::size_t most);
[[nodiscard]] std::optional<std::vector<scenario::step>>
steps_of(const flaky_links& what, std::uint64_t seed, std::size_t most);

} // namespace devp2p::simulator
