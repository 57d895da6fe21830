// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "eth/session.hpp"

#include "devp2p/actors/node.hpp"
#include "devp2p/actors/scheduling.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/type_ids.hpp"
#include "devp2p/net/asio/asio_network.hpp"

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace devp2p::test {

/// Returns those of the protocols that have this version.
inline std::vector<protocol> only(std::uint64_t version, std::vector<protocol> all) {
  std::erase_if(all, [=](const protocol& x) { return x.version != version; });
  return all;
}

/// A node of ours that speaks eth, listening on the loopback interface, in an actor system of its
/// own.
///
/// Used on one thread. Every wait is bounded: a wait in vain throws `std::runtime_error`.
class live_eth_node {
public:
  /// A node that serves the chain of `shared`, and reports its sessions.
  explicit live_eth_node(eth::host shared) {
    shared.subscriber = caf::actor_cast<eth::session_subscriber_actor>(watcher_);
    start(eth::protocols(shared));
  }

  /// A node that does the same in one version only.
  live_eth_node(eth::host shared, std::uint64_t version) {
    shared.subscriber = caf::actor_cast<eth::session_subscriber_actor>(watcher_);
    start(only(version, eth::protocols(shared)));
  }

  /// A node that runs any protocols.
  explicit live_eth_node(std::vector<protocol> all) { start(std::move(all)); }

  live_eth_node(const live_eth_node&) = delete;
  live_eth_node& operator=(const live_eth_node&) = delete;
  ~live_eth_node() { watcher_->send_exit(node_, caf::exit_reason::user_shutdown); }

  [[nodiscard]] const enode& url() const { return url_; }

  /// Dials, and returns why there is no session.
  std::optional<caf::error> dial(const enode& whom) {
    std::optional<caf::error> out;
    caf::scoped_actor self{system_};
    request_from(self, node_, patience, dial_atom_v, whom)
      .receive([](const peer_info&) {}, [&](caf::error& why) { out = std::move(why); });
    return out;
  }

  /// Waits for the next session whose ends can agree on a chain.
  eth::session_ready next_session() {
    std::optional<eth::session_ready> out;
    watcher_->receive([&](const eth::session_ready& x) { out = x; }, caf::after(patience) >> [] {});
    if (!out)
      throw std::runtime_error{"our node has no session"};
    return *out;
  }

  /// Waits for the next end of a session.
  session_end next_end() {
    std::optional<session_end> out;
    watcher_->receive([&](const peer_dropped& x) { out = x.end; },
                      [&](const session_failed& x) { out = x.end; }, caf::after(patience) >> [] {});
    if (!out)
      throw std::runtime_error{"no session of our node has ended"};
    return *out;
  }

  /// Has a session ask its remote. Throws `std::runtime_error` if the answer is an error.
  template <class Answer, class Question>
  Answer ask(const eth::session_actor& session, Question what) {
    Answer out;
    caf::scoped_actor self{system_};
    request_from(self, session, patience, std::move(what))
      .receive([&](Answer& x) { out = std::move(x); },
               [](const caf::error& why) { throw std::runtime_error{describe(why)}; });
    return out;
  }

private:
  /// Longer than any operation takes, even on a busy machine.
  static constexpr std::chrono::seconds patience{20};

  struct configuration : caf::actor_system_config {
    configuration() {
      add_types(*this);
      prefer_low_latency(*this);
    }
  };

  void start(std::vector<protocol> all) {
    node_ = spawn_node(system_, network_,
                       {.key = crypto::private_key::generate(), .protocols = std::move(all)});
    anon_send_to(node_, subscribe_atom_v, caf::actor_cast<subscriber_actor>(watcher_));
    caf::scoped_actor self{system_};
    request_from(self, node_, patience, listen_atom_v, endpoint{"127.0.0.1", 0})
      .receive([&](const enode& x) { url_ = x; },
               [](const caf::error& why) { throw std::runtime_error{describe(why)}; });
  }

  net::asio_network network_;
  configuration configuration_;
  caf::actor_system system_{configuration_};
  /// A mailbox that keeps what the node and its sessions tell, until it is waited for. It asks
  /// nothing: the end of the time for an answer would come here, too, and keep the mailbox alive.
  caf::scoped_actor watcher_{system_, true};
  node_actor node_;
  enode url_;
};

} // namespace devp2p::test
