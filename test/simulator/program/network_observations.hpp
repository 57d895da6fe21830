// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/event.hpp"
#include "devp2p/simulator/network_view.hpp"
#include "devp2p/simulator/program/observed_series.hpp"
#include "devp2p/simulator/scenario.hpp"

#include <caf/timespan.hpp>
#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace devp2p::tool {

/// The numbers that a model observes of the whole network, over time. They are read from the events
/// alone, at the end of each moment: so they are the same for any number of processes.
class network_observations {
public:
  explicit network_observations(const simulator::scenario& what);

  /// Takes an event; events are in the order of time.
  void add(const simulator::event& x);
  /// Takes the end of the latest moment, after which no event comes.
  void conclude();

  /// Returns by name the value at the end, and the least and the largest that there were.
  [[nodiscard]] nlohmann::ordered_json last() const;
  /// Returns each number over time until `end`: its value at the end of each span, and the least
  /// and the largest in it.
  [[nodiscard]] nlohmann::ordered_json write(caf::timespan end) const;

private:
  struct observed {
    simulator::network_observation what;
    observed_series series;
    std::optional<std::int64_t> value = std::nullopt;
    std::optional<std::int64_t> least = std::nullopt;
    std::optional<std::int64_t> largest = std::nullopt;
  };

  /// Has no node if nothing is observed, since networks are large.
  simulator::network_view seen_;
  std::vector<observed> all_;
  /// The time of the latest event, if there was one.
  std::optional<caf::timespan> latest_;
};

} // namespace devp2p::tool
