// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/peering/dial_delays.hpp"
#include "devp2p/actors/peering/dial_limits.hpp"
#include "devp2p/actors/peering/dial_refusal.hpp"
#include "devp2p/actors/peering/dial_slots.hpp"
#include "devp2p/actors/peering/indexed_heap.hpp"
#include "devp2p/actors/peering/random_pool.hpp"
#include "devp2p/actors/peering/slab.hpp"
#include "devp2p/actors/peering/source_shares.hpp"
#include "devp2p/messages/enode.hpp"
#include "devp2p/messages/random_source.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace devp2p {

/// A node that a source names.
struct dial_candidate {
  enode node;
  /// The address of the remote that has told of it; `nullopt` if it comes from this host, or from a
  /// list whose teller has no address.
  std::optional<std::string> told_by = {};
  /// The better, the higher. Used if the node is new; `dial_plan::set_score` changes it.
  int score = 0;
};

/// The terms of a source of candidates.
struct source_terms {
  /// The name for people; of a source without one it is `source` and its number.
  std::string name = {};
  /// True if it may name addresses of private networks where `dial_candidate::told_by` is empty.
  bool may_name_lan = true;
};

/// The plan of a dialer: which node is dialled next, and why another one is not. A value: the owner
/// passes the time and the chance, and reports each dial, session and ban. Copies are snapshots: a
/// copy that is told the same does the same.
///
/// Trusted nodes go first and need no place. Static nodes are next, a random one of them, and then
/// the candidates of sources (`source_shares`). A node is not dialled again before
/// `dial_limits::redial_after` is over, and not before the time that its last ending has set.
/// Static and trusted nodes are tried for ever: they are delayed, and never banned.
///
/// A node has up to two endpoints: the one that its first source has named (or the operator, if it
/// is static), and the last one that others have. Each failed dial is followed by one at the other.
/// A host may be a name, which is passed on as it is.
///
/// `offer`, `next` and the reports of a dial or a session take O(log n) of the candidates, and O(s)
/// of the sources, of which there are 64 at most. A candidate whose delay ends costs that once
/// more, at the next call. A function that throws `std::bad_alloc` has changed nothing.
class dial_plan {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// The maximum number of static nodes, and of trusted ones.
  static constexpr std::size_t max_kept = 1000;
  /// The maximum number of bans. Beyond it, the one that ends first goes.
  static constexpr std::size_t max_bans = 10'000;
  /// The maximum number of forgotten nodes whose delays are remembered.
  static constexpr std::size_t max_forgotten = 10'000;
  /// The maximum number of refused offers that `explain` remembers.
  static constexpr std::size_t max_refused = 1000;
  /// The time for which it does.
  static constexpr auto refused_for = std::chrono::hours{1};

  explicit dial_plan(const node_id& self, const dial_limits& limits = {})
    : self_(self),
      limits_(limits) {}

  // The operator.

  [[nodiscard]] const dial_limits& limits() const { return limits_; }
  /// Changes the bounds. Candidates beyond them are forgotten; peers stay.
  void set_limits(const dial_limits& limits);
  /// Adds a static node, or makes one of a candidate. Its endpoint replaces one that is known; a
  /// port 0 means that sources have to name the endpoint.
  std::optional<dial_refusal> add_static(const enode& node, time_point now);
  /// Forgets a node, static or not. A dial or session of it goes on. Returns false if it was not
  /// known.
  bool remove(const node_id& id, time_point now);
  /// Trusts a node, which is then dialled if its endpoint is known or an offer names it.
  std::optional<dial_refusal> trust(const node_id& id, time_point now);
  void distrust(const node_id& id, time_point now);
  [[nodiscard]] bool is_static(const node_id& id) const;
  [[nodiscard]] bool is_trusted(const node_id& id) const { return trusted_.contains(id); }

  // Sources.

  /// Sets the terms of a source, which needs none. Returns false if there are too many sources.
  bool set_source(source_number source, source_terms terms);
  /// Forgets a source and its candidates.
  void forget_source(source_number source, time_point now);
  /// Returns the number of candidates that the plan takes from the source now.
  [[nodiscard]] std::size_t credit(source_number source) const;
  /// Takes a candidate. Returns why it was not taken.
  std::optional<dial_refusal> offer(source_number source, const dial_candidate& candidate,
                                    time_point now);
  /// Changes the score of a candidate, if it is known.
  void set_score(const node_id& id, int score, time_point now);

  // Dials.

  /// Returns the node to dial now, which counts as a dial from then on; `nullopt` if none is to be
  /// dialled. The owner calls it until then.
  std::optional<enode> next(time_point now, random_source& random);
  /// Returns the next time at which `next` or `churn` may have another answer, if the owner tells
  /// nothing before; `nullopt` if that is never.
  [[nodiscard]] std::optional<time_point> when() const;
  /// Returns a peer that is to give its place to others; `nullopt` if none is. Only if all places
  /// for dials are taken while somebody waits for one, and only every few minutes: one that we have
  /// dialled, that has been there for `dial_limits::churn_age`, and that is neither static nor
  /// trusted, nor one that `protects` returns true for.
  std::optional<node_id> churn(time_point now, random_source& random,
                               const std::function<bool(const node_id&)>& protects = {});

  // Reports of the owner.

  /// The node is dialled, though `next` has not said so.
  void on_dialled(const node_id& id, time_point now, random_source& random);
  /// A dial has failed. The node is not dialled before `not_before`, for the reason `why`.
  void on_failed(const node_id& id, time_point not_before, std::string why, time_point now);
  /// The node is a peer.
  void on_connected(const node_id& id, bool inbound, time_point now);
  /// The node is a peer no more. It is not dialled before `not_before`, for the reason `why`.
  void on_dropped(const node_id& id, time_point not_before, std::string why, time_point now);
  /// The node is not dialled before `until`, for the reason `why`.
  void delay(const node_id& id, time_point until, std::string why, time_point now);
  /// Bans a node. Returns false if it is static or trusted: it is only delayed.
  bool ban(const node_id& id, time_point until, std::string why, time_point now);
  void unban(const node_id& id, time_point now);
  /// The own link is down, or up again. While it is down, failures are no fault of the nodes, and
  /// neither are those just before.
  void set_own_link(bool is_up, time_point now);

  // Questions.

  /// Returns why the node is no peer, or that it is one.
  [[nodiscard]] dial_explanation explain(const node_id& id, time_point now) const;
  /// Returns the number of refusals by reason: offers that were not taken, offers of nodes that
  /// could not be dialled at once, and calls of `next` that dialled none although one was ready.
  [[nodiscard]] const refusal_counts& refusals() const { return refusals_; }
  [[nodiscard]] const dial_slots& slots() const { return slots_; }
  /// Returns the number of candidates of all sources.
  [[nodiscard]] std::size_t candidates() const { return shares_.total(); }
  /// Returns the number of candidates of a source.
  [[nodiscard]] std::size_t candidates_of(source_number source) const {
    return shares_.count(source);
  }

private:
  using item = std::uint32_t;

  struct known_node {
    enode node;
    /// The endpoint that others name.
    std::optional<endpoint> other = {};
    /// The source that it counts for; `nullopt` if it is static or trusted.
    std::optional<source_number> source = {};
    bool is_static = false;
    int score = 0;
    /// Smaller is older.
    std::uint64_t age = 0;
    /// The number of failed dials since the last session that lasted.
    std::uint32_t failures = 0;
    time_point dialled_at = {};
    /// True if it was dialled at the endpoint that others name.
    bool dialled_other = false;
    time_point redial_at = time_point::min();
    std::optional<dial_delay> back_off = {};
    /// The time since when it is ready to be dialled.
    std::optional<time_point> ready_since = {};
  };

  struct peer {
    bool inbound;
    time_point since;
  };

  // dial_plan.cpp

  [[nodiscard]] static bool has_endpoint(const enode& x);
  void queue(item which, time_point now);
  void withdraw(item which);
  [[nodiscard]] bool is_kept(const known_node& x) const { return !x.source; }
  [[nodiscard]] bool is_busy(const node_id& id) const;
  [[nodiscard]] bool anybody_ready() const;
  [[nodiscard]] time_point due(const known_node& x, time_point now) const;
  void wake(time_point now);
  std::optional<item> choose(time_point now, random_source& random);
  void begin_dial(const node_id& id, std::optional<item> which, time_point now,
                  time_point redial_at);
  void end_dial(const node_id& id);
  [[nodiscard]] std::vector<node_id>
  replaceable(time_point now, const std::function<bool(const node_id&)>& protects) const;
  std::optional<item> remembered(const node_id& id, const dial_delay& delay, time_point now);
  void set_ended(item which, dial_delay delay, time_point now);
  void count_peer(const node_id& id, bool inbound, bool has_come);
  void set_back_off(known_node& x, dial_delay delay, time_point now) const;
  void count_slots();

  // dial_candidates.cpp

  struct checked_offer {
    std::optional<dial_refusal> refusal = {};
    std::string why = {};
  };
  [[nodiscard]] checked_offer check(source_number source, const dial_candidate& candidate,
                                    time_point now) const;
  std::optional<dial_refusal> refuse(const node_id& id, dial_refusal reason, std::string why,
                                     time_point now);
  std::optional<dial_refusal> add_candidate(source_number source, const dial_candidate& candidate,
                                            time_point now);
  void update(item which, source_number source, const dial_candidate& candidate, time_point now);
  void move_to(item which, source_number source);
  void prepare();
  item insert(known_node node, time_point now);
  void keep(item which, time_point now);
  void remember(const known_node& x, time_point now);
  void forget(item which);
  void leave_kept(const node_id& id, time_point now);
  [[nodiscard]] std::optional<item> find(const node_id& id) const;

  // dial_explanation.cpp

  [[nodiscard]] dial_refusal state_of(const known_node& x, time_point now) const;
  [[nodiscard]] dial_explanation explain_stranger(const node_id& id, time_point now) const;
  [[nodiscard]] dial_explanation explain_known(const known_node& x, time_point now) const;
  [[nodiscard]] std::string_view shortage() const;
  [[nodiscard]] std::string name_of_source(source_number source) const;

  node_id self_;
  dial_limits limits_;
  dial_slots slots_;
  refusal_counts refusals_;

  slab<known_node> nodes_;
  std::unordered_map<node_id, item> index_;
  std::uint64_t age_ = 0;
  std::size_t static_nodes_ = 0;
  std::set<node_id> trusted_;
  std::map<source_number, source_terms> terms_;

  /// A node that is known is in one of these four, unless it is busy or has no endpoint.
  indexed_heap<time_point> waiting_;
  heap_positions in_waiting_;
  random_pool ready_trusted_;
  random_pool ready_static_;
  heap_positions in_ready_;
  source_shares shares_;

  std::map<node_id, peer> peers_;
  /// The dials under way, with the time of each.
  std::map<node_id, time_point> dialling_;
  dial_delays bans_{max_bans};
  dial_delays forgotten_{max_forgotten};
  dial_delays refused_{max_refused};

  bool link_is_up_ = true;
  time_point link_since_ = {};
  time_point probe_at_ = {};
  std::optional<time_point> churn_at_;
  time_point now_ = {};
};

} // namespace devp2p
