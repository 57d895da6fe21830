// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/pinned.hpp"
#include "devp2p/actors/punching/punch_channel.hpp"
#include "devp2p/actors/punching/puncher.hpp"
#include "devp2p/messages/traversal.hpp"

#include <array>
#include <optional>

namespace devp2p {

/// Opens one TCP connection to a node that does the same (simultaneous open). The rendezvous
/// introduces the two sides over TCP. Each side then dials, from the same port and at the same time
/// as the other, the endpoint at which the rendezvous has seen that other side.
///
/// Each side then sends a probe with a random number, and answers the other's. The connection is
/// good once an answer to our number has come over it: only the other side can make that answer,
/// and only after it has received the number. A man in the middle is not detected here; RLPx does
/// that.
///
/// When the outcome is known, it takes its leave of `puncher`, answers its caller, and ends.
class simultaneous_open : public pinned<simultaneous_open_actor::base> {
public:
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

  simultaneous_open(caf::actor_config& config, std::shared_ptr<loop_unit> unit,
                    net::network& network, std::shared_ptr<const puncher_config> setup,
                    const nat::meeting_key& with, puncher_self_actor puncher);

  const char* name() const override { return "simultaneous_open"; }
  behavior_type make_behavior() override;
  void on_exit() override;

private:
  using time_point = nat::rendezvous_client::time_point;

  enum class state { idle, connecting, introducing, dialling, confirming, done };

  caf::result<connected_stream> start();
  void on_tick();
  void go_on();
  void go_on_introducing();
  void go_on_dialling();
  void wake_at(time_point when);

  // The rendezvous; `which` is the index of its address.
  void connect(std::size_t which);
  void on_connected(std::size_t which, expected<std::unique_ptr<net::stream>> outcome);
  void introduce_ourselves();
  void listen_to(std::size_t which);
  void ask();

  // The other side.
  void dial();
  void on_dialled(expected<std::unique_ptr<net::stream>> outcome);
  void listen_to_peer();
  void on_probe(const nat::probe& x);
  void drop_peer();
  [[nodiscard]] bool tell_peer(std::uint64_t answers);
  [[nodiscard]] std::optional<nat::probe> genuine(const nat::punch_datagram& came) const;

  bool draw(mutable_byte_view out);
  void fail(const caf::error& why);
  time_point now() { return clock().now(); }
  [[nodiscard]] std::optional<endpoint> site(std::size_t which) const;

  net::network& network_;
  const std::shared_ptr<const puncher_config> setup_;
  const nat::meeting_key with_;
  puncher_self_actor puncher_;
  state state_ = state::idle;
  caf::typed_response_promise<connected_stream> answer_;
  std::optional<nat::rendezvous_client> client_;
  /// The local endpoint of all connections. Its port is 0 until the first connection has one.
  endpoint local_;
  std::array<std::unique_ptr<net::pending_dial>, 2> connecting_;
  std::array<std::unique_ptr<punch_channel>, 2> middle_;
  /// The token of the introduction to the side that is dialled.
  std::optional<byte_array<16>> token_;
  std::unique_ptr<net::pending_dial> dial_;
  std::unique_ptr<punch_channel> peer_;
  /// The random number that the other side has to answer on this connection.
  std::uint64_t number_ = 0;
  time_point deadline_;
  /// The latest time at which dialling ends, no matter which starting time the rendezvous names.
  time_point latest_;
  time_point next_connect_;
  time_point next_dial_;
  /// The error of the last failed connection to the rendezvous.
  std::optional<errc> unconnected_;
  /// The error that ends the actor whatever the other side does; empty if there is none.
  caf::error broken_;
  /// The time of the earliest scheduled tick.
  time_point awake_ = time_point::max();
};

} // namespace devp2p
