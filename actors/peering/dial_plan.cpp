// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/peering/dial_plan.hpp"

#include <algorithm>
#include <utility>

namespace devp2p {

namespace {

constexpr auto in_no_queue = indexed_heap<int>::nowhere;

} // namespace

void dial_plan::set_limits(const dial_limits& limits) {
  limits_ = limits;
  while (auto loser = shares_.surplus(limits_))
    forget(loser->second);
}

// Queues.

bool dial_plan::has_endpoint(const enode& x) {
  return x.address.port != 0 && !x.address.host.empty();
}

bool dial_plan::is_busy(const node_id& id) const {
  return peers_.contains(id) || dialling_.contains(id);
}

bool dial_plan::anybody_ready() const {
  return !ready_trusted_.empty() || !ready_static_.empty() || shares_.next();
}

/// Returns the time from which the node may be dialled.
dial_plan::time_point dial_plan::due(const known_node& x, time_point now) const {
  auto out = x.redial_at;
  if (x.back_off)
    out = std::max(out, x.back_off->until);
  if (const auto* ban = bans_.find(x.node.id, now))
    out = std::max(out, ban->until);
  return out;
}

void dial_plan::withdraw(item which) {
  const auto& x = nodes_[which];
  if (in_waiting_[which] != in_no_queue)
    waiting_.remove(in_waiting_, which);
  // `keep` and `leave_kept` have withdrawn a node before these change.
  if (x.source)
    shares_.withdraw(*x.source, which);
  else if (in_ready_[which] != in_no_queue)
    (is_trusted(x.node.id) ? ready_trusted_ : ready_static_).remove(in_ready_, which);
}

/// Puts the node where it belongs, wherever it is now.
void dial_plan::queue(item which, time_point now) {
  withdraw(which);
  auto& x = nodes_[which];
  auto ready_since = std::exchange(x.ready_since, std::nullopt);
  if (is_busy(x.node.id) || !has_endpoint(x.node))
    return;
  if (x.source && x.failures > 0)
    shares_.set_worn(*x.source, which, x.failures, x.age);
  if (auto until = due(x, now); until > now) {
    waiting_.add(in_waiting_, which, until);
    return;
  }
  x.ready_since = ready_since.value_or(now);
  if (x.source)
    shares_.set_ready(*x.source, which, {x.score, x.age, x.failures});
  else
    (is_trusted(x.node.id) ? ready_trusted_ : ready_static_).add(in_ready_, which);
}

/// Makes those nodes ready whose time has come.
void dial_plan::wake(time_point now) {
  now_ = std::max(now_, now);
  while (!waiting_.empty() && waiting_.front().first <= now)
    queue(waiting_.front().second, now);
}

// Dials.

std::optional<enode> dial_plan::next(time_point now, random_source& random) {
  wake(now);
  auto which = choose(now, random);
  if (!which)
    return std::nullopt;
  auto& x = nodes_[*which];
  auto out = x.node;
  auto dials_other = x.other && x.failures % 2 != 0;
  if (dials_other)
    out.address = *x.other;
  auto redial_at = now + limits_.redial_after + drawn_within(random, limits_.redial_jitter);
  begin_dial(out.id, which, now, redial_at);
  x.dialled_other = dials_other;
  if (x.source)
    shares_.on_served(*x.source);
  return out;
}

std::optional<dial_plan::item> dial_plan::choose(time_point now, random_source& random) {
  if (!anybody_ready())
    return std::nullopt;
  if (!link_is_up_ && (!dialling_.empty() || now < probe_at_)) {
    refusals_.add(dial_refusal::own_link_down);
    return std::nullopt;
  }
  if (!ready_trusted_.empty() && slots_.open_trusted(limits_) > 0)
    return ready_trusted_.any(random);
  if (slots_.open(limits_) > 0) {
    if (!ready_static_.empty())
      return ready_static_.any(random);
    if (auto turn = shares_.next())
      return turn->second;
  }
  refusals_.add(dial_refusal::no_slot);
  return std::nullopt;
}

void dial_plan::begin_dial(const node_id& id, std::optional<item> which, time_point now,
                           time_point redial_at) {
  auto added = dialling_.emplace(id, now).first;
  if (!which)
    try {
      forgotten_.put(id, {redial_at, now, dial_refusal::recently_dialled, {}});
    } catch (...) {
      dialling_.erase(added);
      throw;
    }
  ++(is_trusted(id) ? slots_.dialling_trusted : slots_.dialling);
  probe_at_ = now + limits_.probe_interval;
  if (!which)
    return;
  auto& x = nodes_[*which];
  x.dialled_at = now;
  x.redial_at = redial_at;
  queue(*which, now);
}

void dial_plan::end_dial(const node_id& id) {
  if (dialling_.erase(id) > 0)
    --(is_trusted(id) ? slots_.dialling_trusted : slots_.dialling);
}

std::optional<dial_plan::time_point> dial_plan::when() const {
  auto out = churn_at_;
  auto sooner = [&](time_point x) { out = out ? std::min(*out, x) : x; };
  if (!waiting_.empty())
    sooner(waiting_.front().first);
  auto may_dial = (!ready_trusted_.empty() && slots_.open_trusted(limits_) > 0) ||
                  (slots_.open(limits_) > 0 && (!ready_static_.empty() || shares_.next()));
  if (may_dial && link_is_up_)
    sooner(now_);
  else if (may_dial && dialling_.empty())
    sooner(std::max(probe_at_, now_));
  return out;
}

std::optional<node_id> dial_plan::churn(time_point now, random_source& random,
                                        const std::function<bool(const node_id&)>& protects) {
  wake(now);
  if (churn_at_ && now < *churn_at_)
    return std::nullopt;
  auto is_due = churn_at_ && link_is_up_ && slots_.free(limits_) == 0 &&
                (!ready_static_.empty() || shares_.next());
  auto old = is_due ? replaceable(now, protects) : std::vector<node_id>{};
  auto width = std::max(limits_.churn_until - limits_.churn_after, dial_limits::duration{0});
  churn_at_ = now + limits_.churn_after + drawn_within(random, width);
  if (old.empty())
    return std::nullopt;
  return old[drawn_below(random, old.size())];
}

/// Returns the peers that may have to give their places to others.
std::vector<node_id>
dial_plan::replaceable(time_point now, const std::function<bool(const node_id&)>& protects) const {
  std::vector<node_id> out;
  for (const auto& [id, x] : peers_)
    if (!x.inbound && now - x.since >= limits_.churn_age && !is_static(id) && !is_trusted(id) &&
        !(protects && protects(id)))
      out.push_back(id);
  return out;
}

// Reports of the owner.

void dial_plan::on_dialled(const node_id& id, time_point now, random_source& random) {
  wake(now);
  if (dialling_.contains(id))
    return;
  auto which = find(id);
  auto redial_at = now + limits_.redial_after + drawn_within(random, limits_.redial_jitter);
  begin_dial(id, which, now, redial_at);
}

void dial_plan::on_failed(const node_id& id, time_point not_before, std::string why,
                          time_point now) {
  wake(now);
  // The remote has dialled us meanwhile: our own dial was given up for that.
  if (peers_.contains(id)) {
    end_dial(id);
    return;
  }
  dial_delay delay{not_before, now, dial_refusal::backing_off, std::move(why)};
  auto which = remembered(id, delay, now);
  auto failed = dialling_.contains(id);
  end_dial(id);
  if (!which)
    return;
  withdraw(*which);
  nodes_[*which].failures += failed && link_is_up_ ? 1 : 0;
  set_ended(*which, std::move(delay), now);
}

void dial_plan::on_connected(const node_id& id, bool inbound, time_point now) {
  wake(now);
  if (!peers_.try_emplace(id, peer{inbound, now}).second)
    return;
  count_peer(id, inbound, true);
  if (!inbound)
    end_dial(id);
  auto which = find(id);
  if (!which)
    return;
  auto& x = nodes_[*which];
  if (!inbound && x.other && x.dialled_other)
    std::swap(x.node.address, *x.other);
  queue(*which, now);
}

void dial_plan::on_dropped(const node_id& id, time_point not_before, std::string why,
                           time_point now) {
  wake(now);
  auto found = peers_.find(id);
  if (found == peers_.end())
    return;
  dial_delay delay{not_before, now, dial_refusal::backing_off, std::move(why)};
  auto which = remembered(id, delay, now);
  auto [inbound, since] = found->second;
  peers_.erase(found);
  count_peer(id, inbound, false);
  if (!which)
    return;
  withdraw(*which);
  auto& failures = nodes_[*which].failures;
  if (now - since >= limits_.proven_after)
    failures = 0;
  else if (!inbound && link_is_up_)
    ++failures;
  set_ended(*which, std::move(delay), now);
}

/// Returns the number of a node whose dial or session ends; if it is not known, remembers the
/// delay.
std::optional<dial_plan::item> dial_plan::remembered(const node_id& id, const dial_delay& delay,
                                                     time_point now) {
  auto which = find(id);
  if (which || !link_is_up_ || delay.until <= now)
    return which;
  if (const auto* before = forgotten_.find(id, now);
      before == nullptr || before->until < delay.until)
    forgotten_.put(id, delay);
  return std::nullopt;
}

/// Precondition: the node was withdrawn.
void dial_plan::set_ended(item which, dial_delay delay, time_point now) {
  nodes_[which].age = ++age_;
  if (link_is_up_)
    set_back_off(nodes_[which], std::move(delay), now);
  queue(which, now);
}

/// Precondition: the node was withdrawn.
void dial_plan::set_back_off(known_node& x, dial_delay delay, time_point now) const {
  if (is_kept(x))
    delay.until = std::min(delay.until, now + limits_.longest_kept_delay);
  x.back_off.reset();
  if (delay.until > now)
    x.back_off = std::move(delay);
}

void dial_plan::delay(const node_id& id, time_point until, std::string why, time_point now) {
  wake(now);
  dial_delay added{until, now, dial_refusal::backing_off, std::move(why)};
  auto which = find(id);
  if (!which) {
    if (until > now)
      forgotten_.put(id, std::move(added));
    return;
  }
  withdraw(*which);
  set_back_off(nodes_[*which], std::move(added), now);
  queue(*which, now);
}

bool dial_plan::ban(const node_id& id, time_point until, std::string why, time_point now) {
  if (is_static(id) || is_trusted(id)) {
    delay(id, until, std::move(why), now);
    return false;
  }
  wake(now);
  bans_.put(id, {until, now, dial_refusal::banned, std::move(why)});
  if (auto which = find(id))
    queue(*which, now);
  return true;
}

void dial_plan::unban(const node_id& id, time_point now) {
  wake(now);
  bans_.take(id);
  if (auto which = find(id))
    queue(*which, now);
}

void dial_plan::set_own_link(bool is_up, time_point now) {
  wake(now);
  if (std::exchange(link_is_up_, is_up) == is_up)
    return;
  link_since_ = now;
  if (is_up)
    return;
  probe_at_ = now;
  // The order of the numbers: that of a hash table may differ in a copy.
  for (item which = 0; which < nodes_.end(); ++which) {
    auto& x = nodes_[which];
    if (!x.back_off || now - x.back_off->since > limits_.blamed_on_link)
      continue;
    withdraw(which);
    x.back_off.reset();
    x.failures -= x.failures > 0 ? 1 : 0;
    queue(which, now);
  }
}

/// Counts a peer that has come, or one that has gone.
void dial_plan::count_peer(const node_id& id, bool inbound, bool has_come) {
  if (is_trusted(id))
    return;
  slots_.peers += has_come ? 1 : -1;
  if (!inbound)
    slots_.dialled += has_come ? 1 : -1;
}

/// Counts anew who has a place.
void dial_plan::count_slots() {
  slots_ = {};
  for (const auto& [id, x] : peers_)
    count_peer(id, x.inbound, true);
  for (const auto& [id, since] : dialling_)
    ++(is_trusted(id) ? slots_.dialling_trusted : slots_.dialling);
}

} // namespace devp2p
