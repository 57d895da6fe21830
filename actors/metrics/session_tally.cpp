// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/metrics/session_tally.hpp"

#include <iterator>
#include <new>
#include <utility>

namespace devp2p {

namespace {

/// Returns what was added to `known`, and makes it equal to `now`. A counter that is lower than
/// before is that of an older answer, and changes nothing.
std::uint64_t growth_of(auto& known, auto now) {
  return now > known ? now - std::exchange(known, now) : 0;
}

protocol_growth growth_of(traffic& known, const traffic& now) {
  protocol_growth out;
  out.counts.messages_in = growth_of(known.messages_in, now.messages_in);
  out.counts.bytes_in = growth_of(known.bytes_in, now.bytes_in);
  out.counts.messages_out = growth_of(known.messages_out, now.messages_out);
  out.counts.bytes_out = growth_of(known.bytes_out, now.bytes_out);
  out.counts.messages_discarded = growth_of(known.messages_discarded, now.messages_discarded);
  return out;
}

} // namespace

void session_tally::on_added(const peer_info& peer, time_point now) {
  // The end of an earlier session may have been lost.
  if (auto earlier = running_.find(peer.id); earlier != running_.end())
    erase(earlier);
  see(begin(peer, now), peer, now);
}

void session_tally::on_dropped(const peer_dropped& over) {
  remember_end(over.id);
  auto found = running_.find(over.id);
  if (found == running_.end()) {
    // No look has seen it, and its beginning was not told: all of it is new.
    told_.on_begun(over.inbound, std::nullopt);
    std::vector<counters> none;
    std::chrono::nanoseconds no_ping{0};
    see(none, over.protocols);
    see_ping(no_ping, over.ping);
    if (over.lasted >= kept_after)
      told_.on_kept(over.inbound);
    return;
  }
  auto& session = found->second;
  see(session.protocols, over.protocols);
  see_ping(session.ping, over.ping);
  if (over.lasted >= kept_after)
    keep(session);
  erase(found);
}

/// Does not throw: the end counts, also if it cannot be remembered.
void session_tally::remember_end(const node_id& id) {
  if (ended_.size() >= max_ends)
    too_many_ended_ = true;
  try {
    if (!too_many_ended_)
      ended_.insert(id);
  } catch (const std::bad_alloc&) {
    too_many_ended_ = true;
  }
}

void session_tally::begin_look() {
  ++look_;
  ended_.clear();
  too_many_ended_ = false;
}

void session_tally::end_look(const std::vector<peer_info>& peers, time_point now) {
  for (const auto& peer : peers) {
    auto found = running_.find(peer.id);
    if (found == running_.end()) {
      if (too_many_ended_ || ended_.contains(peer.id))
        continue;
      begin(peer, now);
      found = running_.find(peer.id);
    } else if (found->second.look == look_) {
      continue; // The answer may be that of an earlier session with the same node.
    }
    see(found->second, peer, now);
  }
  for (auto i = running_.begin(); i != running_.end();) {
    auto& session = i->second;
    session.missed = session.seen == look_ || session.look == look_ ? 0 : session.missed + 1;
    if (now - session.since >= kept_after)
      keep(session);
    auto next = std::next(i);
    if (session.missed >= max_missed)
      erase(i);
    i = next;
  }
}

session_tally::running_session& session_tally::begin(const peer_info& peer, time_point now) {
  auto& out =
    running_.emplace(peer.id, running_session{.inbound = peer.inbound, .since = now, .look = look_})
      .first->second;
  ++(peer.inbound ? inbound_ : outbound_);
  told_.on_begun(peer.inbound, peer.handshake);
  return out;
}

void session_tally::erase(table::iterator which) {
  --(which->second.inbound ? inbound_ : outbound_);
  running_.erase(which);
}

void session_tally::see(running_session& which, const peer_info& peer, time_point now) {
  which.seen = look_;
  see(which.protocols, peer.protocols);
  see_ping(which.ping, peer.ping);
  if (now - which.since >= kept_after)
    keep(which);
}

void session_tally::see(std::vector<counters>& known, const std::vector<shared_protocol>& now) {
  known.reserve(now.size());
  for (std::size_t i = 0; i < now.size(); ++i) {
    if (i == known.size())
      known.push_back({now[i].name});
    auto growth = growth_of(known[i].counts, now[i].counts);
    growth.restarts = growth_of(known[i].restarts, now[i].restarts);
    growth.stalls = growth_of(known[i].stalls, now[i].stalls);
    told_.on_growth(known[i].protocol, growth);
  }
}

/// Tells the last round trip, if it is another than the one before: one look of several meets a
/// Pong.
void session_tally::see_ping(std::chrono::nanoseconds& known, const round_trip& now) {
  if (now.last.count() != 0 && now.last != std::exchange(known, now.last))
    told_.on_round_trip(now.last);
}

void session_tally::keep(running_session& which) {
  if (!std::exchange(which.kept, true))
    told_.on_kept(which.inbound);
}

} // namespace devp2p
