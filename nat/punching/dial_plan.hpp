// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/nat/punching/rendezvous_client.hpp"

namespace devp2p::nat {

/// One side's plan to open a TCP path at the same time as the other side (simultaneous open): when
/// to dial the rendezvous, when to ask it, and when to dial the other side. A state machine without
/// I/O: receives the time and the outcomes, and returns the next step.
class dial_plan {
public:
  using time_point = rendezvous_client::time_point;

  /// The maximum time to connect to the rendezvous.
  static constexpr std::chrono::seconds max_connecting{5};
  /// The minimum time between two dials of the rendezvous. The connection may be lost before the
  /// two sides have met: a rendezvous keeps none for long.
  static constexpr std::chrono::seconds reconnect{1};
  /// The maximum time to dial the other side, from the moment at which both sides begin. The system
  /// repeats a SYN after one, three and seven seconds.
  static constexpr std::chrono::seconds max_dialling{8};
  /// The pause before the other side is dialled again. If the first SYN of the other side has come
  /// too early, ours is refused.
  static constexpr std::chrono::milliseconds retry{200};

  enum class phase : std::uint8_t { connecting, introducing, dialling, confirming, over };

  /// The actions that are due, in this order.
  struct step {
    /// Dial the first address of the rendezvous.
    bool connects = false;
    /// Send these questions, each on the connection to that address.
    std::vector<outgoing> questions = {};
    /// Report this; nothing else is to be done.
    std::optional<failure> failed = std::nullopt;
    /// Drop the dial under way: the other side has begun anew, so that it may wait forever.
    bool drops_dial = false;
    /// Dial the other side.
    bool dials = false;
    /// The time of the next step, unless an outcome comes before.
    time_point next = time_point::max();
  };

  /// `local` is the endpoint from which this side dials, for error texts.
  dial_plan(const meeting_key& with, rendezvous_site site, endpoint local,
            std::chrono::nanoseconds patience, time_point now);

  /// `connected` means that there is a connection to the first address of the rendezvous, or a dial
  /// under way.
  [[nodiscard]] step on_time(time_point now, bool connected);

  /// The first connection to the rendezvous is there. `nonce` must be unpredictable. Precondition:
  /// the phase is `connecting`.
  void on_connected(const byte_array<16>& nonce, time_point now);
  /// The first address of the rendezvous could not be dialled.
  void on_unconnected(errc why) { unconnected_ = why; }
  /// Handles an answer of the rendezvous.
  void on_answer(const endpoint& from, const answer& x, time_point now);

  /// The other side is connected. The plan waits until that connection is confirmed or dropped.
  void on_dialled();
  /// The dial of the other side has failed, or its connection was dropped.
  void on_dropped(time_point now);
  /// The connection to the other side is confirmed, or the plan is given up.
  void end() { phase_ = phase::over; }

  [[nodiscard]] phase where() const { return phase_; }
  /// Returns the endpoint of the other side. Precondition: the two sides have met.
  [[nodiscard]] const endpoint& peer() const { return client_->met()->peer; }
  /// Returns the key of `rendezvous_client::probe_key`. Precondition: the two sides have met.
  [[nodiscard]] byte_array<32> probe_key() const { return client_->probe_key(); }

private:
  [[nodiscard]] std::optional<failure> connecting_failure(time_point now) const;
  void plan_dial(step& out, time_point now);

  const meeting_key with_;
  const rendezvous_site site_;
  const endpoint local_;
  const std::chrono::nanoseconds patience_;
  phase phase_ = phase::connecting;
  std::optional<rendezvous_client> client_;
  /// The error of the last failed dial of the rendezvous.
  std::optional<errc> unconnected_;
  /// The token of the introduction to the side that is dialled.
  std::optional<byte_array<16>> token_;
  /// True while a dial of the other side is under way.
  bool dialling_ = false;
  time_point deadline_;
  /// The latest time at which dialling ends, no matter which starting time the rendezvous names.
  time_point latest_{};
  time_point next_connect_;
  time_point next_dial_{};
};

} // namespace devp2p::nat
