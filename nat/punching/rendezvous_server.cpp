// SPDX-License-Identifier: BSL-1.0
#include "devp2p/nat/punching/rendezvous_server.hpp"

#include "devp2p/nat/byte_order.hpp"

#include <algorithm>
#include <utility>

namespace devp2p::nat {

namespace {

/// A cookie is valid in its own slot and in the next one.
constexpr std::chrono::seconds cookie_slot{30};
constexpr std::chrono::seconds sweep_interval{1};

byte_array<32> draw(random_source& random) {
  byte_array<32> out{};
  random.fill(out);
  return out;
}

using counts = std::map<address_key, std::size_t>;

std::size_t count_of(const counts& where, const address_key& what) {
  auto found = where.find(what);
  return found == where.end() ? 0 : found->second;
}

void count_down(counts& where, const address_key& what) {
  auto found = where.find(what);
  if (--found->second == 0)
    where.erase(found);
}

} // namespace

rendezvous_server::rendezvous_server(random_source& random, const rendezvous_limits& limits)
  : random_(&random),
    limits_(limits),
    key_(draw(random)),
    strangers_(draw(random), limits.max_burst, limits.max_rate),
    guests_(draw(random), limits.max_burst, limits.max_rate) {}

std::optional<punch_datagram> rendezvous_server::on_datagram(rendezvous_address at,
                                                             const endpoint& source, byte_view in,
                                                             time_point now, bool proven) {
  if (now >= next_sweep_)
    on_time(now);
  auto message = decode_punch_message(in);
  const auto* asked = message ? std::get_if<question>(&*message) : nullptr;
  if (asked == nullptr)
    return std::nullopt;
  auto known = proven || has_cookie(source, *asked, now);
  if (!(known ? guests_ : strangers_).allow(to_address_key(source.host), now))
    return std::nullopt;
  if (!known && at == rendezvous_address::first)
    return encode(answer{.nonce = asked->nonce, .secret = cookie_for(source, now, 0)});
  return encode(reply(at, source, *asked, now));
}

answer rendezvous_server::reply(rendezvous_address at, const endpoint& source,
                                const question& asked, time_point now) {
  answer out{.status = answer_status::observed, .nonce = asked.nonce, .observed = source};
  if (at == rendezvous_address::second)
    return out;
  auto* where = admit(source, asked, now);
  out.status = where == nullptr ? answer_status::refused : answer_status::waiting;
  if (where == nullptr || !where->token)
    return out;
  const auto& peer = *seat(*where, other(asked.from));
  out.status = answer_status::met;
  out.mapping = peer.mapping;
  out.secret = *where->token;
  out.peer = peer.where;
  auto left = std::chrono::duration_cast<std::chrono::milliseconds>(where->starts - now).count();
  out.start_in = decltype(out.start_in){static_cast<std::uint16_t>(std::max<long>(left, 0))};
  return out;
}

/// Computes the cookie without storing it. A source that returns it has received it at that
/// address.
byte_array<16> rendezvous_server::cookie_for(const endpoint& source, time_point now,
                                             int slots_ago) const {
  bytes what;
  put(what, to_address_bytes(source.host).value_or(address_bytes{}));
  put(what, source.port);
  put(what, static_cast<std::uint64_t>(now.time_since_epoch() / cookie_slot - slots_ago));
  return short_keyed_hash(key_, {what});
}

bool rendezvous_server::has_cookie(const endpoint& source, const question& asked,
                                   time_point now) const {
  return equal_secrets(asked.cookie, cookie_for(source, now, 0)) ||
         equal_secrets(asked.cookie, cookie_for(source, now, 1));
}

std::optional<rendezvous_server::guest>& rendezvous_server::seat(meeting& where, side which) {
  return where.guests[static_cast<std::size_t>(which)];
}

/// Returns the meeting in which the asker is a guest now; null if it cannot be one.
rendezvous_server::meeting* rendezvous_server::admit(const endpoint& source, const question& asked,
                                                     time_point now) {
  auto found = meetings_.find(asked.name);
  if (found != meetings_.end() && found->second.ends <= now) {
    end(found);
    found = meetings_.end();
  }
  if (found != meetings_.end())
    drop_silent(found->second, now);
  guest comes{.nonce = asked.nonce,
              .where = source,
              .from = to_source(source.host),
              .mapping = asked.mapping,
              .heard = now};
  const auto* held = found == meetings_.end() ? nullptr : &seat(found->second, asked.from);
  auto seated = held != nullptr && *held;
  // A seat belongs to its holder until that falls silent. Otherwise a stranger that has overheard
  // the name could take it.
  if (seated && (*held)->nonce != asked.nonce)
    return nullptr;
  // A guest that moves is counted again. Otherwise one address could gather the seats of many.
  if (!(seated && (*held)->from.address == comes.from.address) && !has_seat_for(comes))
    return nullptr;
  if (found == meetings_.end()) {
    if (!make_room(comes.from))
      return nullptr;
    meeting empty{.ends = now + max_wait, .latest = now + max_wait + max_meeting};
    found = meetings_.try_emplace(asked.name, empty).first;
  }
  sit(seat(found->second, asked.from), std::move(comes));
  count(found);
  introduce(found->second, now);
  return &found->second;
}

bool rendezvous_server::has_seat_for(const guest& who) const {
  return count_of(seats_, who.from.address) < limits_.max_per_address;
}

/// Returns whether there is a place for a new meeting of that source; ends another one if needed.
bool rendezvous_server::make_room(const source& from) {
  if (meetings_.size() < limits_.max_meetings)
    return true;
  auto loser = places_.oldest_of_richer(from, 1);
  if (!loser)
    return false;
  end(meetings_.find(half_instead_of(*loser)->first));
  return true;
}

/// Returns the meeting to end instead of `loser`, which may be a pair. Prefers a half pair of the
/// same owner. The next choice is a half pair of the address in the network with the most of them,
/// if that address has as many places as the owner.
const rendezvous_server::meetings_by_name::value_type*
rendezvous_server::half_instead_of(const meetings_by_name::value_type* loser) const {
  const auto& owner = loser->second.owner;
  if (auto half = halves_.oldest_of(owner))
    return *half;
  auto half = halves_.oldest_of_network(owner.network);
  return half && places_.count((*half)->second.owner) == places_.count(owner) ? *half : loser;
}

/// Updates the pools after a guest has taken a seat.
void rendezvous_server::count(place which) {
  auto& where = which->second;
  const auto& [first, second] = where.guests;
  auto is_owner = [&](const auto& who) { return who && who->from == where.owner; };
  if (!is_owner(first) && !is_owner(second)) {
    places_.remove(&*which);
    halves_.remove(&*which);
    where.owner = (first ? first : second)->from;
  }
  if (!places_.contains(&*which))
    places_.add(&*which, where.owner);
  if (first && second)
    halves_.remove(&*which);
  else if (!halves_.contains(&*which))
    halves_.add(&*which, where.owner);
}

void rendezvous_server::sit(std::optional<guest>& where, guest who) {
  ++seats_[who.from.address]; // An exception here leaves everything unchanged.
  leave(where);
  where = std::move(who);
}

void rendezvous_server::introduce(meeting& where, time_point now) {
  if (where.token || !where.guests[0] || !where.guests[1])
    return;
  byte_array<16> token{};
  random_->fill(token);
  where.token = token;
  where.starts = now + start_delay;
  where.ends = std::min(now + max_meeting, where.latest);
}

void rendezvous_server::leave(std::optional<guest>& who) {
  if (!who)
    return;
  count_down(seats_, who->from.address);
  who.reset();
}

void rendezvous_server::drop_silent(meeting& where, time_point now) {
  for (auto& who : where.guests)
    if (who && who->heard + max_silence <= now) {
      leave(who);
      where.token.reset(); // The next guest in that seat is another node.
    }
}

rendezvous_server::place rendezvous_server::end(place which) {
  places_.remove(&*which);
  halves_.remove(&*which);
  for (auto& who : which->second.guests)
    leave(who);
  return meetings_.erase(which);
}

void rendezvous_server::on_time(time_point now) {
  next_sweep_ = now + sweep_interval;
  for (auto i = meetings_.begin(); i != meetings_.end();) {
    drop_silent(i->second, now);
    auto empty = !i->second.guests[0] && !i->second.guests[1];
    i = empty || i->second.ends <= now ? end(i) : std::next(i);
  }
}

} // namespace devp2p::nat
