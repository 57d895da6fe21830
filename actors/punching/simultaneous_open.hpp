// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/pinned.hpp"
#include "devp2p/actors/alarm.hpp"
#include "devp2p/actors/punching/punch_channel.hpp"
#include "devp2p/actors/punching/puncher.hpp"
#include "devp2p/messages/traversal.hpp"
#include "devp2p/nat/punching/dial_plan.hpp"
#include "devp2p/nat/punching/probe_exchange.hpp"

#include <array>
#include <optional>

namespace devp2p {

/// Opens one TCP connection to a node that does the same (simultaneous open), as a `nat::dial_plan`
/// says. The rendezvous introduces the two sides over TCP. Each side then dials, from the same port
/// and at the same time as the other, the endpoint at which the rendezvous has seen that other
/// side. A `nat::probe_exchange` confirms the connection. A man in the middle is not detected here;
/// RLPx does that.
///
/// When the outcome is known, it retires from `puncher`, answers its caller, and ends.
class simultaneous_open : public pinned<simultaneous_open_actor::base> {
public:
  simultaneous_open(caf::actor_config& config, std::shared_ptr<loop_unit> unit,
                    net::network& network, std::shared_ptr<const puncher_config> setup,
                    const nat::meeting_key& with, puncher_self_actor puncher);

  const char* name() const override { return "simultaneous_open"; }
  behavior_type make_behavior() override;
  void on_exit() override;

private:
  using time_point = nat::dial_plan::time_point;

  caf::result<connected_stream> start();
  void go_on();
  [[nodiscard]] bool is_under_way() const;

  // The rendezvous; `which` is the index of its address.
  void connect(std::size_t which);
  void on_connected(std::size_t which, expected<std::unique_ptr<net::stream>> outcome);
  void introduce_ourselves();
  void listen_to(std::size_t which);
  void ask(const std::vector<nat::outgoing>& questions);

  // The other side.
  void dial();
  void on_dialled(expected<std::unique_ptr<net::stream>> outcome);
  void on_message(const nat::punch_datagram& came);
  void write_to_peer(const nat::punch_datagram& out);
  void drop_peer();

  bool draw(mutable_byte_view out);
  void fail(const caf::error& why);
  time_point now() { return clock().now(); }
  [[nodiscard]] std::optional<endpoint> site(std::size_t which) const;

  net::network& network_;
  const std::shared_ptr<const puncher_config> setup_;
  const nat::meeting_key with_;
  puncher_self_actor puncher_;
  caf::typed_response_promise<connected_stream> answer_;
  /// Present once a caller has asked.
  std::optional<nat::dial_plan> plan_;
  /// The local endpoint of all connections. Its port is 0 until the first connection has one.
  endpoint local_;
  std::array<std::unique_ptr<net::pending_dial>, 2> connecting_;
  std::array<std::unique_ptr<punch_channel>, 2> middle_;
  std::unique_ptr<net::pending_dial> dial_;
  std::unique_ptr<punch_channel> peer_;
  /// The exchange over `peer_`.
  std::optional<nat::probe_exchange> exchange_;
  /// The error that ends the actor whatever the other side does; empty if there is none.
  caf::error broken_;
  alarm alarm_;
};

} // namespace devp2p
