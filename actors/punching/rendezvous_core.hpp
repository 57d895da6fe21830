// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/accepting.hpp"
#include "devp2p/actors/fair_pool.hpp"
#include "devp2p/actors/pinned.hpp"
#include "devp2p/actors/punching/rendezvous.hpp"
#include "devp2p/actors/system_end.hpp"
#include "devp2p/messages/traversal.hpp"

#include <array>
#include <map>
#include <optional>

namespace devp2p {

/// Passes messages that come by UDP, and by TCP through guests, to `nat::rendezvous_server`, and
/// sends its answers.
class rendezvous_core : public pinned<rendezvous_self_actor::base> {
public:
  static constexpr std::chrono::seconds accept_retry{1};
  static constexpr int max_port_tries = 10;
  /// The minimum stay of an address's only guest. Otherwise a remote that connects often would
  /// throw it out.
  static constexpr std::chrono::seconds least_stay{10};

  rendezvous_core(caf::actor_config& config, std::shared_ptr<loop_unit> unit, net::network& network,
                  const rendezvous_config& setup);

  const char* name() const override { return "rendezvous"; }
  behavior_type make_behavior() override;
  void on_exit() override;
  resume_result resume(caf::execution_unit* unit, std::size_t max_throughput) override;

private:
  using shared_stream = std::shared_ptr<net::stream>;

  struct door {
    std::unique_ptr<net::datagram_socket> socket;
    accepting listener;
  };

  struct guest {
    rendezvous_guest_actor handle;
    source from;
    nat::rendezvous_server::time_point since;
  };

  caf::result<endpoint, endpoint> listen(const endpoint& first, const endpoint& second);
  expected<endpoint> open(door& which, const endpoint& at);
  void sweep_later();
  std::optional<nat::punch_datagram> answer_from(std::size_t which, const endpoint& source,
                                                 byte_view content, bool proven);
  void on_datagram(std::size_t which, const endpoint& from, byte_view content);
  void accept(std::size_t which);
  void accept_again();
  void on_accepted(std::size_t which, shared_stream stream);
  void on_accept_failed(std::size_t which);
  bool make_room(const source& from);
  void forget(const caf::actor_addr& gone);
  void on_question(const rendezvous_guest_actor& from, std::size_t which, const endpoint& source,
                   const blob& content);
  std::shared_ptr<loop_unit> unit_of(const net::stream& stream);
  nat::rendezvous_server::time_point now() { return clock().now(); }

  /// A reference to this actor, which keeps it alive until it quits.
  rendezvous_self_actor alive_;
  system_end system_end_;
  net::network& network_;
  const std::size_t max_guests_;
  const std::size_t max_guests_per_address_;
  nat::rendezvous_server middle_;
  /// True while a `tick_atom` is on its way, to remove meetings that are over.
  bool sweeping_ = false;
  std::array<door, 2> doors_;
  std::map<caf::actor_addr, guest> guests_;
  fair_pool<caf::actor_addr> places_;
  std::map<net::loop*, std::shared_ptr<loop_unit>> units_;
};

} // namespace devp2p
