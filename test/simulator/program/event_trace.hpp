// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/judge.hpp"
#include "devp2p/simulator/program/event_text.hpp"
#include "devp2p/simulator/scenario.hpp"

#include <caf/timespan.hpp>
#include <nlohmann/json.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace devp2p::tool {

/// The last events and actions of a few nodes, so that a person can follow what led to a failure.
/// Reads the file of events from its end, and holds no more of it than a block and these events.
class event_trace {
public:
  static constexpr std::size_t max_rows = 200;
  static constexpr std::size_t max_nodes = 8;

  /// `events` is the name of a file like `events.jsonl`, which ends with the run. The nodes are
  /// those that the complaints name; if they name none, those of the last moment. The trace is
  /// empty if all checks hold, or if the file is none that can be read from its end.
  event_trace(const std::string& events, const std::vector<simulator::verdict>& all,
              const std::vector<simulator::scenario::step>& schedule, caf::timespan end);

  [[nodiscard]] bool empty() const { return rows_.empty(); }
  /// `node 3`, `nodes 3 and 4`, `nodes 3, 4 and 5`
  [[nodiscard]] std::string names() const;
  /// Returns the trace for people, as lines.
  [[nodiscard]] std::string text() const;
  [[nodiscard]] nlohmann::ordered_json write() const;

private:
  void choose_nodes(const std::string& events, const std::vector<simulator::verdict>& all);
  [[nodiscard]] bool concerns(const entry& x) const;
  [[nodiscard]] bool is_chosen(std::size_t node) const;
  void add_actions(const std::vector<simulator::scenario::step>& schedule, caf::timespan end);

  std::vector<std::string> complaints_;
  std::vector<std::size_t> nodes_;
  /// The rows in the order of time.
  std::vector<entry> rows_;
  /// Whether there are earlier events of these nodes.
  bool has_more_ = false;
};

} // namespace devp2p::tool
