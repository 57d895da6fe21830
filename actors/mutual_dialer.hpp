// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/message_link.hpp"
#include "devp2p/actors/pinned.hpp"
#include "devp2p/actors/puncher.hpp"

#include <array>
#include <optional>

namespace devp2p {

/// Opens one TCP connection to a node that does the same: is introduced by the rendezvous over TCP,
/// and then dials, from the same port and at the same time as the other, where the rendezvous has
/// seen it.
///
/// Each side then sends a probe with a number that it has drawn, and answers the other's. The
/// connection is good once an answer to our number has come over it: only the other can have made
/// that, and not before. Who relays it all is not found out; RLPx sees to him.
///
/// Takes its leave of `puncher`, and ends, when it has answered who asked.
class mutual_dialer : public pinned<mutual_dialer_actor::base> {
public:
  /// For the connection to the rendezvous.
  static constexpr std::chrono::seconds max_connecting{5};
  /// How often it is dialled if the connection is lost before the two have met: a rendezvous keeps
  /// none for long.
  static constexpr std::chrono::seconds reconnect{1};
  /// From when both begin. The system repeats a SYN after one, three and seven seconds.
  static constexpr std::chrono::seconds max_dialling{8};
  /// Where the first SYN of the other has come too early, ours is refused by who is there.
  static constexpr std::chrono::milliseconds retry{200};

  mutual_dialer(caf::actor_config& config, std::shared_ptr<loop_unit> unit, net::network& network,
                std::shared_ptr<const puncher_config> setup, const nat::appointment& with,
                puncher_core_actor puncher);

  const char* name() const override { return "mutual_dialer"; }
  behavior_type make_behavior() override;
  void on_exit() override;

private:
  using time_point = nat::introduction::time_point;

  enum class state { idle, connecting, introducing, dialling, confirming, done };

  caf::result<punched_stream> start();
  void on_tick();
  void go_on();
  void go_on_introducing();
  void go_on_dialling();
  void wake_at(time_point when);

  // The rendezvous, at its n-th address.
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
  const nat::appointment with_;
  puncher_core_actor puncher_;
  state state_ = state::idle;
  caf::typed_response_promise<punched_stream> answer_;
  std::optional<nat::introduction> introduction_;
  /// The port that all connections come from, once the first has one.
  endpoint local_;
  std::array<std::unique_ptr<net::pending_dial>, 2> connecting_;
  std::array<std::unique_ptr<message_link>, 2> middle_;
  /// Of whom we dial.
  std::optional<nat::octets_16> token_;
  std::unique_ptr<net::pending_dial> dial_;
  std::unique_ptr<message_link> peer_;
  /// What the other has to answer on this connection.
  std::uint64_t number_ = 0;
  time_point deadline_;
  /// When it is over in any case, whatever the rendezvous says when to begin.
  time_point latest_;
  time_point next_connect_;
  time_point next_dial_;
  /// Why the rendezvous could not be connected to.
  std::optional<errc> unconnected_;
  /// Why we cannot go on, whoever is there.
  caf::error broken_;
  /// When the earliest tick under way comes.
  time_point awake_ = time_point::max();
};

} // namespace devp2p
