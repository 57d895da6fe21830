// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/program/event_text.hpp"
#include "devp2p/simulator/scenario.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

namespace devp2p::tool {

/// Events and actions for a reader: of each name the first and the last ones, and the number of
/// all. Bounded, however long the run is.
class event_table {
public:
  static constexpr std::size_t max_names = 30;
  static constexpr std::size_t max_first = 40;
  static constexpr std::size_t max_last = 40;

  /// Takes an event; events are in the order of time.
  void add(const simulator::event& x);

  /// Returns the table, with the actions of the schedule until `end`.
  [[nodiscard]] nlohmann::ordered_json write(const std::vector<simulator::scenario::step>& schedule,
                                             caf::timespan end) const;

  /// The number of events by name. Those of further names are counted as `other`.
  [[nodiscard]] const std::map<std::string, std::uint64_t>& counts() const { return counts_; }

private:
  struct ends {
    std::vector<entry> first = {};
    std::deque<entry> last = {};

    void add(entry x);
  };

  std::map<std::string, std::uint64_t> counts_;
  std::map<std::string, ends> names_;
};

/// Returns an entry as the page has it: `[seconds, node, what, peer, text, is_action]`.
[[nodiscard]] nlohmann::ordered_json to_row(const entry& x);

} // namespace devp2p::tool
