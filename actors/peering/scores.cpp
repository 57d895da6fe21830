// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/peering/scores.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <utility>

namespace devp2p {

namespace {

using duration = scores::duration;

/// Returns how often `step` fits into `time`.
std::int64_t steps(duration time, duration step) {
  return time <= duration{0} || step <= duration{0} ? 0 : time / step;
}

} // namespace

scores::verdict scores::on_ended(const node_id& id, const ended& what, time_point now,
                                 double chance) {
  const auto& row = meaning_of(what.end);
  verdict out{.cause = row.cause};
  if (id.is_zero()) // A stranger that has not proved who it is.
    return out;
  auto next = known(id, row.whose, what.network, now);
  auto again = what.link_is_up ? row.again : retry::soon;
  out.not_before = next.failures.on_ended(rules_.again, again, what.lasted, now, chance);
  if (what.link_is_up) {
    move(next, row.score, row.whose, what.as, now);
    // An end by chance finds a score above the limit, or a node that is banned already.
    if (row.whose == fault::conduct)
      out.ban = judge(next, what.as, row.name, now);
  }
  out.score = next.score;
  put(id, next, now);
  return out;
}

scores::verdict scores::good(const node_id& id, int weight, time_point now,
                             const nat::address_key& network) {
  return on_word(id, std::clamp(weight, 0, rules_.largest_word), {}, standing::stranger, network,
                 now);
}

scores::verdict scores::bad(const node_id& id, int weight, std::string_view word, time_point now,
                            standing as, const nat::address_key& network) {
  return on_word(id, -std::clamp(weight, 0, rules_.largest_word), word.substr(0, max_word), as,
                 network, now);
}

scores::verdict scores::on_word(const node_id& id, int by, std::string_view word, standing as,
                                const nat::address_key& network, time_point now) {
  verdict out;
  if (id.is_zero())
    return out;
  auto next = known(id, fault::conduct, network, now);
  move(next, by, fault::conduct, as, now);
  if (by < 0)
    out.ban = judge(next, as, word, now);
  out.score = next.score;
  put(id, next, now);
  return out;
}

void scores::pardon(const node_id& id) {
  entries_.erase(id);
}

int scores::score(const node_id& id, time_point now) const {
  auto found = entries_.find(id);
  return found == entries_.end() ? 0 : score_of(found->second, now);
}

unsigned scores::failures(const node_id& id, time_point now) const {
  auto found = entries_.find(id);
  return found == entries_.end() ? 0 : found->second.failures.failures(rules_.again, now);
}

std::optional<scores::time_point> scores::banned_until(const node_id& id, time_point now) const {
  auto found = entries_.find(id);
  if (found == entries_.end() || found->second.bans == 0 || found->second.banned_until <= now)
    return std::nullopt;
  return found->second.banned_until;
}

std::optional<scores::record> scores::find(const node_id& id, time_point now) const {
  auto i = entries_.find(id);
  if (i == entries_.end() || says_nothing(i->second, now))
    return std::nullopt;
  return to_record(id, i->second, now);
}

std::vector<scores::record> scores::snapshot(time_point now) const {
  std::vector<record> out;
  out.reserve(entries_.size());
  for (const auto& [id, x] : entries_)
    if (!says_nothing(x, now))
      out.push_back(to_record(id, x, now));
  return out;
}

scores::record scores::to_record(const node_id& id, const entry& x, time_point now) const {
  record out{id, x.network, x.score, x.score == 0 ? duration{0} : now - x.scored_at};
  if (auto failures = x.failures.failures(rules_.again, now); failures > 0) {
    out.failures = failures;
    // As if the failures that are forgotten had never been.
    out.failure_age = (now - x.failures.last()) % rules_.again.forgotten_after;
  }
  if (auto bans = bans_of(x, now); bans > 0) {
    out.bans = bans;
    out.banned_for = now < x.banned_until ? x.banned_until - now
                                          : -((now - x.banned_until) % rules_.ban_forgotten_after);
  }
  return out;
}

void scores::restore(const std::vector<record>& all, time_point now) {
  scores next{rules_};
  // A time long before this process began cannot be told as a steady time.
  const duration longest = std::chrono::hours{24 * 365};
  for (const auto& from : all) {
    auto age = [&](duration x) { return now - std::clamp(x, duration{0}, longest); };
    entry x{from.network, std::clamp(from.score, rules_.lowest, rules_.highest),
            age(from.score_age)};
    if (from.failures > 0)
      x.failures = {from.failures, age(from.failure_age)};
    if (from.bans > 0) {
      x.bans = std::min(from.bans, max_bans);
      x.banned_until = now + std::clamp(from.banned_for, -longest, rules_.longest_ban);
    }
    next.put(from.id, x, now);
  }
  std::swap(entries_, next.entries_);
}

int scores::score_of(const entry& x, time_point now) const {
  auto decayed = steps(now - x.scored_at, rules_.point_after);
  if (decayed >= std::abs(x.score))
    return 0;
  auto by = static_cast<int>(decayed);
  return x.score > 0 ? x.score - by : x.score + by;
}

unsigned scores::bans_of(const entry& x, time_point now) const {
  if (x.bans == 0)
    return 0;
  auto forgotten = steps(now - x.banned_until, rules_.ban_forgotten_after);
  return forgotten >= x.bans ? 0 : x.bans - static_cast<unsigned>(forgotten);
}

/// Changes the score. A part of a point that has decayed is not lost, so that many small changes do
/// not keep a score from its decay.
void scores::move(entry& x, int by, fault whose, standing as, time_point now) const {
  auto before = score_of(x, now);
  if (before == 0 || x.score == 0)
    x.scored_at = now;
  else
    x.scored_at += rules_.point_after * steps(now - x.scored_at, rules_.point_after);
  x.score = before;
  if (by >= 0) {
    x.score = std::min(before + by, rules_.highest);
    return;
  }
  auto lowest = rules_.lowest;
  if (as == standing::kept)
    by = std::max(by, -rules_.kept_step);
  if (as == standing::kept || whose != fault::conduct)
    lowest = rules_.chance_limit;
  // What is below already stays there.
  x.score = std::max(before + by, std::min(lowest, before));
}

std::optional<scores::ban_decision> scores::judge(entry& x, standing as, std::string_view what,
                                                  time_point now) const {
  // A node that is banned already is heard of through sessions that were open, or that its words
  // speak of later.
  if (as == standing::kept || x.score > rules_.limit || (x.bans > 0 && now < x.banned_until))
    return std::nullopt;
  auto before = bans_of(x, now);
  auto length = rules_.first_ban;
  for (unsigned i = 0; i < before && length < rules_.longest_ban; ++i)
    length *= 4;
  ban_decision out{now + std::min(length, rules_.longest_ban),
                   "score " + std::to_string(x.score) + " after: "};
  out.reason += what;
  x.bans = std::min(before + 1, max_bans);
  x.banned_until = out.until;
  return out;
}

scores::entry scores::known(const node_id& id, fault whose, const nat::address_key& network,
                            time_point now) const {
  auto found = entries_.find(id);
  if (found == entries_.end())
    return {.network = network, .scored_at = now};
  auto out = found->second;
  // Conduct is seen where the node itself is. At other ends it may be where somebody says it is.
  auto is_known = network != nat::address_key{};
  if (is_known && (whose == fault::conduct || out.network == nat::address_key{}))
    out.network = network;
  return out;
}

void scores::put(const node_id& id, const entry& x, time_point now) {
  auto found = entries_.find(id);
  if (says_nothing(x, now)) {
    if (found != entries_.end())
      entries_.erase(found);
    return;
  }
  auto offends = is_offender(x, now);
  auto is_new = found == entries_.end() || is_offender(found->second, now) != offends;
  auto before = found == entries_.end() ? std::nullopt : std::optional{found->second};
  if (before)
    found->second = x;
  else
    found = entries_.emplace(id, x).first;
  if (!is_new)
    return;
  try {
    make_room(offends, now);
  } catch (...) {
    if (before)
      found->second = *before;
    else
      entries_.erase(found);
    throw;
  }
}

/// Removes one entry if there are too many offenders, or too many others. The new entry is among
/// them.
void scores::make_room(bool of_offenders, time_point now) {
  const auto most = of_offenders ? max_offenders : max_others;
  if (entries_.size() <= most)
    return;
  std::map<nat::address_key, std::size_t> networks;
  std::size_t count = 0;
  for (const auto& [id, x] : entries_)
    if (is_offender(x, now) == of_offenders) {
      ++count;
      ++networks[x.network];
    }
  if (count <= most)
    return;
  std::size_t largest = 0;
  for (const auto& [network, size] : networks)
    largest = std::max(largest, size);
  auto victim = entries_.end();
  for (auto i = entries_.begin(); i != entries_.end(); ++i) {
    const auto& x = i->second;
    auto may_go = is_offender(x, now) == of_offenders &&
                  (largest <= max_of_network || networks[x.network] == largest);
    if (may_go && (victim == entries_.end() || goes_before(x, victim->second, now) ||
                   (!goes_before(victim->second, x, now) && i->first < victim->first)))
      victim = i;
  }
  entries_.erase(victim);
}

bool scores::says_nothing(const entry& x, time_point now) const {
  return score_of(x, now) == 0 && bans_of(x, now) == 0 &&
         x.failures.failures(rules_.again, now) == 0;
}

bool scores::goes_before(const entry& x, const entry& y, time_point now) const {
  auto is_banned = [&](const entry& z) { return z.bans > 0 && now < z.banned_until; };
  if (is_banned(x) != is_banned(y))
    return is_banned(y);
  auto far = [&](const entry& z) { return std::abs(score_of(z, now)); };
  if (far(x) != far(y))
    return far(x) < far(y);
  auto last = [](const entry& z) { return std::max(z.scored_at, z.failures.last()); };
  return last(x) < last(y);
}

} // namespace devp2p
