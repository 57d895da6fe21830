// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "raft/protocol.hpp"

#include <caf/timespan.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace devp2p::raft {

/// The number of a node of the cluster, from 0.
using node_index = std::uint64_t;
using time_point = std::chrono::steady_clock::time_point;

/// A mistake that is made on purpose, to see that it is found.
enum class defect {
  none,
  /// A vote is forgotten when the node starts again.
  vote_twice,
  /// An entry of an older term counts as committed once most nodes have it (figure 8 of the paper).
  /// So a leader begins without an entry of its own.
  commit_older_term,
  /// The log is lost when the node starts again.
  lose_log,
  /// A leader answers reads without asking whether it still leads.
  stale_read,
  /// All nodes wait equally long for a leader.
  no_jitter,
};
constexpr std::array<std::string_view, 6> words_of(defect) {
  return {"none", "vote_twice", "commit_older_term", "lose_log", "stale_read", "no_jitter"};
}

/// The part of the state that outlives a crash.
struct durable {
  std::uint64_t term = 0;
  std::optional<node_index> voted_for = std::nullopt;
  std::vector<entry> log = {};
};

struct raft_config {
  node_index self = 0;
  /// The size of the cluster; at least 1.
  std::uint64_t nodes = 1;
  std::uint64_t seed = 0;
  defect planted = defect::none;
  caf::timespan heartbeat = std::chrono::milliseconds{250};
  /// A node waits for a leader for this time, up to twice as long.
  caf::timespan election = std::chrono::seconds{1};
  /// The number of entries in a message.
  std::size_t max_batch = 16;
  /// The number of entries in the log. A leader refuses commands beyond it.
  std::size_t max_log = 10'000;
  /// The number of reads that wait. A leader refuses those beyond it.
  std::size_t max_reads = 64;
};

enum class role : std::uint8_t { follower, candidate, leader };

/// The node has been elected.
struct elected {
  std::uint64_t term;
};
/// The log now ends with this entry. `digest` is one of all entries up to it.
struct logged {
  std::uint64_t index;
  std::uint64_t term;
  std::uint64_t digest;
};
/// The entry is committed, and its command done.
struct applied {
  std::uint64_t index;
  std::uint64_t digest;
  /// The term of the node, not of the entry.
  std::uint64_t at_term;
};
/// A read has seen all entries up to `index`; it was refused if there is none.
struct read_done {
  std::uint64_t number;
  std::optional<std::uint64_t> index;
};
using notice = std::variant<elected, logged, applied, read_done>;

/// The things to be done outside.
struct effects {
  std::vector<std::pair<node_index, std::variant<append_entries, request_vote>>> messages = {};
  std::vector<notice> notices = {};
};

/// The state of one node. It does no I/O and has no clock: it is told of the time and of messages,
/// and says what to send.
///
/// The functions that tell it something are to be followed by `take`. Before they return, all that
/// has to outlive a crash is in `kept`.
class raft_state {
public:
  /// `kept` outlives the state. It is what an earlier life has left, or `{}`.
  raft_state(const raft_config& config, durable& kept, time_point now);

  // Events.

  /// Does what is due. To be called at `deadline()`.
  void tick(time_point now);
  [[nodiscard]] append_answer take_append(node_index from, const append_entries& x, time_point now);
  [[nodiscard]] vote_answer take_vote(node_index from, const request_vote& x, time_point now);
  void take_answer(node_index from, const append_entries& to, const append_answer& x,
                   time_point now);
  void take_answer(node_index from, const request_vote& to, const vote_answer& x, time_point now);
  /// Returns false if the node does not lead, or its log is full.
  bool propose(std::string command, time_point now);
  /// Asks for the state of the log. Its `read_done` has that number.
  void read(std::uint64_t number, time_point now);

  /// Returns what is to be done because of it.
  [[nodiscard]] effects take() { return std::exchange(out_, {}); }

  // Observation.

  [[nodiscard]] time_point deadline() const;
  [[nodiscard]] raft::role role() const { return role_; }
  [[nodiscard]] std::uint64_t term() const { return kept_.term; }
  [[nodiscard]] std::uint64_t last_index() const { return kept_.log.size(); }
  [[nodiscard]] std::uint64_t commit_index() const { return commit_; }
  [[nodiscard]] std::uint64_t applied_index() const { return applied_; }
  /// Returns the digest of all commands that were done.
  [[nodiscard]] std::uint64_t digest() const { return digest_; }

private:
  /// Another node, as a leader knows it.
  struct follower {
    std::uint64_t next = 1;
    std::uint64_t match = 0;
    /// The latest round that it has answered.
    std::uint64_t round = 0;
  };
  struct waiting_read {
    std::uint64_t number;
    std::uint64_t index;
    std::uint64_t round;
  };

  [[nodiscard]] std::uint64_t quorum() const { return config_.nodes / 2 + 1; }
  [[nodiscard]] std::uint64_t term_at(std::uint64_t index) const;
  void see_term(std::uint64_t term);
  void follow();
  void wait_for_leader(time_point now);
  void stand(time_point now);
  void canvass(time_point now);
  void lead(time_point now);
  void broadcast(time_point now);
  void send_entries(node_index to);
  void append(entry what);
  void note(const entry& next);
  void truncate(std::uint64_t length);
  void advance_commit();
  void apply();
  void finish_reads();
  /// Returns the greatest number that most nodes have reached, if this one has reached `ours`.
  [[nodiscard]] std::uint64_t reached_by_most(std::uint64_t ours,
                                              std::uint64_t follower::*number) const;

  raft_config config_;
  durable& kept_;
  std::mt19937_64 random_;
  effects out_ = {};
  raft::role role_ = raft::role::follower;
  time_point election_due_ = {};
  time_point heartbeat_due_ = {};
  /// The digest of the log up to each entry.
  std::vector<std::uint64_t> digests_ = {};
  std::uint64_t commit_ = 0;
  std::uint64_t applied_ = 0;
  std::uint64_t digest_ = 0;
  /// A candidate's.
  std::map<node_index, bool> votes_ = {};
  // A leader's.
  std::map<node_index, follower> followers_ = {};
  std::uint64_t first_of_term_ = 0;
  std::uint64_t round_ = 0;
  std::vector<waiting_read> reads_ = {};
};

} // namespace devp2p::raft
