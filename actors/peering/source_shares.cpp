// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/peering/source_shares.hpp"

#include <algorithm>
#include <limits>

namespace devp2p {

namespace {

constexpr auto in_no_heap = indexed_heap<int>::nowhere;

/// Each turn of a source whose number is a multiple of this one is that of its oldest candidate.
constexpr std::uint64_t turn_of_oldest = 4;

} // namespace

std::size_t source_shares::count(source_number source) const {
  auto found = sources_.find(source);
  return found == sources_.end() ? 0 : found->second.count;
}

void source_shares::prepare(source_number source, std::size_t end) {
  for (auto* at : {&in_best_, &in_oldest_, &in_worn_})
    if (at->size() < end)
      at->resize(end, in_no_heap);
  auto found = sources_.find(source);
  auto fresh = found == sources_.end();
  if (fresh)
    found = sources_.try_emplace(source).first;
  try {
    auto& of = found->second;
    of.best.reserve(of.count + 1);
    of.oldest.reserve(of.count + 1);
    of.worn.reserve(of.count + 1);
  } catch (...) {
    if (fresh)
      sources_.erase(found);
    throw;
  }
}

void source_shares::add(source_number source) {
  ++sources_.find(source)->second.count;
  ++total_;
}

void source_shares::remove(source_number source, item which) {
  withdraw(source, which);
  --sources_.find(source)->second.count;
  --total_;
}

void source_shares::set_ready(source_number source, item which, const rank& as) {
  auto& of = sources_.find(source)->second;
  of.best.add(in_best_, which, {as.score, as.failures, as.age});
  of.oldest.add(in_oldest_, which, as.age);
}

void source_shares::set_worn(source_number source, item which, std::uint32_t failures,
                             std::uint64_t age) {
  sources_.find(source)->second.worn.add(
    in_worn_, which, {std::numeric_limits<std::uint32_t>::max() - failures, age});
}

void source_shares::withdraw(source_number source, item which) {
  auto& of = sources_.find(source)->second;
  if (in_best_[which] != in_no_heap) {
    of.best.remove(in_best_, which);
    of.oldest.remove(in_oldest_, which);
  }
  if (in_worn_[which] != in_no_heap)
    of.worn.remove(in_worn_, which);
}

std::optional<source_shares::choice> source_shares::next() const {
  const std::pair<const source_number, share>* out = nullptr;
  for (const auto& each : sources_)
    if (!each.second.best.empty() && (out == nullptr || each.second.turn < out->second.turn))
      out = &each;
  if (out == nullptr)
    return std::nullopt;
  const auto& [source, of] = *out;
  auto of_oldest = (of.turns + 1) % turn_of_oldest == 0;
  return choice{source, of_oldest ? of.oldest.front().second : of.best.front().second};
}

void source_shares::on_served(source_number source) {
  auto& of = sources_.find(source)->second;
  of.turn = ++turn_;
  ++of.turns;
}

std::optional<source_shares::item> source_shares::share::loser() const {
  if (!worn.empty())
    return worn.front().second;
  if (!oldest.empty())
    return oldest.last();
  return std::nullopt;
}

const std::pair<const source_number, source_shares::share>* source_shares::richest() const {
  const std::pair<const source_number, share>* out = nullptr;
  for (const auto& each : sources_)
    if (each.second.loser() && (out == nullptr || each.second.count > out->second.count))
      out = &each;
  return out;
}

source_shares::admission source_shares::admits(source_number source, const dial_limits& by) const {
  auto held = count(source);
  auto within_own = held < by.max_of_source;
  if (within_own && total_ < by.max_candidates)
    return {true};
  if (const auto* rich = richest(); within_own && rich != nullptr && rich->second.count >= held + 2)
    return {true, choice{rich->first, *rich->second.loser()}};
  auto own = sources_.find(source);
  if (own == sources_.end() || own->second.worn.empty())
    return {false};
  return {true, choice{source, own->second.worn.front().second}};
}

std::size_t source_shares::credit(source_number source, const dial_limits& by) const {
  auto own = sources_.find(source);
  if (own == sources_.end() && sources_.size() >= max_sources)
    return 0;
  auto held = own == sources_.end() ? 0 : own->second.count;
  auto in_whole = by.max_candidates - std::min(total_, by.max_candidates);
  if (const auto* rich = richest(); rich != nullptr && rich->second.count > held)
    in_whole += (rich->second.count - held) / 2;
  auto room = std::min(by.max_of_source - std::min(held, by.max_of_source), in_whole);
  return room + (own == sources_.end() ? 0 : own->second.worn.size());
}

std::optional<source_shares::choice> source_shares::surplus(const dial_limits& by) const {
  const auto* rich = richest();
  if (rich == nullptr || (total_ <= by.max_candidates && rich->second.count <= by.max_of_source))
    return std::nullopt;
  return choice{rich->first, *rich->second.loser()};
}

} // namespace devp2p
