// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/kit/scenario.hpp"

#include <caf/timespan.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace devp2p::kit {

/// What goes on by chance for some time: the seed makes steps of a schedule of it, the same on
/// every platform. Times are exponentially distributed (`net::distribution::exponential`), in whole
/// microseconds.
struct random_times {
  /// At least 10 ms and at most a day.
  static constexpr caf::timespan least_mean = std::chrono::milliseconds{10};
  static constexpr caf::timespan most_mean = std::chrono::hours{24};

  caf::timespan from{0};
  caf::timespan to{0};
};

/// Nodes crash after some time and start again after some other, over and over. Who is down at the
/// end of it is started then.
struct churn : random_times {
  caf::timespan mean_up{0};
  caf::timespan mean_down{0};
  std::vector<std::size_t> nodes;
};

/// Connections of links are reset now and then.
struct flaky_links : random_times {
  /// Between two cuts of one link.
  caf::timespan mean_between{0};
  std::vector<topology::link> links;
};

/// Its steps, in no order of time; nothing if they were more than `most`.
[[nodiscard]] std::optional<std::vector<scenario::step>>
steps_of(const churn& what, std::uint64_t seed, std::size_t most);
[[nodiscard]] std::optional<std::vector<scenario::step>>
steps_of(const flaky_links& what, std::uint64_t seed, std::size_t most);

} // namespace devp2p::kit
