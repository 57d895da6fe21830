// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/events.hpp"
#include "devp2p/messages/info.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace devp2p {

/// The growth of one protocol's counters since they were last seen.
struct protocol_growth {
  traffic counts;
  std::uint64_t restarts = 0;
  std::uint64_t stalls = 0;
};

/// Receives what a `session_tally` finds out. Each is told once, whatever the order in which events
/// and answers tell of it. Must not throw.
class tally_listener {
public:
  /// `handshake` is empty if it is not known how long that took.
  virtual void on_begun(bool inbound, std::optional<std::chrono::nanoseconds> handshake) = 0;
  /// A session has run for a minute.
  virtual void on_kept(bool inbound) = 0;
  virtual void on_growth(const capability& protocol, const protocol_growth& growth) = 0;
  virtual void on_round_trip(std::chrono::nanoseconds taken) = 0;

protected:
  ~tally_listener() = default;
};

/// The running sessions of a node as they are known from its events and from looks at it. Counters
/// of a node have to be sums over all its sessions, and a session takes its counters along when it
/// ends: each time that it is seen, the tally tells what was added since. A value that is told the
/// time.
///
/// An answer to a look may be older than an event that came before it. So a look changes nothing of
/// sessions that have begun or ended since it was begun.
class session_tally {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// The time after which a session counts as kept.
  static constexpr std::chrono::minutes kept_after{1};
  /// The number of looks in a row that miss a session before it is forgotten. One look may miss it,
  /// because its supervisor has not answered in time. The event of its end may have been lost for
  /// want of memory.
  static constexpr unsigned max_missed = 100;
  /// The maximum number of ends that are remembered during a look. If there are more, it finds no
  /// new session.
  static constexpr std::size_t max_ends = 10'000;

  /// `told` must outlive the tally.
  explicit session_tally(tally_listener& told) : told_(told) {}

  void on_added(const peer_info& peer, time_point now);
  void on_dropped(const peer_dropped& over);

  /// Records that the node is asked for its sessions.
  void begin_look();
  /// Records the answer.
  void end_look(const std::vector<peer_info>& peers, time_point now);

  [[nodiscard]] std::size_t running(bool inbound) const { return inbound ? inbound_ : outbound_; }

private:
  struct counters {
    capability protocol;
    traffic counts = {};
    std::uint32_t restarts = 0;
    std::uint32_t stalls = 0;
  };

  struct running_session {
    bool inbound;
    bool kept = false;
    time_point since;
    /// The number of the look during which it has begun.
    std::uint64_t look;
    unsigned missed = 0;
    /// The number of the last look that has seen it.
    std::uint64_t seen = 0;
    std::chrono::nanoseconds ping{0};
    std::vector<counters> protocols = {};
  };

  using table = std::unordered_map<node_id, running_session>;

  running_session& begin(const peer_info& peer, time_point now);
  void remember_end(const node_id& id);
  void erase(table::iterator which);
  void see(running_session& which, const peer_info& peer, time_point now);
  void see(std::vector<counters>& known, const std::vector<shared_protocol>& now);
  void see_ping(std::chrono::nanoseconds& known, const round_trip& now);
  void keep(running_session& which);

  tally_listener& told_;
  table running_;
  std::size_t inbound_ = 0;
  std::size_t outbound_ = 0;
  std::uint64_t look_ = 0;
  /// The nodes whose sessions have ended during the look that is under way.
  std::unordered_set<node_id> ended_;
  bool too_many_ended_ = false;
};

} // namespace devp2p
