// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "failure.hpp"
#include "provision.hpp"

#include "devp2p/actors/scheduling.hpp"
#include "devp2p/messages/type_ids.hpp"
#include "devp2p/net/asio/asio_network.hpp"

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/send.hpp>

#include <new>

namespace devp2p::tool {

/// The network and the actor system of a command. Its destructor waits for all actors. Each needs
/// an exit message before; if something may throw meanwhile, give it an `ended_with_scope`.
struct runtime {
  struct provision {
    // The network has one loop, and so one thread.
    provision() { require_threads(threads_of_actors() + 1); }
  };

  struct configuration : caf::actor_system_config {
    configuration() {
      add_types(*this);
      prefer_low_latency(*this);
    }
  };

  provision provided;
  // The order matters: the actors use the network until the last of them has ended.
  net::asio_network network;
  configuration config;
  caf::actor_system system{config};
};

/// Sends an actor an exit message at the end of a scope, also when an exception ends it.
class ended_with_scope {
public:
  template <class Handle>
  explicit ended_with_scope(const Handle& who) : who_(caf::actor_cast<caf::actor>(who)) {}
  ended_with_scope(const ended_with_scope&) = delete;
  ended_with_scope& operator=(const ended_with_scope&) = delete;
  ~ended_with_scope() {
    try {
      caf::anon_send_exit(who_, caf::exit_reason::user_shutdown);
    } catch (const std::bad_alloc&) {
      fail_out_of_memory(); // The wait for the actor would never end.
    }
  }

private:
  caf::actor who_;
};

} // namespace devp2p::tool
