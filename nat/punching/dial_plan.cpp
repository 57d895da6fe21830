// SPDX-License-Identifier: BSL-1.0
#include "devp2p/nat/punching/dial_plan.hpp"

#include <algorithm>
#include <utility>

namespace devp2p::nat {

namespace {

/// Returns whether the error concerns our own endpoint, and not the rendezvous.
bool is_ours(errc why) {
  return why == errc::address_not_available || why == errc::address_in_use ||
         why == errc::permission_denied || why == errc::invalid_endpoint;
}

} // namespace

dial_plan::dial_plan(const meeting_key& with, rendezvous_site site, endpoint local,
                     std::chrono::nanoseconds patience, time_point now)
  : with_(with),
    site_(std::move(site)),
    local_(std::move(local)),
    patience_(patience),
    deadline_(now + max_connecting),
    next_connect_(now) {}

dial_plan::step dial_plan::on_time(time_point now, bool connected) {
  step out;
  if (phase_ == phase::over)
    return out;
  if (phase_ == phase::connecting) {
    out.failed = connecting_failure(now);
    out.next = deadline_;
  }
  if (phase_ <= phase::introducing && !out.failed && !connected && now >= next_connect_) {
    out.connects = true;
    next_connect_ = now + reconnect;
  }
  if (phase_ == phase::connecting)
    return out;
  // Whether the NATs are symmetric may still be unknown when the two sides have met.
  out.questions = client_->on_time(now);
  // The client's next time is soon enough to connect to the rendezvous again, too.
  out.next = client_->next();
  out.failed = client_->failed();
  if (phase_ == phase::introducing && client_->met())
    phase_ = phase::dialling;
  if (!out.failed && phase_ != phase::introducing)
    plan_dial(out, now);
  return out;
}

std::optional<failure> dial_plan::connecting_failure(time_point now) const {
  if (unconnected_ && is_ours(*unconnected_))
    return failure{*unconnected_, to_string(local_)};
  if (unconnected_ || now >= deadline_)
    return failure{errc::rendezvous_silent, to_string(site_.first)};
  return std::nullopt;
}

void dial_plan::plan_dial(step& out, time_point now) {
  if (const auto& met = client_->met(); phase_ == phase::dialling && met->token != token_) {
    token_ = met->token;
    out.drops_dial = std::exchange(dialling_, false);
    next_dial_ = met->starts;
    deadline_ = std::min(next_dial_ + max_dialling, latest_);
  }
  if (now >= deadline_) {
    out.failed = client_->why_unreachable();
    return;
  }
  out.next = std::min(out.next, deadline_);
  if (phase_ != phase::dialling || dialling_)
    return;
  if (now >= next_dial_)
    out.dials = dialling_ = true;
  else
    out.next = std::min(out.next, next_dial_);
}

void dial_plan::on_connected(const byte_array<16>& nonce, time_point now) {
  client_.emplace(with_, transport::tcp, site_, nonce, now, patience_);
  latest_ = client_->gives_up() + 2 * max_dialling;
  phase_ = phase::introducing;
}

void dial_plan::on_answer(const endpoint& from, const answer& x, time_point now) {
  if (client_)
    client_->on_answer(from, x, now);
}

void dial_plan::on_dialled() {
  dialling_ = false;
  phase_ = phase::confirming;
}

void dial_plan::on_dropped(time_point now) {
  dialling_ = false;
  phase_ = phase::dialling;
  next_dial_ = now + retry;
}

} // namespace devp2p::nat
