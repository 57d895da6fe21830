// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/session_table.hpp"

#include <algorithm>
#include <utility>

namespace devp2p {

session_table::session_table(const node_id& self, const settings& limits,
                             const std::vector<node_id>& trusted)
  : self_(self),
    limits_(limits),
    slots_(self, limits, trusted) {}

// Our dials.

session_table::dial_outcome session_table::dial(const node_id& id, dial_number dial,
                                                bool has_caller) {
  if (id == self_)
    return refusal{errc::connected_to_self};
  if (const auto* runs = peer(id))
    return dial_is_met{runs->number};
  if (slots_.contains(id) || dialling_.contains(id))
    return refusal{errc::already_connected, id.brief() + " is being dialled"};
  // The node has dialled us meanwhile, and its session is not yet running.
  if (auto i = greeted_.find(id); i != greeted_.end()) {
    auto& theirs = *i->second.which;
    if (theirs.caller)
      return refusal{errc::already_connected, id.brief()};
    pending_.remove(theirs.number);
    if (has_caller)
      theirs.caller = dial;
    return dial_joins{theirs.number};
  }
  if (dialling_.size() >= limits_.max_dialing)
    return refusal{errc::too_many_pending};
  dialling_.emplace(id, opening_dial{dial, has_caller});
  return dial_begins{};
}

std::optional<session_table::refusal> session_table::adopt(const node_id& id, dial_number dial,
                                                           bool has_caller) {
  if (id == self_)
    return refusal{errc::connected_to_self};
  if (slots_.contains(id) || dialling_.contains(id))
    return refusal{errc::already_connected, id.brief()};
  if (dialling_.size() >= limits_.max_dialing)
    return refusal{errc::too_many_pending};
  dialling_.emplace(id, opening_dial{dial, has_caller});
  return std::nullopt;
}

void session_table::give_up(const node_id& id, dial_number dial) {
  if (auto i = dialling_.find(id); i != dialling_.end() && i->second.number == dial)
    dialling_.erase(i);
  auto [first, last] = greeted_.equal_range(id);
  for (auto i = first; i != last; ++i)
    if (i->second.which->caller == dial)
      i->second.which->caller.reset();
}

void session_table::connect(const node_id& id, session& connection) {
  auto& ours = dialling_.at(id);
  ours.connection = &connection;
  if (ours.has_caller)
    connection.caller = ours.number;
  if (!connection.inbound)
    return;
  connection.adopted = true;
  connection.id = id;
  pending_.remove(connection.number); // A dial of ours has a place of its own.
}

// Places for connections that were accepted.

settings::duration session_table::turn_length() const {
  // A tenth of the deadline is enough for a handshake, as a rule.
  return std::max<settings::duration>(limits_.handshake_timeout / 10, std::chrono::milliseconds{1});
}

std::optional<session_table::turn>
session_table::next_turn(const nat::fair_pool<std::uint64_t>& waiting, time_point now) const {
  if (pending_.size() < limits_.max_pending) {
    auto next = waiting.poorest_in(pending_);
    return next ? std::optional{turn{*next, std::nullopt}} : std::nullopt;
  }
  auto claim = waiting.claim_on(pending_, 2);
  auto at_once = claim && pending_.count(source_of(all_.at(claim->second).remote)) > 1;
  if (!claim)
    claim = waiting.claim_on(pending_, 1);
  if (!claim)
    return std::nullopt;
  const auto& [next, loser] = *claim;
  if (!at_once && now - all_.at(loser).since < turn_length())
    return std::nullopt;
  return turn{next, loser};
}

// The life of a session.

session_table::session& session_table::open(session_number which, const endpoint& remote,
                                            const std::optional<node_id>& dialled, time_point now) {
  auto i = all_.emplace(which, session{}).first;
  auto& out = i->second;
  try {
    out.number = which;
    out.inbound = !dialled;
    out.id = dialled.value_or(node_id{});
    out.remote = remote;
    out.since = now;
    if (out.inbound)
      pending_.add(which, source_of(remote));
  } catch (...) {
    all_.erase(i);
    throw;
  }
  return out;
}

session_table::greeting_outcome session_table::greet(session& which, const node_id& id) {
  if (which.at != stage::opening)
    return refusal{errc::shutting_down};
  if (which.adopted && which.id != id)
    return refusal{errc::unexpected_identity, id.brief()};
  which.id = id;
  auto why = slots_.refuses(id, !which.is_ours());
  // A remote that may take the place of another first has to show that it is useful.
  if (why && !(why == errc::too_many_peers && !which.is_ours() &&
               slots_.displaced_by(source_of(which.remote))))
    return refusal{*why};
  // A displaced session is no longer a peer, but may not have noticed yet.
  if (running_.contains(id))
    return refusal{errc::already_connected};
  if (which.is_ours())
    return greeting_goes_on{};
  return wait_or_go_on(greeted_.emplace(id, greeted_session{&which})->second);
}

session_table::greeting_outcome session_table::wait_or_go_on(greeted_session& inbound) {
  auto& theirs = *inbound.which;
  auto ours = dialling_.find(theirs.id);
  if (ours == dialling_.end())
    return greeting_goes_on{.stranger = !is_trusted(theirs.id)};
  const auto& dial = ours->second;
  if (dial.connection != nullptr && self_ < theirs.id)
    return greeting_goes_on{};
  const auto number = dial.number;
  if (dial.connection != nullptr) {
    inbound.waits = true;
    return greeting_waits{number};
  }
  if (dial.has_caller)
    theirs.caller = number;
  pending_.remove(theirs.number); // A dial of ours keeps its place.
  dialling_.erase(ours);
  return greeting_goes_on{number};
}

std::optional<session_table::session_number> session_table::next_released(const node_id& id) {
  if (dialling_.contains(id))
    return std::nullopt;
  auto [first, last] = greeted_.equal_range(id);
  auto i = std::find_if(first, last, [](const auto& x) { return x.second.waits; });
  if (i == last)
    return std::nullopt;
  i->second.waits = false;
  return i->second.which->number;
}

std::optional<session_table::session_number> session_table::outwaited_by(const node_id& id,
                                                                         dial_number dial) const {
  auto ours = dialling_.find(id);
  // After admission, only the spawning of handlers is left before the session runs.
  if (ours == dialling_.end() || ours->second.number != dial ||
      ours->second.connection == nullptr || ours->second.connection->admitted)
    return std::nullopt;
  auto [first, last] = greeted_.equal_range(id);
  if (std::none_of(first, last, [](const auto& x) { return x.second.waits; }))
    return std::nullopt;
  return ours->second.connection->number;
}

session_table::admission_outcome session_table::admit(session& which) {
  // A session that is over is not admitted, or its slot would never be freed.
  if (which.at != stage::opening)
    return refusal{errc::shutting_down};
  // An inbound session that takes the place of a dial of ours does not count against the limit.
  auto inbound = which.inbound && !which.caller;
  auto from = source_of(which.remote);
  auto why = slots_.refuses(which.id, inbound);
  std::optional<node_id> loser;
  if (inbound && why == errc::too_many_peers)
    if (loser = slots_.displaced_by(from); loser)
      why = slots_.refuses(which.id, inbound, true);
  if (why)
    return refusal{*why};
  if (running_.contains(which.id))
    return refusal{errc::already_connected};
  slots_.add(which.id, inbound, from);
  which.admitted = true;
  const auto* displaced = loser ? admitted_with(*loser) : nullptr;
  return displaced ? admitted{displaced->number} : admitted{};
}

void session_table::displace(session_number which) {
  if (auto* found = find(which); found && std::exchange(found->admitted, false))
    slots_.remove(found->id);
}

/// Returns the session with that node that has a slot; it runs, or is about to.
const session_table::session* session_table::admitted_with(const node_id& id) const {
  if (auto runs = running_.find(id); runs != running_.end() && (*runs)->admitted)
    return *runs;
  // An adopted session without a caller is a stranger's, too.
  if (auto ours = dialling_.find(id); ours != dialling_.end())
    if (const auto* adopted = ours->second.connection; adopted && adopted->admitted)
      return adopted;
  auto [first, last] = greeted_.equal_range(id);
  auto i = std::find_if(first, last, [](const auto& x) { return x.second.which->admitted; });
  return i == last ? nullptr : i->second.which;
}

bool session_table::run(session& which) {
  // A session that has lost its slot meanwhile has been told.
  if (which.at != stage::opening || !which.admitted)
    return false;
  running_.insert(&which);
  leave_opening(which, stage::running);
  return true;
}

void session_table::end(session& which) {
  leave_opening(which, stage::over);
  if (std::exchange(which.at, stage::over) == stage::running)
    running_.erase(&which);
  if (std::exchange(which.admitted, false))
    slots_.remove(which.id);
}

void session_table::leave_opening(session& which, stage to) {
  if (which.at != stage::opening)
    return;
  which.at = to;
  if (which.is_ours()) {
    dialling_.erase(which.id);
    return;
  }
  pending_.remove(which.number);
  auto [first, last] = greeted_.equal_range(which.id);
  auto i = std::find_if(first, last, [&](const auto& x) { return x.second.which == &which; });
  if (i != last)
    greeted_.erase(i);
}

session_table::inheritance session_table::pass_on_caller(session& over) {
  auto caller = std::exchange(over.caller, std::nullopt);
  if (!caller)
    return {};
  auto theirs = greeted_.find(over.id);
  if (theirs != greeted_.end() && !theirs->second.which->caller) {
    theirs->second.which->caller = caller;
    return {};
  }
  auto runs = running_.find(over.id);
  if (runs == running_.end() || (*runs)->caller)
    return {.unanswered = caller};
  (*runs)->caller = caller;
  return {.by = *runs, .caller = *caller};
}

bool session_table::on_answered(const node_id& id, session_number by, dial_number caller) {
  if (auto runs = running_.find(id); runs != running_.end() && (*runs)->caller == caller) {
    if ((*runs)->number != by)
      return false;
    (*runs)->caller.reset();
    return true;
  }
  auto [first, last] = greeted_.equal_range(id);
  return std::none_of(first, last, [&](const auto& x) { return x.second.which->caller == caller; });
}

std::optional<session_table::session_number> session_table::linger(const session& over) {
  if (!lingering_.contains(over.number))
    lingering_.add(over.number, source_of(over.remote));
  if (lingering_.size() <= limits_.max_lingering)
    return std::nullopt;
  auto oldest = lingering_.oldest_of_fullest();
  lingering_.remove(*oldest);
  return oldest;
}

void session_table::forget(session_number which) {
  pending_.remove(which);
  lingering_.remove(which);
  all_.erase(which);
}

void session_table::clear() {
  running_.clear();
  greeted_.clear();
  dialling_.clear();
  pending_ = {};
  lingering_ = {};
  all_.clear();
}

// Changes of what was configured.

std::vector<session_table::session_number> session_table::set_limits(const node_limits& to) {
  std::vector<const session*> youngest_first;
  for_each([&](const session& x) {
    if (x.admitted)
      youngest_first.push_back(&x);
  });
  std::sort(youngest_first.begin(), youngest_first.end(), [](const auto* x, const auto* y) {
    return std::pair{x->since, x->number} > std::pair{y->since, y->number};
  });
  std::vector<session_number> out;
  out.reserve(youngest_first.size());
  auto change = [](std::size_t& limit, std::uint64_t value) {
    if (value != node_limits::unchanged)
      limit = static_cast<std::size_t>(value);
  };
  change(limits_.max_peers, to.max_peers);
  change(limits_.dial_ratio, to.dial_ratio);
  change(limits_.max_pending, to.max_pending);
  change(limits_.max_waiting, to.max_waiting);
  change(limits_.max_dialing, to.max_dialing);
  // Trusted nodes may be beyond the limits all the time: other sessions do not end for that.
  if (!slots_.set_limits(limits_))
    return out;
  for (const auto* x : youngest_first)
    if (slots_.has_too_many(x->id)) {
      out.push_back(x->number);
      displace(x->number);
    }
  return out;
}

bool session_table::untrust(const node_id& id) {
  const auto* admitted = admitted_with(id);
  return slots_.untrust(id, admitted ? source_of(admitted->remote) : nat::source{});
}

// Queries.

session_table::session* session_table::find(session_number which) {
  auto i = all_.find(which);
  return i == all_.end() ? nullptr : &i->second;
}

const session_table::session* session_table::peer(const node_id& id) const {
  auto i = running_.find(id);
  return i == running_.end() ? nullptr : *i;
}

nat::source session_table::source_of(const endpoint& remote) const {
  return nat::to_source(remote.host, limits_.source_bits_ipv4, limits_.source_bits_ipv6);
}

} // namespace devp2p
