// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/mapping.hpp"
#include "devp2p/nat/gateway.hpp"
#include "devp2p/nat/punch_message.hpp"

#include <algorithm>
#include <vector>

namespace devp2p::nat {

/// What two nodes agree on without a word.
struct appointment {
  /// Both can compute it, and nobody else: from a Diffie-Hellman of their keys, say.
  octets_32 secret{};
  /// Which of them this one is. The other must be the other.
  side own = side::first;
};

/// Where a rendezvous is to be asked.
struct rendezvous_site {
  endpoint first;
  /// Without it nobody knows whether a NAT is symmetric.
  std::optional<endpoint> second = std::nullopt;
};

/// A datagram to send.
struct outgoing {
  endpoint to;
  punch_datagram content;
};

/// One side's part of an introduction: asks the rendezvous until it has met the other. A value: it
/// is told the time and what has come, and says what to send.
class introduction {
public:
  using time_point = std::chrono::steady_clock::time_point;

  static constexpr std::chrono::milliseconds interval{250};
  /// Who has not answered for so long is silent.
  static constexpr std::chrono::seconds max_silence{5};
  /// Nobody waits longer, whatever he says.
  static constexpr std::chrono::hours max_patience{1};

  /// Somebody who can be met.
  struct acquaintance {
    endpoint peer;
    /// Theirs alone, and of this attempt alone.
    octets_16 token{};
    /// When both begin.
    time_point starts;

    friend bool operator==(const acquaintance&, const acquaintance&) = default;
  };

  /// Waits for the other side until `patience` has passed, or `max_patience` if that is less.
  /// Introductions for TCP and for UDP do not meet. `nonce` is unpredictable.
  introduction(const appointment& with, transport protocol, rendezvous_site site,
               const octets_16& nonce, time_point now, std::chrono::nanoseconds patience);

  /// The questions that are due; may fail instead.
  [[nodiscard]] std::vector<outgoing> on_time(time_point now);
  /// Ignores what nobody has asked for.
  void on_answer(const endpoint& from, const answer& x, time_point now);

  /// When to call `on_time` next.
  [[nodiscard]] time_point next() const { return std::min(next_, returns_cookie_); }

  /// The other side. Another one, with another token, if it has begun anew.
  [[nodiscard]] const std::optional<acquaintance>& met() const { return met_; }
  [[nodiscard]] const std::optional<failure>& failed() const { return failed_; }

  /// When it waits no longer.
  [[nodiscard]] time_point gives_up() const { return gives_up_; }
  /// Who has been met may not have been the other side: waits on, for whomever the rendezvous names
  /// next. Fails with `why_unreachable` if it names nobody.
  void dismiss();

  /// Where the rendezvous sees us.
  [[nodiscard]] const std::optional<endpoint>& observed() const { return observed_; }
  [[nodiscard]] const std::optional<endpoint>& observed_by_second() const { return by_second_; }
  [[nodiscard]] port_mapping_kind mapping() const;
  [[nodiscard]] port_mapping_kind peer_mapping() const { return peer_mapping_; }

  /// What the probes to the other side, once met, are made with.
  [[nodiscard]] octets_32 probe_key() const;
  /// Why what was sent to the other side, once met, has been in vain: `errc::symmetric_nat` if that
  /// is known to be the reason, else `errc::punch_timeout`. Also after it has been dismissed.
  [[nodiscard]] failure why_unreachable() const;

private:
  void check_patience(time_point now);
  void on_challenge(const octets_16& cookie, time_point now);
  void on_observed(const std::optional<endpoint>& where);

  const appointment with_;
  const rendezvous_site site_;
  const octets_16 name_;
  const octets_16 nonce_;
  octets_16 cookie_{};
  const time_point gives_up_;
  time_point heard_;
  time_point next_;
  /// When to return a cookie out of turn; and from when that may be done again.
  time_point returns_cookie_ = time_point::max();
  time_point may_return_;
  bool refused_ = false;
  std::optional<endpoint> observed_;
  std::optional<endpoint> by_second_;
  port_mapping_kind peer_mapping_ = port_mapping_kind::unknown;
  std::optional<acquaintance> met_;
  std::optional<acquaintance> dismissed_;
  std::optional<failure> failed_;
};

} // namespace devp2p::nat
