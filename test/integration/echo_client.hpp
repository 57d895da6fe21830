// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "tool.hpp"

#include "devp2p/actors/node.hpp"
#include "devp2p/actors/system_config.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/net/asio/asio_network.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <future>
#include <utility>
#include <vector>

namespace devp2p::test {

/// Sends messages to a node that echoes, and compares what comes back.
class echo_client {
public:
  explicit echo_client(std::vector<packet> messages) { all_.sent = std::move(messages); }

  /// Returns whether all messages came back in time, unchanged and in order. Reads at most `rate`
  /// bytes per second; 0 means no limit.
  bool meet(const enode& remote, std::uint64_t rate = 0) {
    net::asio_network network;
    system_config config;
    caf::actor_system system{config};
    settings limits;
    limits.max_write_queue = std::size_t{1} << 30;
    limits.max_rate_in = rate;
    auto node = spawn_node(
      system, network,
      {.key = crypto::private_key::generate(),
       .protocols =
         {{.name = "echo", .version = 1, .length = 16, .spawn = handled_by(compare, &all_)}},
       .limits = limits});
    anon_send_to(node, dial_atom_v, remote);
    auto in_time = all_.complete.get_future().wait_until(soon() + std::chrono::seconds{60}) ==
                   std::future_status::ready;
    caf::scoped_actor self{system};
    self->send_exit(node, caf::exit_reason::user_shutdown);
    self->wait_for(node);
    return in_time && all_.received == all_.sent.size() && all_.equal == all_.sent.size();
  }

private:
  struct exchange {
    std::vector<packet> sent;
    /// The number of messages that have come back.
    std::size_t received = 0;
    /// The number of messages that came back unchanged and in order.
    std::size_t equal = 0;
    std::promise<void> complete;
  };

  /// Keeps no payload: the read window counts those that a handler keeps.
  static handler_actor::behavior_type compare(handler_actor::pointer self, const channel& link,
                                              exchange* what) {
    for (const auto& x : what->sent)
      link.send(self, x);
    return {[=](const packet& x) {
      if (what->received < what->sent.size() && x == what->sent[what->received])
        ++what->equal;
      if (++what->received == what->sent.size())
        what->complete.set_value();
    }};
  }

  exchange all_;
};

} // namespace devp2p::test
