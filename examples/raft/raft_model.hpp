// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "raft/raft_state.hpp"

#include "devp2p/simulator/check.hpp"
#include "devp2p/simulator/model.hpp"
#include "devp2p/simulator/record.hpp"

#include <caf/timespan.hpp>

#include <memory>
#include <string>

/// Raft in scenarios of the simulator. All nodes of the scenario are one cluster.
namespace devp2p::raft {

/// `"raft": {"defect": "vote_twice"}`
struct raft_settings {
  defect planted = defect::none;

  friend auto inspect(auto& f, raft_settings& x) {
    return inspect_fields(f, {"defect"}, x.planted);
  }
};

/// A client asks the node to add a command: `{"at_s": 1, "do": "propose", "node": 0, "command":
/// "x"}`.
struct propose {
  static constexpr auto name = "propose";
  simulator::node_number node = {};
  std::string command = {};

  friend auto inspect(auto& f, propose& x) {
    return inspect_fields(f, {"node", "command"}, x.node, x.command);
  }
};

/// A client asks the node for its state: `{"at_s": 1, "do": "read", "node": 0}`.
struct read {
  static constexpr auto name = "read";
  simulator::node_number node = {};

  friend auto inspect(auto& f, read& x) { return inspect_fields(f, {"node"}, x.node); }
};

/// In the end one node leads, and all nodes that are up have committed the same: if most nodes are
/// up, all of these have been linked for `within`, and the schedule has done nothing in that time.
struct agreed {
  static constexpr auto name = "agreed";
  caf::timespan within{0};

  [[nodiscard]] std::unique_ptr<simulator::watcher> watch(const simulator::scenario& of) const;
  friend auto inspect(auto& f, agreed& x) { return inspect_fields(f, {"within_s"}, x.within); }
};

/// Adds the protocol `raft`, and checks of the paper's properties, which always hold:
///
/// | check | no scenario breaks it, because |
/// |---|---|
/// | `one_leader` | no two nodes are elected in one term |
/// | `logs_match` | two logs with an entry of the same index and term are the same up to it |
/// | `leaders_are_complete` | a log of an elected node has all that was committed in earlier terms
/// | | `same_commands` | no two nodes do different commands at one index | | `fresh_reads` | a read
/// sees all that any node had done before it began |
void add_raft(simulator::model& to);

} // namespace devp2p::raft
