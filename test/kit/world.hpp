// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/kit/schedule.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/interfaces.hpp"
#include "devp2p/net/sim/memory_network.hpp"

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/timespan.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// Tools for tests of actors: those of this library, and those of its users.
namespace devp2p::kit {

struct world_options {
  /// The maximum number of bytes of one direction of a connection that are under way or unread.
  std::size_t pipe_capacity = std::size_t{64} << 10;
  /// The seed that decides what happens first of all that may happen; the same seed makes the same
  /// decisions. Without one everything happens in the order of arrival.
  std::optional<std::uint64_t> seed = std::nullopt;
  /// Whether the seed decides only what the lines do, and all else happens in the order of arrival.
  /// Simulations of many nodes are several times faster so, because related steps happen together.
  bool in_order = false;
  /// The maximum number of messages that an actor handles in one step, at least 1.
  std::size_t turn = 1;
  /// Whether steps are recorded for `trace_hash`.
  bool trace = true;
  /// Called with the real time that each turn took; null costs nothing.
  turn_observer on_turn = {};
};

/// An actor system, its clock and a network in memory. They move only when they are told to, on the
/// caller's thread, so the same calls have the same effects.
///
/// Declare it after everything that its actors write to, because they end when it ends. An actor
/// that was not adopted and does not end is a leak: the world then says so and aborts.
class world {
public:
  explicit world(std::size_t pipe_capacity = world_options{}.pipe_capacity);
  explicit world(const world_options& options);
  ~world();
  world(const world&) = delete;
  world& operator=(const world&) = delete;

  [[nodiscard]] caf::actor_system& system() { return system_; }
  /// The host with this address; it exists from the first call on.
  [[nodiscard]] net::network& host(const std::string& address) { return network_.host(address); }

  /// The network, for its faults and figures. Its time is the world's, and passes only with it.
  [[nodiscard]] net::memory_network& network() { return network_; }
  [[nodiscard]] const net::memory_network& network() const { return network_; }

  template <class... Args>
  auto spawn(Args&&... args) {
    return adopt(system_.spawn(std::forward<Args>(args)...));
  }

  /// Makes sure that `actor` ends when the world does. Returns `actor`.
  template <class Handle>
  Handle adopt(Handle actor) {
    remember(caf::actor_cast<caf::actor>(actor));
    return actor;
  }

  /// Handles messages and network events until there are none. Time stands still.
  void run();

  /// Handles one message, or else one network event; with a seed, either. Returns false if there is
  /// none.
  bool run_one() { return schedule_.run_one(); }

  /// Runs one step after another until `done()`. Returns false if the world comes to rest before.
  template <class Predicate>
  bool run_until(Predicate done) {
    while (!done())
      if (!run_one())
        return false;
    return true;
  }

  /// Runs until `done()`, and lets time pass whenever the world rests. Returns false if `limit` has
  /// passed before.
  template <class Predicate>
  bool run_until(Predicate done, caf::timespan limit) {
    const auto end = now() + limit;
    while (!done())
      if (!run_one() && !schedule_.pass(end))
        return false;
    return true;
  }

  /// Lets time pass. Each event happens when it is due.
  void advance(caf::timespan by);

  /// The virtual time that has passed in this world.
  [[nodiscard]] caf::timespan now() const { return schedule_.now(); }

  /// The next time at which something happens by itself: a timeout, or the arrival of what is under
  /// way. For a world that has come to rest.
  [[nodiscard]] std::optional<caf::timespan> next_due() const { return schedule_.next_due(); }
  [[nodiscard]] bool timers_pending() const { return next_due().has_value(); }

  /// A hash of every step so far: which actor handles what kind of message from which sender, what
  /// the network carries, and when. Equal only if all of these are equal.
  [[nodiscard]] std::uint64_t trace_hash() const { return network_.trace_hash(); }

  /// Sends a message from outside, and runs the world until it has come to rest.
  template <class Handle, class... Args>
  void send(const Handle& to, Args&&... args) {
    anon_send_to(to, std::forward<Args>(args)...);
    run();
  }

  /// Ends the actors that were spawned or adopted here, and gives them the virtual time that they
  /// need.
  void end();

  /// The number of actors that have not ended, without those of CAF itself.
  [[nodiscard]] std::size_t living();

  /// Returns sentences: that more or fewer than `expected` actors live, or that a timeout is
  /// pending. A test expects no sentence.
  [[nodiscard]] std::vector<std::string> leftovers(std::size_t expected);

private:
  void remember(caf::actor who);

  struct config : caf::actor_system_config {
    config();
  };

  config config_;
  net::memory_network network_;
  caf::actor_system system_;
  /// The number of CAF's own actors.
  std::size_t residents_;
  schedule schedule_;
  std::vector<caf::actor> actors_;
  /// The number of actors at which those that have ended are removed.
  std::size_t enough_ = 64;
};

} // namespace devp2p::kit
