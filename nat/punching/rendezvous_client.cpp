// SPDX-License-Identifier: BSL-1.0
#include "devp2p/nat/punching/rendezvous_client.hpp"

#include <utility>

namespace devp2p::nat {

namespace {

/// Returns the name under which two sides meet. It identifies the pair again, but reveals neither
/// node.
byte_array<16> name_of(const byte_array<32>& secret, transport protocol) {
  auto label = protocol == transport::udp ? as_bytes("devp2p rendezvous, UDP")
                                          : as_bytes("devp2p rendezvous, TCP");
  return short_keyed_hash(secret, {label});
}

} // namespace

rendezvous_client::rendezvous_client(const meeting_key& with, transport protocol,
                                     rendezvous_site site, const byte_array<16>& nonce,
                                     time_point now, std::chrono::nanoseconds patience)
  : with_(with),
    site_(std::move(site)),
    name_(name_of(with.secret, protocol)),
    nonce_(nonce),
    gives_up_(now + std::min<std::chrono::nanoseconds>(patience, max_patience)),
    heard_(now),
    next_(now),
    may_return_(now) {}

std::vector<outgoing> rendezvous_client::on_time(time_point now) {
  check_patience(now);
  if (failed_ || now < next())
    return {};
  returns_cookie_ = time_point::max();
  auto asked = encode(question{with_.own, mapping(), nonce_, name_, cookie_});
  std::vector<outgoing> out{{site_.first, asked}};
  if (now < next_)
    return out;
  next_ = now + interval;
  if (site_.second && !by_second_)
    out.push_back({*site_.second, asked});
  return out;
}

void rendezvous_client::check_patience(time_point now) {
  const auto silent = now >= heard_ + max_silence;
  if (met_ || failed_ || (!silent && now < gives_up_))
    return;
  if (dismissed_)
    failed_ = why_unreachable();
  else if (silent)
    failed_ = failure{errc::rendezvous_silent, to_string(site_.first) + " does not answer"};
  else
    failed_ = failure{errc::unknown_to_rendezvous,
                      to_string(site_.first) +
                        (refused_ ? " has no room for us" : " has not heard of the other side")};
}

void rendezvous_client::on_answer(const endpoint& from, const answer& x, time_point now) {
  if (x.nonce != nonce_)
    return;
  if (site_.second && from == *site_.second && x.status == answer_status::observed)
    by_second_ = x.observed;
  if (from != site_.first || x.status == answer_status::observed)
    return;
  heard_ = now;
  if (x.status == answer_status::challenge)
    return on_challenge(x.secret, now);
  on_observed(x.observed);
  refused_ = x.status == answer_status::refused;
  if (x.status != answer_status::met || !x.peer)
    return;
  peer_mapping_ = x.mapping;
  if (!met_ || met_->token != x.secret)
    met_ = peer_candidate{*x.peer, x.secret, now + x.start_in};
}

/// Asks again at once, but at most once per `interval`, and never for a repeated cookie.
void rendezvous_client::on_challenge(const byte_array<16>& cookie, time_point now) {
  if (std::exchange(cookie_, cookie) == cookie || now < may_return_)
    return;
  returns_cookie_ = now;
  may_return_ = now + interval;
}

void rendezvous_client::on_observed(const std::optional<endpoint>& where) {
  // A changed endpoint means that the NAT has chosen another port, or the host another network. The
  // earlier observation of the second address does not apply to the present mapping.
  if (observed_ && observed_ != where)
    by_second_.reset();
  observed_ = where;
}

void rendezvous_client::dismiss() {
  dismissed_ = std::exchange(met_, std::nullopt);
}

port_mapping_kind rendezvous_client::mapping() const {
  if (!observed_ || !by_second_)
    return port_mapping_kind::unknown;
  return *observed_ == *by_second_ ? port_mapping_kind::independent : port_mapping_kind::dependent;
}

byte_array<32> rendezvous_client::probe_key() const {
  return keyed_hash(with_.secret, {as_bytes("devp2p probe"), met_->token});
}

failure rendezvous_client::why_unreachable() const {
  auto ours = mapping() == port_mapping_kind::dependent;
  auto theirs = peer_mapping() == port_mapping_kind::dependent;
  const std::string because = ", so that the other side cannot know the port to send to, and its "
                              "NAT drops all other packets";
  if (ours && theirs)
    return {errc::symmetric_nat, "both NATs are symmetric: each takes another port for each remote"
                                 ", and neither side can know the other's"};
  if (ours)
    return {errc::symmetric_nat, "our NAT is symmetric: one address of the rendezvous sees us at " +
                                   to_string(*observed_) + ", the other at " +
                                   to_string(*by_second_) + because};
  if (theirs)
    return {errc::symmetric_nat,
            "the other side's NAT is symmetric: it takes another port for each "
            "remote, so that we cannot know the port to send to, and our NAT "
            "drops all other packets"};
  const auto& whom = met_ ? *met_ : *dismissed_;
  return {errc::punch_timeout, to_string(whom.peer) + " has not answered"};
}

} // namespace devp2p::nat
