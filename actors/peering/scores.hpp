// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/peering/back_off.hpp"
#include "devp2p/actors/peering/ending.hpp"
#include "devp2p/messages/node_id.hpp"
#include "devp2p/nat/source.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace devp2p {

/// The terms on which a node is judged.
enum class standing : std::uint8_t {
  stranger,
  /// Trusted or static: delayed, never banned, and never moved far by one event.
  kept,
};

/// The numbers of the scores, in points.
struct score_rules {
  using duration = std::chrono::nanoseconds;

  /// A score that is not above this one is banned.
  int limit = -100;
  /// Ends that happen to honest nodes, too (`fault::chance`), lower no score below this one, and
  /// the score of a static or trusted node is never below it.
  int chance_limit = -50;
  /// No score is lower, or higher.
  int lowest = -200;
  int highest = 50;
  /// The most that one word of a user's protocol moves a score.
  int largest_word = 25;
  /// The most that one event takes from a static or trusted node (reth has -2, too).
  int kept_step = 2;
  /// Each score moves towards 0 by one point in this time.
  duration point_after = std::chrono::minutes{3};
  /// The first ban; each further one is four times as long, up to `longest_ban`.
  duration first_ban = std::chrono::hours{1};
  duration longest_ban = std::chrono::hours{24 * 7};
  /// One former ban is forgotten after each such time since the last one ended.
  duration ban_forgotten_after = std::chrono::hours{24 * 7};
  back_off_rules again = {};
};

/// The score of each node that something is known of, and the bans that follow. A value: the caller
/// passes the time and the chance. Nothing happens as time goes by but in the answers: scores,
/// failures and former bans decay towards nothing, so that no node is shut out for ever.
///
/// A node is banned for its conduct, or for users' words. What happens to honest nodes, too, and
/// whatever somebody else can bring about at an address that he names for a node, delays it only.
///
/// The table is bounded, and ids are free to make. Nodes that are banned, or were, are offenders,
/// and have half of the places to themselves; offenders are only made by conduct and by words, in
/// sessions with a proved id. If a half is full, the network that holds most of it gives up a
/// place, if it holds more than `max_of_network`; otherwise any does. The entry that goes is the
/// one nearest to 0, and of equals the one that has not changed for longest; an offender whose ban
/// is over goes before one that is banned. So one host, or one of few networks, only pushes out
/// what it has brought in itself.
///
/// Nodes with a score of 0 and no failures are not in it. A new entry may look at all others if the
/// table is full; everything else takes constant time. What throws `std::bad_alloc` has changed
/// nothing.
class scores {
public:
  using duration = score_rules::duration;
  using time_point = std::chrono::steady_clock::time_point;

  /// The maximum number of offenders, and of other nodes.
  static constexpr std::size_t max_offenders = 5'000;
  static constexpr std::size_t max_others = 5'000;
  /// The number of places of a half that a network may hold although the half is full.
  static constexpr std::size_t max_of_network = 8;
  /// The maximum number of former bans that count.
  static constexpr unsigned max_bans = 16;
  /// The maximum length of a user's word in bytes; what is longer is cut off.
  static constexpr std::size_t max_word = 64;

  /// A node that is to be banned.
  struct ban_decision {
    time_point until;
    /// A sentence without a full stop: the score, and what it was that brought it there.
    std::string reason;
  };

  /// The consequences of an event.
  struct verdict {
    /// The score after it.
    int score = 0;
    /// The cause of the end; `nullopt` for a user's word.
    std::optional<ending_cause> cause = {};
    /// The time before which the node is not to be dialled; `nullopt` if it says nothing of that. A
    /// ban may be longer.
    std::optional<time_point> not_before = {};
    std::optional<ban_decision> ban = {};
  };

  /// An end of a session or of a dial.
  struct ended {
    session_end end;
    /// The time for which the session ran; 0 if it did not.
    duration lasted = duration{0};
    standing as = standing::stranger;
    /// The node's network, as far as it is known (`nat::to_source`).
    nat::address_key network = {};
    /// False while the own link is down: no score moves, and no failure counts.
    bool link_is_up = true;
  };

  /// What is known of a node, as plain data. Ages are those at the time of `snapshot`.
  struct record {
    node_id id;
    nat::address_key network = {};
    int score = 0;
    /// The time since `score` has changed last.
    duration score_age = duration{0};
    /// The number of failures in a row, and the time since the last one.
    unsigned failures = 0;
    duration failure_age = duration{0};
    /// The number of bans that count. The last one ends in `banned_for`, or ended before if that is
    /// negative.
    unsigned bans = 0;
    duration banned_for = duration{0};

    friend bool operator==(const record&, const record&) = default;
  };

  explicit scores(const score_rules& rules = {}) : rules_(rules) {}

  /// Records an end. `chance` is a random number from 0 to 1. Nothing is recorded of a node whose
  /// id is zero.
  verdict on_ended(const node_id& id, const ended& what, time_point now, double chance);
  /// Records the word of a user's protocol for a node: `weight` points, from 0 to
  /// `score_rules::largest_word`.
  verdict good(const node_id& id, int weight, time_point now, const nat::address_key& network = {});
  /// Records a word against it.
  verdict bad(const node_id& id, int weight, std::string_view word, time_point now,
              standing as = standing::stranger, const nat::address_key& network = {});

  /// Ends a ban, and forgets the score and all bans: the operator has pardoned the node.
  void pardon(const node_id& id);

  [[nodiscard]] int score(const node_id& id, time_point now) const;
  /// Returns what is known of a node; `nullopt` if nothing is.
  [[nodiscard]] std::optional<record> find(const node_id& id, time_point now) const;
  /// Returns the number of failures in a row that count.
  [[nodiscard]] unsigned failures(const node_id& id, time_point now) const;
  /// Returns the end of the ban; `nullopt` if the node is not banned.
  [[nodiscard]] std::optional<time_point> banned_until(const node_id& id, time_point now) const;
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

  /// Returns all that is known, in no order, for `restore`.
  [[nodiscard]] std::vector<record> snapshot(time_point now) const;
  /// Takes the place of all that is known. Values out of bounds are brought within them; records
  /// beyond the bounds of the table push out others, as new entries do.
  void restore(const std::vector<record>& all, time_point now);

private:
  struct entry {
    nat::address_key network = {};
    int score = 0;
    time_point scored_at = {};
    back_off failures = {};
    unsigned bans = 0;
    time_point banned_until = {};
  };
  using table = std::unordered_map<node_id, entry>;

  [[nodiscard]] int score_of(const entry& x, time_point now) const;
  [[nodiscard]] unsigned bans_of(const entry& x, time_point now) const;
  [[nodiscard]] bool is_offender(const entry& x, time_point now) const {
    return bans_of(x, now) > 0;
  }
  void move(entry& x, int by, fault whose, standing as, time_point now) const;
  [[nodiscard]] std::optional<ban_decision> judge(entry& x, standing as, std::string_view what,
                                                  time_point now) const;
  verdict on_word(const node_id& id, int by, std::string_view word, standing as,
                  const nat::address_key& network, time_point now);
  [[nodiscard]] entry known(const node_id& id, fault whose, const nat::address_key& network,
                            time_point now) const;
  void put(const node_id& id, const entry& x, time_point now);
  void make_room(bool of_offenders, time_point now);
  [[nodiscard]] bool says_nothing(const entry& x, time_point now) const;
  [[nodiscard]] record to_record(const node_id& id, const entry& x, time_point now) const;
  [[nodiscard]] bool goes_before(const entry& x, const entry& y, time_point now) const;

  score_rules rules_;
  table entries_;
};

} // namespace devp2p
