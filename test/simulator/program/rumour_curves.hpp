// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/event.hpp"
#include "devp2p/simulator/program/delays.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

namespace devp2p::tool {

/// The spread of rumours: when each had reached how many of the nodes, in steps of 2 %. If there
/// are many, only the first, the last and the slowest are shown.
///
/// Holds 51 times for each rumour, of which a scenario publishes at most 100 000.
class rumour_curves {
public:
  static constexpr std::size_t max_first = 7;
  static constexpr std::size_t max_last = 6;
  static constexpr std::size_t max_slowest = 7;
  static constexpr std::size_t max_shown = max_first + max_last + max_slowest;

  explicit rumour_curves(std::size_t nodes) : nodes_(nodes) {}

  /// Adds the event that a node has heard a rumour.
  void add(const simulator::event& x);

  [[nodiscard]] nlohmann::ordered_json write() const;

  /// The time that rumours took to each node that heard them, since the first had.
  [[nodiscard]] const delays& ways() const { return ways_; }

private:
  static constexpr std::size_t percent_a_step = 2;

  struct curve {
    std::uint64_t rumour = 0;
    std::size_t heard_by = 0;
    /// The times at which the first node, 2 % of the nodes, 4 %, ... had heard it.
    std::vector<caf::timespan> reached = {};
  };

  static bool is_slower(const curve* x, const curve* y);
  /// Returns the curves to show, in the order in which their rumours began.
  [[nodiscard]] std::vector<const curve*> chosen() const;

  std::size_t nodes_;
  std::map<std::uint64_t, curve> curves_;
  delays ways_;
};

} // namespace devp2p::tool
