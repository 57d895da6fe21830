// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/admission.hpp"
#include "devp2p/messages/endpoint.hpp"
#include "devp2p/messages/errc.hpp"
#include "devp2p/messages/node_id.hpp"
#include "devp2p/messages/node_limits.hpp"
#include "devp2p/messages/settings.hpp"
#include "devp2p/nat/fair_pool.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <variant>
#include <vector>

namespace devp2p {

/// The sessions of a node, from the first dial to the end of the last actor, and the dials that
/// have no session yet. Decides who is admitted, and which of two connections between the same two
/// nodes goes on. A value: told what happened, it returns what follows, and its owner does that.
///
/// Two nodes may dial each other at once. The connection that the node with the larger id dialled
/// then goes first: at that node, the other connection waits until the first runs or has failed.
/// The node with the smaller id lets both go on. Before a dial has become a connection, one that
/// the remote dialled takes its place.
class session_table {
public:
  using time_point = std::chrono::steady_clock::time_point;
  /// The number of a session; its owner chooses it.
  using session_number = std::uint64_t;
  /// The number of a dial, and of its caller; the owner of the table chooses it.
  using dial_number = std::uint64_t;

  enum class stage : std::uint8_t { opening, running, over };

  struct session {
    session_number number = 0;
    stage at = stage::opening;
    /// The session counts as a peer.
    bool admitted = false;
    bool inbound = false;
    /// The connection was opened by somebody else, and the remote begins the handshake. The session
    /// counts as a dial of ours, and the remote must prove to be `id`.
    bool adopted = false;
    /// Zero as long as the remote's identity is unknown.
    node_id id = {};
    endpoint remote = {};
    time_point since = {};
    /// The caller that is answered when the session runs or ends.
    std::optional<dial_number> caller = {};

    [[nodiscard]] bool is_ours() const { return !inbound || adopted; }
  };

  /// Why a dial or a session is refused; `text` names the circumstances, and may be empty.
  struct refusal {
    errc code;
    std::string text = {};
  };

  session_table(const node_id& self, const settings& limits, const std::vector<node_id>& trusted);

  // Our dials.

  /// The network is to be asked for a connection.
  struct dial_begins {};
  /// The remote has dialled us meanwhile. Its session answers the caller, too.
  struct dial_joins {
    session_number with;
  };
  /// The node is a peer already. Its session, which runs, describes itself to the caller.
  struct dial_is_met {
    session_number by;
  };
  using dial_outcome = std::variant<refusal, dial_begins, dial_joins, dial_is_met>;

  /// Begins dial number `dial`. Without a caller that waits for the answer, `has_caller` is false.
  dial_outcome dial(const node_id& id, dial_number dial, bool has_caller);
  /// Begins a dial for a connection that somebody else has opened; `nullopt` if it has begun.
  std::optional<refusal> adopt(const node_id& id, dial_number dial, bool has_caller);
  /// Takes back what `dial` or `adopt` has begun under that number.
  void give_up(const node_id& id, dial_number dial);
  /// Makes `connection` the connection of our dial of `id`.
  void connect(const node_id& id, session& connection);

  // Places for connections that were accepted.

  struct turn {
    /// The connection that goes on.
    std::uint64_t next;
    /// The session that gives up its place; the owner calls `lose_place` for it.
    std::optional<session_number> loser;
  };
  /// Returns the one of the waiting connections whose source has the fewest pending sessions; equal
  /// sources take turns. If all places are taken, a source that has more gives up its session that
  /// has waited longest. If that only exchanges places, or the session is the only one of its
  /// address, it first keeps its place for `turn_length`. Otherwise a burst of connections would
  /// let none through.
  [[nodiscard]] std::optional<turn> next_turn(const nat::fair_pool<std::uint64_t>& waiting,
                                              time_point now) const;
  /// The duration that a pending session keeps its place before another source may take it.
  [[nodiscard]] settings::duration turn_length() const;
  void lose_place(session_number which) { pending_.remove(which); }

  // The life of a session.

  /// Adds a session. `dialled` is empty if the remote dialled us. If it throws, it has changed
  /// nothing. The reference is valid until `forget`.
  session& open(session_number which, const endpoint& remote, const std::optional<node_id>& dialled,
                time_point now);

  /// The session goes on.
  struct greeting_goes_on {
    /// The dial whose place the session has taken: it ends, and the session answers its caller.
    std::optional<dial_number> replaced = {};
    /// The remote is a stranger: it dialled us, is not trusted, and is not being dialled by us.
    bool stranger = false;
  };
  /// The session waits for the end of our own dial. See `next_released` and `outwaited_by`.
  struct greeting_waits {
    dial_number on;
  };
  using greeting_outcome = std::variant<refusal, greeting_goes_on, greeting_waits>;

  /// The remote of that session has proved to be `id`: admits it to the exchange of Hello.
  greeting_outcome greet(session& which, const node_id& id);

  /// Returns an inbound session that waits for the end of our dial of `id`, which is over; it waits
  /// no more. `nullopt` if there is none.
  std::optional<session_number> next_released(const node_id& id);
  /// Returns our own connection if it must end because it has had its time: an inbound session
  /// waits for it, whose remote has proved its identity. Our own may go to a stale address.
  [[nodiscard]] std::optional<session_number> outwaited_by(const node_id& id,
                                                           dial_number dial) const;

  struct admitted {
    /// The session that gives up its slot. The owner ends it, and calls `displace`.
    std::optional<session_number> loser = {};
  };
  using admission_outcome = std::variant<refusal, admitted>;

  /// Gives the session a slot. If it throws, it has changed nothing.
  admission_outcome admit(session& which);
  /// Takes the slot from a session that has not ended.
  void displace(session_number which);
  /// Counts the session as running. Returns false if it may not run: it is over, or it has lost its
  /// slot.
  bool run(session& which);
  /// Frees the slot of a session in any stage.
  void end(session& which);

  /// The consequence for the caller of a session that is over.
  struct inheritance {
    /// The caller that no session answers.
    std::optional<dial_number> unanswered = {};
    /// The session that runs already. It describes itself to `caller`.
    const session* by = nullptr;
    dial_number caller = 0;
  };
  /// Passes the caller of a session that is over on to another session with the same node.
  inheritance pass_on_caller(session& over);
  /// Takes the caller from the session `by` with `id`, because that session has an answer. Returns
  /// false if the caller was passed on to another session meanwhile.
  bool on_answered(const node_id& id, session_number by, dial_number caller);

  /// Counts a session that is over, but whose actors have not ended. Returns the session that is
  /// not waited for any longer, if there are too many.
  std::optional<session_number> linger(const session& over);
  /// Removes a session whose actors have ended.
  void forget(session_number which);
  void clear();

  // Changes of what was configured.

  /// Changes those limits that are not `unchanged`. Returns the sessions that lose their slots for
  /// it, the youngest first; the owner ends them. If it throws, it has changed nothing.
  [[nodiscard]] std::vector<session_number> set_limits(const node_limits& to);
  /// Returns the limits of which some may be changed.
  [[nodiscard]] const settings& limits() const { return limits_; }
  /// Trusts that node from now on. Returns false if too many are trusted already.
  bool trust(const node_id& id) { return slots_.trust(id); }
  /// Trusts that node no more; its session goes on. Returns false if it was not trusted.
  bool untrust(const node_id& id);

  // Queries.

  /// Calls `f` with each session that is not over.
  template <class Function>
  void for_each(Function f) const {
    for (const auto& [number, x] : all_)
      if (x.at != stage::over)
        f(x);
  }

  /// Hash and equality by node id. A set with them costs less memory than a map that holds a copy
  /// of each id.
  struct by_id {
    using is_transparent = void;

    static const node_id& of(const node_id& id) { return id; }
    static const node_id& of(const session* x) { return x->id; }

    std::size_t operator()(const auto& x) const noexcept { return std::hash<node_id>{}(of(x)); }
    bool operator()(const auto& x, const auto& y) const noexcept { return of(x) == of(y); }
  };

  [[nodiscard]] const node_id& self() const { return self_; }
  /// Returns null if there is none.
  [[nodiscard]] session* find(session_number which);
  /// Returns the session with that node that runs; null if there is none.
  [[nodiscard]] const session* peer(const node_id& id) const;
  [[nodiscard]] const std::unordered_set<session*, by_id, by_id>& peers() const { return running_; }
  [[nodiscard]] bool is_trusted(const node_id& id) const { return slots_.is_trusted(id); }
  /// Returns the number of dials and sessions that do not run yet.
  [[nodiscard]] std::size_t pending() const { return pending_.size() + dialling_.size(); }
  [[nodiscard]] nat::source source_of(const endpoint& remote) const;

private:
  /// A dial under way.
  struct opening_dial {
    dial_number number;
    bool has_caller;
    /// Null until there is a connection.
    session* connection = nullptr;
  };

  /// A session that the remote dialled and in which it has proved its identity.
  struct greeted_session {
    session* which;
    /// The session waits for the end of our own dial.
    bool waits = false;
  };

  std::optional<refusal> cannot_dial(const node_id& id) const;
  greeting_outcome wait_or_go_on(greeted_session& inbound);
  void leave_opening(session& which, stage to);
  const session* admitted_with(const node_id& id) const;

  const node_id self_;
  settings limits_;
  /// Which nodes are admitted.
  admission slots_;
  std::map<session_number, session> all_;
  /// Accepted sessions that do not run yet.
  nat::fair_pool<session_number> pending_;
  /// Our dials that do not run yet, by node.
  std::unordered_map<node_id, opening_dial> dialling_;
  /// Inbound sessions that have proved an identity and do not run yet, by node.
  std::unordered_multimap<node_id, greeted_session> greeted_;
  std::unordered_set<session*, by_id, by_id> running_;
  /// Sessions that are over, but whose actors have not ended.
  nat::fair_pool<session_number> lingering_;
};

} // namespace devp2p
