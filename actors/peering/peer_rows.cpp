// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/peering/peer_rows.hpp"

#include "devp2p/actors/peering/unix_time.hpp"

#include <set>
#include <utility>

namespace devp2p {

namespace {

using time_point = std::chrono::system_clock::time_point;

/// Returns the time as it comes back from a file.
time_point in_seconds(time_point x) {
  return from_unix_time(to_unix_time(x));
}

/// Puts a row into a table, and tells what it amounts to.
template <class Removed, class Table, class Key, class Row>
void put_into(Table& table, const Key& key, Row row, time_point rank,
              std::vector<store_change>& effects) {
  auto gone = table.put(key, row, to_unix_time(rank));
  if (gone && *gone == key)
    return;
  effects.emplace_back(std::move(row));
  if (gone)
    effects.emplace_back(Removed{*gone});
}

template <class Table>
auto rows_of(const Table& table) {
  std::vector<decltype(table.all().begin()->second.row)> out;
  out.reserve(table.all().size());
  for (const auto& [key, x] : table.all())
    out.push_back(x.row);
  return out;
}

} // namespace

peer_rows::peer_rows(const store_limits& limits)
  : limits_(limits),
    bans_(limits.bans),
    scores_(limits.scores),
    known_(limits.known_nodes) {}

std::optional<std::string> peer_rows::refuse(std::span<const store_change> changes) const {
  std::set<node_id> added;
  for (const auto& change : changes) {
    if (const auto* ban = std::get_if<stored_ban>(&change);
        ban && (ban->subject.empty() || ban->subject.size() > limits_.text))
      return "the subject of a ban has " + std::to_string(ban->subject.size()) +
             " characters; from 1 to " + std::to_string(limits_.text) + " are taken";
    if (const auto* node = std::get_if<static_node>(&change);
        node && !static_.contains(node->url.id))
      added.insert(node->url.id);
  }
  if (!added.empty() && static_.size() + added.size() > limits_.static_nodes)
    return "at most " + std::to_string(limits_.static_nodes) +
           " static nodes are kept; remove others first";
  return std::nullopt;
}

void peer_rows::apply(const store_change& change, std::vector<store_change>& effects) {
  std::visit([&](const auto& x) { take(x, effects); }, change);
}

void peer_rows::take(stored_ban x, effects_type& effects) {
  x.until = in_seconds(x.until);
  x.reason.resize(std::min(x.reason.size(), limits_.text));
  auto subject = x.subject;
  auto until = x.until;
  put_into<removed_ban>(bans_, subject, std::move(x), until, effects);
}

void peer_rows::take(stored_score x, effects_type& effects) {
  x.changed = in_seconds(x.changed);
  x.failed = in_seconds(x.failed);
  x.banned_until = in_seconds(x.banned_until);
  put_into<removed_score>(scores_, x.id, x, x.changed, effects);
}

void peer_rows::take(static_node x, effects_type& effects) {
  static_.insert_or_assign(x.url.id, x);
  effects.emplace_back(std::move(x));
}

void peer_rows::take(known_node x, effects_type& effects) {
  x.last_seen = in_seconds(x.last_seen);
  if (x.proved)
    x.proved = in_seconds(*x.proved);
  put_into<removed_known_node>(known_, x.url.id, x, x.last_seen, effects);
}

void peer_rows::take(const removed_ban& x, effects_type& effects) {
  if (bans_.erase(x.subject))
    effects.emplace_back(x);
}

void peer_rows::take(const removed_score& x, effects_type& effects) {
  if (scores_.erase(x.id))
    effects.emplace_back(x);
}

void peer_rows::take(const removed_static_node& x, effects_type& effects) {
  if (static_.erase(x.id) > 0)
    effects.emplace_back(x);
}

void peer_rows::take(const removed_known_node& x, effects_type& effects) {
  if (known_.erase(x.id))
    effects.emplace_back(x);
}

void peer_rows::take(const own_sequence& x, effects_type& effects) {
  if (x.number <= sequence_)
    return;
  sequence_ = x.number;
  effects.emplace_back(x);
}

std::vector<stored_ban> peer_rows::bans() const {
  return rows_of(bans_);
}

std::vector<stored_score> peer_rows::scores() const {
  return rows_of(scores_);
}

std::vector<static_node> peer_rows::static_nodes() const {
  std::vector<static_node> out;
  for (const auto& [id, x] : static_)
    out.push_back(x);
  return out;
}

std::vector<known_node> peer_rows::known_nodes() const {
  return rows_of(known_);
}

std::vector<store_change> peer_rows::as_changes() const {
  std::vector<store_change> out;
  auto add = [&](const auto& rows) { out.insert(out.end(), rows.begin(), rows.end()); };
  add(bans());
  add(scores());
  add(static_nodes());
  add(known_nodes());
  if (sequence_ > 0)
    out.emplace_back(own_sequence{sequence_});
  return out;
}

} // namespace devp2p
