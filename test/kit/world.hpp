// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/interfaces.hpp"
#include "devp2p/net/sim/memory_network.hpp"

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/send.hpp>
#include <caf/timespan.hpp>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

/// What tests of actors are made of: ours, and those of our users.
namespace devp2p::kit {

/// An actor system, its clock and a network in memory, which move only when they are told to, on
/// the caller's thread: the same calls have the same effects.
///
/// Declare it after what its actors write to: when it ends, so do they. An actor that nobody has
/// adopted and that will not end is a leak: the world then says so and aborts.
class world {
public:
  explicit world(std::size_t pipe_capacity = std::size_t{64} << 10);
  ~world();
  world(const world&) = delete;
  world& operator=(const world&) = delete;

  [[nodiscard]] caf::actor_system& system() { return system_; }
  /// The host with this address; there from the first call on.
  [[nodiscard]] net::network& host(const std::string& address) { return network_.host(address); }

  template <class... Args>
  auto spawn(Args&&... args) {
    return adopt(system_.spawn(std::forward<Args>(args)...));
  }

  /// Ends `actor`, too, when the world does. Returns it.
  template <class Handle>
  Handle adopt(Handle actor) {
    actors_.push_back(caf::actor_cast<caf::actor>(actor));
    return actor;
  }

  /// Handles messages and network events until there are none. Time stands still.
  void run();

  /// Handles one message, or else one network event. False if there is none.
  bool run_one();

  /// Lets time pass: what is due happens when it is due.
  void advance(caf::timespan by);

  /// Sends a message from outside and lets everything come to rest.
  template <class Handle, class... Args>
  void send(const Handle& to, Args&&... args) {
    caf::anon_send(to, std::forward<Args>(args)...);
    run();
  }

  /// Ends what was spawned or adopted here, and gives it the time that it needs.
  void end();

  /// Actors that have not ended, but for those of CAF itself.
  [[nodiscard]] std::size_t living();

private:
  struct config : caf::actor_system_config {
    config();
  };

  config config_;
  net::memory_network network_;
  caf::actor_system system_;
  /// CAF's own actors.
  std::size_t residents_;
  caf::scheduler::test_coordinator& scheduler_;
  std::vector<caf::actor> actors_;
};

} // namespace devp2p::kit
