// SPDX-License-Identifier: BSL-1.0
//
// The nodes that a dial plan knows: how they come and go.
#include "devp2p/actors/peering/address_rules.hpp"
#include "devp2p/actors/peering/dial_plan.hpp"

#include <algorithm>
#include <utility>

namespace devp2p {

namespace {

constexpr auto not_queued = indexed_heap<int>::nowhere;

} // namespace

std::optional<dial_plan::item> dial_plan::find(const node_id& id) const {
  auto found = index_.find(id);
  return found == index_.end() ? std::nullopt : std::optional{found->second};
}

// Known nodes.

/// Makes room for one node more, so that nothing else that happens to it allocates.
void dial_plan::prepare() {
  nodes_.prepare();
  auto end = nodes_.end();
  for (auto* at : {&in_waiting_, &in_ready_})
    if (at->size() < end)
      at->resize(end, not_queued);
  waiting_.reserve(end);
  ready_trusted_.reserve(trusted_.size() + 1);
  ready_static_.reserve(static_nodes_ + trusted_.size() + 1);
}

/// Adds a node. If it throws, nothing has changed.
dial_plan::item dial_plan::insert(known_node node, time_point now) {
  prepare();
  if (node.source)
    shares_.prepare(*node.source, nodes_.end());
  auto id = node.node.id;
  auto which = nodes_.prepare();
  index_.emplace(id, which);
  if (auto before = forgotten_.take(id)) {
    if (before->reason == dial_refusal::recently_dialled) {
      node.dialled_at = before->since;
      node.redial_at = before->until;
    } else {
      set_back_off(node, std::move(*before), now);
    }
  }
  refused_.take(id);
  node.age = ++age_;
  if (node.source)
    shares_.add(*node.source);
  nodes_.add(std::move(node));
  queue(which, now);
  return which;
}

/// Remembers until when a node is not to be dialled that is about to be forgotten.
void dial_plan::remember(const known_node& x, time_point now) {
  if (x.back_off && x.back_off->until > std::max(now, x.redial_at))
    forgotten_.put(x.node.id, *x.back_off);
  else if (x.redial_at > now)
    forgotten_.put(x.node.id, {x.redial_at, x.dialled_at, dial_refusal::recently_dialled, {}});
}

void dial_plan::forget(item which) {
  withdraw(which);
  const auto& x = nodes_[which];
  if (x.source)
    shares_.remove(*x.source, which);
  if (x.is_static)
    --static_nodes_;
  index_.erase(x.node.id);
  nodes_.remove(which);
}

// The operator.

bool dial_plan::is_static(const node_id& id) const {
  auto which = find(id);
  return which && nodes_[*which].is_static;
}

std::optional<dial_refusal> dial_plan::add_static(const enode& node, time_point now) {
  wake(now);
  if (node.id == self_)
    return refuse(node.id, dial_refusal::self, {}, now);
  auto which = find(node.id);
  if (!is_static(node.id) && static_nodes_ >= max_kept)
    return refuse(node.id, dial_refusal::too_many_kept, {}, now);
  auto copy = node;
  if (!which) {
    which = insert({.node = std::move(copy), .is_static = true}, now);
    ++static_nodes_;
  } else {
    prepare();
    withdraw(*which);
    auto& x = nodes_[*which];
    static_nodes_ += std::exchange(x.is_static, true) ? 0 : 1;
    if (has_endpoint(copy))
      x.node = std::move(copy);
  }
  keep(*which, now);
  return std::nullopt;
}

/// Frees a node that has become static or trusted of its source, and of its ban. Precondition: it
/// is not among those that are ready.
void dial_plan::keep(item which, time_point now) {
  auto& x = nodes_[which];
  withdraw(which);
  if (auto source = std::exchange(x.source, std::nullopt))
    shares_.remove(*source, which);
  auto ban = bans_.take(x.node.id);
  if (ban && ban->until > now) {
    ban->reason = dial_refusal::backing_off;
    set_back_off(x, std::move(*ban), now);
  } else if (x.back_off) {
    set_back_off(x, std::move(*x.back_off), now);
  }
  queue(which, now);
}

bool dial_plan::remove(const node_id& id, time_point now) {
  wake(now);
  auto which = find(id);
  if (!which)
    return false;
  remember(nodes_[*which], now);
  forget(*which);
  return true;
}

std::optional<dial_refusal> dial_plan::trust(const node_id& id, time_point now) {
  wake(now);
  if (id == self_)
    return refuse(id, dial_refusal::self, {}, now);
  if (is_trusted(id))
    return std::nullopt;
  if (trusted_.size() >= max_kept)
    return refuse(id, dial_refusal::too_many_kept, {}, now);
  prepare();
  auto which = find(id);
  if (which)
    withdraw(*which);
  try {
    trusted_.insert(id);
  } catch (...) {
    if (which)
      queue(*which, now);
    throw;
  }
  count_slots();
  if (which)
    keep(*which, now);
  else
    bans_.take(id);
  return std::nullopt;
}

void dial_plan::distrust(const node_id& id, time_point now) {
  wake(now);
  auto which = find(id);
  if (!is_trusted(id))
    return;
  if (which && !nodes_[*which].is_static) {
    remember(nodes_[*which], now);
    forget(*which);
    which.reset();
  }
  if (which)
    withdraw(*which);
  trusted_.erase(id);
  count_slots();
  if (which)
    queue(*which, now);
}

// Sources.

bool dial_plan::set_source(source_number source, source_terms terms) {
  if (!terms_.contains(source) && terms_.size() >= source_shares::max_sources)
    return false;
  terms_.insert_or_assign(source, std::move(terms));
  return true;
}

void dial_plan::forget_source(source_number source, time_point now) {
  wake(now);
  std::vector<item> held;
  for (item which = 0; which < nodes_.end(); ++which)
    if (nodes_[which].source == source)
      held.push_back(which);
  for (auto which : held)
    remember(nodes_[which], now);
  for (auto which : held)
    forget(which);
  shares_.forget(source);
  terms_.erase(source);
}

std::size_t dial_plan::credit(source_number source) const {
  return shares_.credit(source, limits_);
}

std::optional<dial_refusal> dial_plan::offer(source_number source, const dial_candidate& candidate,
                                             time_point now) {
  wake(now);
  const auto& id = candidate.node.id;
  auto [refusal, why] = check(source, candidate, now);
  if (refusal)
    return refuse(id, *refusal, std::move(why), now);
  if (auto which = find(id))
    update(*which, source, candidate, now);
  else if (auto full = add_candidate(source, candidate, now))
    return full;
  if (auto state = state_of(nodes_[*find(id)], now); state != dial_refusal::waiting_turn)
    refusals_.add(state);
  return std::nullopt;
}

dial_plan::checked_offer dial_plan::check(source_number source, const dial_candidate& candidate,
                                          time_point now) const {
  const auto& [node, told_by, score] = candidate;
  if (node.id == self_)
    return {dial_refusal::self};
  if (!has_endpoint(node))
    return {dial_refusal::no_endpoint};
  if (!node.address.has_valid_host())
    return {dial_refusal::refused_address, "the host is neither an address nor a name"};
  // A teller without an address is as strange as any outside: 192.0.2.1 is for documentation.
  auto terms = terms_.find(source);
  auto may_name_lan = terms == terms_.end() || terms->second.may_name_lan;
  const auto& host = node.address.host;
  auto wrong = told_by        ? refuses_address(*told_by, host)
               : may_name_lan ? refuses_address(host)
                              : refuses_address("192.0.2.1", host);
  if (wrong)
    return {dial_refusal::refused_address, std::string{to_string(*wrong)}};
  if (const auto* ban = bans_.find(node.id, now))
    return {dial_refusal::banned, ban->why};
  if (!shares_.contains(source) && shares_.sources() >= source_shares::max_sources)
    return {dial_refusal::too_many_sources};
  return {};
}

/// Counts a refusal, and remembers it for `explain` if the node is not known otherwise.
std::optional<dial_refusal> dial_plan::refuse(const node_id& id, dial_refusal reason,
                                              std::string why, time_point now) {
  if (!find(id))
    refused_.put(id, {now + refused_for, now, reason, std::move(why)});
  refusals_.add(reason);
  return reason;
}

std::optional<dial_refusal>
dial_plan::add_candidate(source_number source, const dial_candidate& candidate, time_point now) {
  known_node added{.node = candidate.node, .score = candidate.score};
  if (is_trusted(candidate.node.id)) {
    insert(std::move(added), now);
    return std::nullopt;
  }
  auto [admitted, loser] = shares_.admits(source, limits_);
  if (!admitted)
    return refuse(candidate.node.id, dial_refusal::source_over_share, name_of_source(source), now);
  added.source = source;
  if (loser)
    remember(nodes_[loser->second], now);
  insert(std::move(added), now);
  if (loser)
    forget(loser->second);
  return std::nullopt;
}

/// Takes what an offer says of a node that is known.
void dial_plan::update(item which, source_number source, const dial_candidate& candidate,
                       time_point now) {
  auto named = candidate.node;
  if (nodes_[which].source)
    shares_.prepare(source, nodes_.end());
  withdraw(which);
  auto& x = nodes_[which];
  if (!has_endpoint(x.node) || x.source == source)
    x.node = std::move(named);
  else if (named.address != x.node.address)
    x.other = std::move(named.address);
  move_to(which, source);
  queue(which, now);
}

/// A candidate that several sources name counts for the one that holds fewest: otherwise the first
/// to name it could hide it among many. Precondition: it was withdrawn.
void dial_plan::move_to(item which, source_number source) {
  auto& x = nodes_[which];
  auto poorer = x.source && shares_.count(source) + 1 < shares_.count(*x.source);
  if (!poorer || shares_.count(source) >= limits_.max_of_source)
    return;
  shares_.remove(*x.source, which);
  shares_.add(source);
  x.source = source;
}

void dial_plan::set_score(const node_id& id, int score, time_point now) {
  wake(now);
  auto which = find(id);
  if (!which || nodes_[*which].score == score)
    return;
  withdraw(*which);
  nodes_[*which].score = score;
  queue(*which, now);
}

} // namespace devp2p
