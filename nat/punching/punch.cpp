// SPDX-License-Identifier: BSL-1.0
#include "devp2p/nat/punching/punch.hpp"

#include "devp2p/nat/byte_order.hpp"

#include <algorithm>
#include <utility>

namespace devp2p::nat {

namespace {

template <class Bytes>
Bytes draw(random_source& random) {
  Bytes out{};
  random.fill(out);
  return out;
}

/// Returns a random number below 2^63, which leaves half of all numbers to count through.
std::uint64_t draw_number(random_source& random) {
  return number_at<std::uint64_t>(draw<byte_array<8>>(random), 0) >> 1;
}

punch_settings bounded(punch_settings x) {
  x.patience = std::min<std::chrono::nanoseconds>(x.patience, rendezvous_client::max_patience);
  x.keep_alive =
    std::clamp<std::chrono::nanoseconds>(x.keep_alive, punch::interval, punch::max_keep_alive);
  return x;
}

} // namespace

punch::punch(const meeting_key& with, rendezvous_site site, random_source& random, time_point now,
             const punch_settings& settings)
  : with_(with),
    settings_(bounded(settings)),
    client_(with, transport::udp, std::move(site), draw<byte_array<16>>(random), now,
            settings_.patience),
    latest_(now + settings_.patience + 2 * max_punching),
    last_number_(draw_number(random)) {}

std::vector<outgoing> punch::on_time(time_point now) {
  check_deadline(now);
  if (phase_ == phase::over)
    return {};
  std::vector<outgoing> out;
  // While punching, the questions go on: the kind of the NATs is known later than the endpoints.
  if (phase_ != phase::open) {
    out = client_.on_time(now);
    if (client_.failed())
      fail(*client_.failed());
  }
  if (phase_ == phase::punching || phase_ == phase::open)
    probe_all(now, out);
  return out;
}

std::vector<outgoing> punch::on_datagram(const endpoint& from, byte_view in, time_point now) {
  std::vector<outgoing> out;
  auto message = decode_punch_message(in);
  if (!message || phase_ == phase::over)
    return out;
  if (const auto* told = std::get_if<answer>(&*message); told && phase_ != phase::open) {
    client_.on_answer(from, *told, now);
    begin();
  }
  if (const auto* came = std::get_if<probe>(&*message); came && phase_ != phase::introducing)
    on_probe(from, *came, now, out);
  return out;
}

std::vector<outgoing> punch::check(time_point now) {
  if (phase_ != phase::open)
    return {};
  next_probe_ = now;
  deadline_ = std::min(deadline_, now + max_check);
  return on_time(now);
}

punch::time_point punch::next() const {
  switch (phase_) {
  case phase::introducing:
    return client_.next();
  case phase::punching:
    return std::min({client_.next(), next_probe_, deadline_});
  case phase::open:
    return std::min(next_probe_, deadline_);
  case phase::over:
    break;
  }
  return time_point::max();
}

/// Begins, or begins anew if there is a new token.
void punch::begin() {
  const auto& met = client_.met();
  if (!met || (phase_ == phase::punching && met->token == token_))
    return;
  phase_ = phase::punching;
  // A side that comes late still has its full time; one that is tried again gets none in addition.
  const auto latest = met->token == token_ ? client_.gives_up() : latest_;
  token_ = met->token;
  key_ = client_.probe_key();
  paths_ = {path{.remote = met->peer, .worth_probing = true}};
  asked_.clear();
  unasked_.clear();
  next_probe_ = met->starts;
  deadline_ = std::min(met->starts + max_punching, latest);
}

void punch::check_deadline(time_point now) {
  if (phase_ == phase::punching && now >= deadline_)
    on_in_vain();
  if (phase_ == phase::open && now >= deadline_)
    fail({errc::ping_timeout, to_string(hole_->remote) + " has fallen silent"});
}

void punch::on_in_vain() {
  auto why = client_.why_unreachable();
  auto heard = std::ranges::any_of(paths_, [](const path& x) { return x.heard != 0; });
  if (heard || why.code != errc::punch_timeout)
    return fail(std::move(why));
  client_.dismiss(); // Fails as soon as its patience is over.
  phase_ = phase::introducing;
}

void punch::probe_all(time_point now, std::vector<outgoing>& out) {
  if (now < next_probe_)
    return;
  if (phase_ == phase::open)
    next_probe_ = now + keep_alive_retry;
  else
    next_probe_ = now + interval;
  for (auto& each : paths_)
    if (phase_ == phase::open ? each.remote == hole_->remote : each.worth_probing)
      out.push_back(make_probe(each, true, each.heard, now));
}

void punch::on_probe(const endpoint& from, const probe& x, time_point now,
                     std::vector<outgoing>& out) {
  // A remote may reflect our own probes.
  if (x.from == with_.own || !equal_secrets(x.tag, tag_of(x, key_)))
    return;
  auto* along = path_to(from);
  if (along == nullptr)
    return;
  along->heard = std::max(along->heard, x.number);
  on_answered(*along, x.answers, now);
  if (phase_ == phase::punching && along->round_trip && x.confirmed) {
    phase_ = phase::open;
    hole_ = punched{from, *along->round_trip};
    heard_ = now;
    next_probe_ = now + settings_.keep_alive;
    deadline_ = next_probe_ + max_silence;
  }
  if (x.wants_answer)
    out.push_back(make_probe(*along, false, x.number, now));
}

void punch::on_answered(path& along, std::uint64_t number, time_point now) {
  // The answer must come from the endpoint to which the probe was sent. Otherwise a third party has
  // relayed it, and a replay could redirect us.
  auto is_it = [&](const remembered& x) { return x.number == number && x.to == along.remote; };
  if (auto found = std::ranges::find_if(asked_, is_it); found != asked_.end()) {
    on_round_trip(along, now - found->sent, now);
    asked_.erase(found);
  } else if (std::ranges::any_of(unasked_, is_it)) {
    along.worth_probing = true;
  }
}

void punch::on_round_trip(path& along, std::chrono::nanoseconds time, time_point now) {
  along.worth_probing = true;
  along.round_trip = time;
  if (phase_ == phase::open && hole_->remote == along.remote) {
    hole_->round_trip = time;
    heard_ = now;
    next_probe_ = now + settings_.keep_alive;
    deadline_ = next_probe_ + max_silence;
  }
}

punch::path* punch::path_to(const endpoint& remote) {
  auto found = std::ranges::find(paths_, remote, &path::remote);
  if (found != paths_.end())
    return &*found;
  if (paths_.size() == max_paths)
    return nullptr;
  return &paths_.emplace_back(path{.remote = remote});
}

outgoing punch::make_probe(const path& along, bool wants_answer, std::uint64_t answers,
                           time_point now) {
  probe out{.from = with_.own,
            .wants_answer = wants_answer,
            .confirmed = along.round_trip.has_value(),
            .number = ++last_number_,
            .answers = answers};
  out.tag = tag_of(out, key_);
  auto& kept = wants_answer ? asked_ : unasked_;
  kept.push_back({out.number, along.remote, now});
  if (kept.size() > max_remembered)
    kept.pop_front();
  return {along.remote, encode(out)};
}

void punch::fail(failure why) {
  phase_ = phase::over;
  failed_ = std::move(why);
}

} // namespace devp2p::nat
