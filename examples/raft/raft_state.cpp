// SPDX-License-Identifier: BSL-1.0
#include "raft/raft_state.hpp"

#include <algorithm>
#include <functional>

namespace devp2p::raft {

namespace {

/// Returns the digest of a log that goes on with `next`: FNV-1a.
std::uint64_t digest_of(std::uint64_t before, const entry& next) {
  auto out = before ^ 0xcbf29ce484222325;
  auto add = [&](std::uint64_t octet) { out = (out ^ octet) * 0x100000001b3; };
  for (auto shift = 0; shift < 64; shift += 8)
    add(next.term >> shift & 0xff);
  for (unsigned char c : next.command)
    add(c);
  return out;
}

} // namespace

raft_state::raft_state(const raft_config& config, durable& kept, time_point now)
  : config_(config),
    kept_(kept),
    random_(config.seed) {
  if (config_.planted == defect::vote_twice)
    kept_.voted_for.reset();
  if (config_.planted == defect::lose_log)
    kept_.log.clear();
  for (const auto& x : kept_.log)
    note(x);
  wait_for_leader(now);
}

time_point raft_state::deadline() const {
  switch (role_) {
  case role::follower:
    return election_due_;
  case role::candidate:
    return std::min(election_due_, heartbeat_due_);
  case role::leader:
    return heartbeat_due_;
  }
  return election_due_;
}

void raft_state::tick(time_point now) {
  if (role_ != role::leader && now >= election_due_)
    stand(now);
  else if (role_ == role::candidate && now >= heartbeat_due_)
    canvass(now);
  else if (role_ == role::leader && now >= heartbeat_due_)
    broadcast(now);
}

// Elections.

void raft_state::wait_for_leader(time_point now) {
  // A distribution of the standard library differs from platform to platform.
  const auto range = static_cast<std::uint64_t>(config_.election.count());
  auto jitter = config_.planted == defect::no_jitter ? range / 2 : random_() % range;
  election_due_ = now + config_.election + caf::timespan{static_cast<std::int64_t>(jitter)};
}

void raft_state::see_term(std::uint64_t term) {
  if (term <= kept_.term)
    return;
  kept_.term = term;
  kept_.voted_for.reset();
  follow();
}

void raft_state::follow() {
  role_ = role::follower;
  for (const auto& x : std::exchange(reads_, {}))
    out_.notices.push_back(read_done{x.number, std::nullopt});
}

void raft_state::stand(time_point now) {
  ++kept_.term;
  kept_.voted_for = config_.self;
  role_ = role::candidate;
  votes_ = {{config_.self, true}};
  wait_for_leader(now);
  if (votes_.size() >= quorum())
    lead(now);
  else
    canvass(now);
}

/// Asks those who have not answered.
void raft_state::canvass(time_point now) {
  heartbeat_due_ = now + config_.heartbeat;
  for (node_index i = 0; i < config_.nodes; ++i)
    if (!votes_.contains(i))
      out_.messages.emplace_back(i, request_vote{.term = kept_.term,
                                                 .last_index = last_index(),
                                                 .last_term = term_at(last_index())});
}

vote_answer raft_state::take_vote(node_index from, const request_vote& x, time_point now) {
  see_term(x.term);
  const auto ours = std::pair{term_at(last_index()), last_index()};
  const auto granted = x.term == kept_.term && kept_.voted_for.value_or(from) == from &&
                       std::pair{x.last_term, x.last_index} >= ours;
  if (granted) {
    kept_.voted_for = from;
    wait_for_leader(now);
  }
  return {.term = kept_.term, .granted = granted};
}

void raft_state::take_answer(node_index from, const request_vote& to, const vote_answer& x,
                             time_point now) {
  see_term(x.term);
  if (role_ != role::candidate || to.term != kept_.term)
    return;
  votes_[from] = x.granted;
  const auto granted =
    std::count_if(votes_.begin(), votes_.end(), [](const auto& y) { return y.second; });
  if (static_cast<std::uint64_t>(granted) >= quorum())
    lead(now);
}

void raft_state::lead(time_point now) {
  role_ = role::leader;
  out_.notices.push_back(elected{kept_.term});
  followers_.clear();
  for (node_index i = 0; i < config_.nodes; ++i)
    if (i != config_.self)
      followers_[i] = {.next = last_index() + 1};
  first_of_term_ = last_index() + 1;
  // Older entries are committed with one of this term: this one, if no client proposes another.
  if (config_.planted != defect::commit_older_term)
    append({.term = kept_.term});
  broadcast(now);
  advance_commit();
}

// The log.

std::uint64_t raft_state::term_at(std::uint64_t index) const {
  return index > 0 && index <= last_index() ? kept_.log[index - 1].term : 0;
}

void raft_state::note(const entry& next) {
  digests_.push_back(digest_of(digests_.empty() ? 0 : digests_.back(), next));
  out_.notices.push_back(logged{digests_.size(), next.term, digests_.back()});
}

void raft_state::append(entry what) {
  kept_.log.push_back(std::move(what));
  note(kept_.log.back());
}

void raft_state::truncate(std::uint64_t length) {
  kept_.log.resize(length);
  digests_.resize(length);
}

bool raft_state::propose(std::string command, time_point now) {
  if (role_ != role::leader || kept_.log.size() >= config_.max_log)
    return false;
  append({kept_.term, std::move(command)});
  broadcast(now);
  advance_commit();
  return true;
}

void raft_state::broadcast(time_point now) {
  heartbeat_due_ = now + config_.heartbeat;
  ++round_;
  for (const auto& [to, x] : followers_)
    send_entries(to);
}

void raft_state::send_entries(node_index to) {
  const auto before = followers_[to].next - 1;
  const auto count = std::min<std::uint64_t>(last_index() - before, config_.max_batch);
  const auto first = kept_.log.begin() + static_cast<std::ptrdiff_t>(before);
  out_.messages.emplace_back(
    to, append_entries{.term = kept_.term,
                       .round = round_,
                       .previous_index = before,
                       .previous_term = term_at(before),
                       .entries = {first, first + static_cast<std::ptrdiff_t>(count)},
                       .commit = commit_});
}

append_answer raft_state::take_append(node_index, const append_entries& x, time_point now) {
  see_term(x.term);
  if (x.term < kept_.term)
    return {.term = kept_.term, .last_index = last_index()};
  follow();
  wait_for_leader(now);
  if (x.previous_index > last_index() || term_at(x.previous_index) != x.previous_term)
    return {.term = kept_.term, .last_index = last_index()};
  auto index = x.previous_index;
  for (const auto& y : x.entries) {
    if (++index > last_index() || term_at(index) != y.term) {
      truncate(index - 1);
      append(y);
    }
  }
  commit_ = std::max(commit_, std::min(x.commit, index));
  apply();
  return {.term = kept_.term, .success = true, .last_index = index};
}

void raft_state::take_answer(node_index from, const append_entries& to, const append_answer& x,
                             time_point) {
  see_term(x.term);
  if (role_ != role::leader || to.term != kept_.term || x.term != kept_.term)
    return;
  auto& other = followers_[from];
  other.round = std::max(other.round, to.round);
  if (x.success) {
    other.match = std::max(other.match, std::min(x.last_index, last_index()));
    other.next = std::max(other.next, other.match + 1);
    advance_commit();
    if (other.next <= last_index() && !to.entries.empty())
      send_entries(from);
  } else if (to.previous_index > 0 && to.previous_index == other.next - 1) {
    other.next = std::max(other.match, std::min(to.previous_index - 1, x.last_index)) + 1;
    send_entries(from);
  }
  finish_reads();
}

std::uint64_t raft_state::reached_by_most(std::uint64_t ours,
                                          std::uint64_t follower::*number) const {
  std::vector<std::uint64_t> all{ours};
  for (const auto& [node, x] : followers_)
    all.push_back(x.*number);
  std::sort(all.begin(), all.end(), std::greater<>{});
  return all[quorum() - 1];
}

void raft_state::advance_commit() {
  const auto index = reached_by_most(last_index(), &follower::match);
  // An entry of an older term may still be overwritten, even if most nodes have it.
  if (index <= commit_ ||
      (term_at(index) != kept_.term && config_.planted != defect::commit_older_term))
    return;
  commit_ = index;
  apply();
  finish_reads();
}

void raft_state::apply() {
  while (applied_ < std::min(commit_, last_index())) {
    digest_ = digest_of(digest_, kept_.log[applied_]);
    ++applied_;
    out_.notices.push_back(applied{applied_, digests_[applied_ - 1], kept_.term});
  }
}

// Reads.

void raft_state::read(std::uint64_t number, time_point now) {
  if (role_ != role::leader || reads_.size() >= config_.max_reads)
    return out_.notices.push_back(read_done{number, std::nullopt});
  if (config_.planted == defect::stale_read)
    return out_.notices.push_back(read_done{number, applied_});
  // A new leader knows only with an entry of its own what is committed.
  reads_.push_back({number, std::max(commit_, first_of_term_), round_ + 1});
  broadcast(now);
  finish_reads();
}

void raft_state::finish_reads() {
  const auto round = reached_by_most(round_, &follower::round);
  std::erase_if(reads_, [&](const waiting_read& x) {
    const auto done = x.round <= round && x.index <= applied_;
    if (done)
      out_.notices.push_back(read_done{x.number, applied_});
    return done;
  });
}

} // namespace devp2p::raft
