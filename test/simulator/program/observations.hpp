// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/event.hpp"
#include "devp2p/simulator/program/observed_series.hpp"
#include "devp2p/simulator/scenario.hpp"

#include <caf/timespan.hpp>
#include <nlohmann/json.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace devp2p::tool {

/// The numbers that the protocols of a scenario observe: those that they declare, and those that
/// nodes tell by `place::observe`.
///
/// Holds an `observed_series` of at most `max_names` of them.
class observations {
public:
  static constexpr std::size_t max_names = 16;

  explicit observations(const simulator::scenario& what);

  /// Takes an event; events are in the order of time.
  void add(const simulator::event& x);

  /// Returns the values at the end, by name.
  [[nodiscard]] nlohmann::ordered_json last() const;
  /// Returns each number over time until `end`, and whether there are others.
  [[nodiscard]] nlohmann::ordered_json write(caf::timespan end) const;

private:
  /// Returns the series of that name; null if there are too many.
  observed_series* find(const std::string& name);

  std::size_t nodes_;
  std::vector<observed_series> all_;
  std::map<std::string, std::size_t> places_;
  bool has_more_ = false;
};

} // namespace devp2p::tool
