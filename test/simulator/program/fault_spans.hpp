// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/scenario.hpp"

#include <caf/timespan.hpp>
#include <nlohmann/json.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace devp2p::tool {

/// The actions of a schedule by name: spans of those that last until another action ends them, such
/// as a crash until the start, and moments of all others. There are at most `max_pieces` of each
/// name: those that are near each other become one, which says how many it stands for.
class fault_spans {
public:
  static constexpr std::size_t max_pieces = 60;

  explicit fault_spans(const simulator::scenario& what);

  /// Returns, for each name in the order of their first action, the pieces that have begun by
  /// `end`. A span that nothing ends lasts until then.
  [[nodiscard]] nlohmann::ordered_json write(caf::timespan end) const;

private:
  struct span {
    caf::timespan from{0};
    /// The scenario's end if nothing ends it.
    caf::timespan to{0};
  };
  struct row {
    std::string name;
    /// Whether it is something that happens to the network, and no action of a protocol.
    bool is_fault;
    /// Whether its actions last.
    bool lasts;
    std::vector<span> spans = {};
  };

  /// The spans that nothing has ended yet, by name and target: the place of the row, and of the
  /// span in that.
  using open_spans =
    std::map<std::pair<std::string, std::string>, std::pair<std::size_t, std::size_t>>;

  void end(open_spans& open, const std::string& name, const std::string& target,
           caf::timespan when);
  row& row_of(const std::string& name, bool is_fault, bool lasts);

  std::vector<row> rows_;
  caf::timespan length_;
};

} // namespace devp2p::tool
