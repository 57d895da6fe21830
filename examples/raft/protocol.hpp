// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/typed/typed_protocol.hpp"

#include <cstdint>
#include <string>
#include <vector>

/// Raft: nodes keep the same log (Ongaro and Ousterhout 2014, "In Search of an Understandable
/// Consensus Algorithm", figure 2). Its messages, and nothing else.
namespace devp2p::raft {

/// An entry of the log. The first has the index 1.
struct entry {
  std::uint64_t term = 0;
  std::string command = {};

  friend bool operator==(const entry&, const entry&) = default;
  friend auto inspect(auto& f, entry& x) {
    return inspect_fields(f, {"term", "command"}, x.term, x.command);
  }
};

/// From a leader: these entries follow that one. Without entries it is a heartbeat.
struct append_entries {
  std::uint64_t id = 0;
  std::uint64_t term = 0;
  /// The number of this message's round at the leader, who learns from an answer that he still led
  /// then.
  std::uint64_t round = 0;
  std::uint64_t previous_index = 0;
  std::uint64_t previous_term = 0;
  std::vector<entry> entries = {};
  /// The index up to which all is committed.
  std::uint64_t commit = 0;

  friend auto inspect(auto& f, append_entries& x) {
    return inspect_fields(
      f, {"id", "term", "round", "previous_index", "previous_term", "entries", "commit"}, x.id,
      x.term, x.round, x.previous_index, x.previous_term, x.entries, x.commit);
  }
};

struct append_answer {
  std::uint64_t id = 0;
  std::uint64_t term = 0;
  bool success = false;
  /// The index up to which both logs are the same; without success, that of the last entry.
  std::uint64_t last_index = 0;

  friend auto inspect(auto& f, append_answer& x) {
    return inspect_fields(f, {"id", "term", "success", "last_index"}, x.id, x.term, x.success,
                          x.last_index);
  }
};

/// From a candidate, whose log ends with that entry.
struct request_vote {
  std::uint64_t id = 0;
  std::uint64_t term = 0;
  std::uint64_t last_index = 0;
  std::uint64_t last_term = 0;

  friend auto inspect(auto& f, request_vote& x) {
    return inspect_fields(f, {"id", "term", "last_index", "last_term"}, x.id, x.term, x.last_index,
                          x.last_term);
  }
};

struct vote_answer {
  std::uint64_t id = 0;
  std::uint64_t term = 0;
  bool granted = false;

  friend auto inspect(auto& f, vote_answer& x) {
    return inspect_fields(f, {"id", "term", "granted"}, x.id, x.term, x.granted);
  }
};

using raft_protocol =
  typed_protocol<"raft", 1, request<0, append_entries, message<1, append_answer>>,
                 request<2, request_vote, message<3, vote_answer>>>;

} // namespace devp2p::raft
