// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/mapping.hpp"
#include "devp2p/nat/gateway.hpp"
#include "devp2p/nat/punching/punch_message.hpp"

#include <algorithm>
#include <vector>

namespace devp2p::nat {

/// The knowledge that two nodes share before they exchange any message.
struct meeting_key {
  /// Both nodes can compute it, and no other node: for example from a Diffie-Hellman of their keys.
  byte_array<32> secret{};
  /// The side of this node. The other node must have the other side.
  side own = side::first;
};

/// The two addresses of a rendezvous.
struct rendezvous_site {
  endpoint first;
  /// Without it, the sides cannot tell whether a NAT is symmetric.
  std::optional<endpoint> second = std::nullopt;
};

/// A datagram to send.
struct outgoing {
  endpoint to;
  punch_datagram content;
};

/// One side's part of an introduction: asks the rendezvous until it has met the other side. A state
/// machine without I/O: receives the time and the answers, and returns the datagrams to send.
class rendezvous_client {
public:
  using time_point = std::chrono::steady_clock::time_point;

  static constexpr std::chrono::milliseconds interval{250};
  /// The silence of the rendezvous after which the introduction fails.
  static constexpr std::chrono::seconds max_silence{5};
  /// The upper bound of `patience`.
  static constexpr std::chrono::hours max_patience{1};

  /// The other side, once met.
  struct peer_candidate {
    endpoint peer;
    /// Known to these two sides only, and valid for this attempt only.
    byte_array<16> token{};
    /// The time at which both sides begin to send.
    time_point starts;

    friend bool operator==(const peer_candidate&, const peer_candidate&) = default;
  };

  /// Waits for the other side until `patience` has passed, or `max_patience` if that is shorter.
  /// Introductions for TCP and for UDP do not meet. `nonce` must be unpredictable.
  rendezvous_client(const meeting_key& with, transport protocol, rendezvous_site site,
                    const byte_array<16>& nonce, time_point now, std::chrono::nanoseconds patience);

  /// Returns the questions that are due. May fail instead; see `failed`.
  [[nodiscard]] std::vector<outgoing> on_time(time_point now);
  /// Handles an answer. Ignores answers without a question.
  void on_answer(const endpoint& from, const answer& x, time_point now);

  /// Returns the time at which `on_time` is to be called next.
  [[nodiscard]] time_point next() const { return std::min(next_, returns_cookie_); }

  /// Returns the other side. If that side has begun anew, it is another one, with another token.
  [[nodiscard]] const std::optional<peer_candidate>& met() const { return met_; }
  [[nodiscard]] const std::optional<failure>& failed() const { return failed_; }

  /// Returns the time at which the introduction stops waiting.
  [[nodiscard]] time_point gives_up() const { return gives_up_; }
  /// Drops the met side, which may have been an impostor, and waits for the next one that the
  /// rendezvous names. Fails with `why_unreachable` if no other is named in time.
  void dismiss();

  /// Returns our endpoint as the rendezvous sees it.
  [[nodiscard]] const std::optional<endpoint>& observed() const { return observed_; }
  [[nodiscard]] const std::optional<endpoint>& observed_by_second() const { return by_second_; }
  [[nodiscard]] port_mapping_kind mapping() const;
  [[nodiscard]] port_mapping_kind peer_mapping() const { return peer_mapping_; }

  /// Returns the key that authenticates probes between the two sides. Precondition: the other side
  /// was met.
  [[nodiscard]] byte_array<32> probe_key() const;
  /// Returns the reason why the other side, once met, could not be reached: `errc::symmetric_nat`
  /// if that is known to be the reason, otherwise `errc::punch_timeout`. Also valid after
  /// `dismiss`.
  [[nodiscard]] failure why_unreachable() const;

private:
  void check_patience(time_point now);
  void on_challenge(const byte_array<16>& cookie, time_point now);
  void on_observed(const std::optional<endpoint>& where);

  const meeting_key with_;
  const rendezvous_site site_;
  const byte_array<16> name_;
  const byte_array<16> nonce_;
  byte_array<16> cookie_{};
  const time_point gives_up_;
  time_point heard_;
  time_point next_;
  /// The time at which to return a cookie out of turn.
  time_point returns_cookie_ = time_point::max();
  /// The earliest time at which another cookie may be returned out of turn.
  time_point may_return_;
  bool refused_ = false;
  std::optional<endpoint> observed_;
  std::optional<endpoint> by_second_;
  port_mapping_kind peer_mapping_ = port_mapping_kind::unknown;
  std::optional<peer_candidate> met_;
  std::optional<peer_candidate> dismissed_;
  std::optional<failure> failed_;
};

} // namespace devp2p::nat
