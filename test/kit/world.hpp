// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/kit/schedule.hpp"
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
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// What tests of actors are made of: ours, and those of our users.
namespace devp2p::kit {

struct world_options {
  std::size_t pipe_capacity = std::size_t{64} << 10;
  /// Lets chance decide what happens first of what may happen; the same seed, the same decisions.
  std::optional<std::uint64_t> seed = std::nullopt;
  /// Whether chance decides only what the lines do, and all else happens in the order of arrival:
  /// for simulations of many nodes, which are several times faster if what belongs together happens
  /// together.
  bool in_order = false;
  /// How many messages an actor handles in one step, at least 1.
  std::size_t turn = 1;
  /// Whether `trace_hash` is wanted.
  bool trace = true;
  /// Is told how long each turn takes, in real time; null costs nothing.
  turn_observer on_turn = {};
};

/// An actor system, its clock and a network in memory, which move only when they are told to, on
/// the caller's thread: the same calls have the same effects.
///
/// Declare it after what its actors write to: when it ends, so do they. An actor that nobody has
/// adopted and that will not end is a leak: the world then says so and aborts.
class world {
public:
  explicit world(std::size_t pipe_capacity = world_options{}.pipe_capacity);
  explicit world(const world_options& options);
  ~world();
  world(const world&) = delete;
  world& operator=(const world&) = delete;

  [[nodiscard]] caf::actor_system& system() { return system_; }
  /// The host with this address; there from the first call on.
  [[nodiscard]] net::network& host(const std::string& address) { return network_.host(address); }

  /// For its faults and figures. Its time is the world's, and passes only with it.
  [[nodiscard]] net::memory_network& network() { return network_; }
  [[nodiscard]] const net::memory_network& network() const { return network_; }

  template <class... Args>
  auto spawn(Args&&... args) {
    return adopt(system_.spawn(std::forward<Args>(args)...));
  }

  /// Ends `actor`, too, when the world does. Returns it.
  template <class Handle>
  Handle adopt(Handle actor) {
    remember(caf::actor_cast<caf::actor>(actor));
    return actor;
  }

  /// Handles messages and network events until there are none. Time stands still.
  void run();

  /// Handles one message, or else one network event; with a seed, either. False if there is none.
  bool run_one() { return schedule_.run_one(); }

  /// Runs one by one until `done()`. False if the world comes to rest before.
  template <class Predicate>
  bool run_until(Predicate done) {
    while (!done())
      if (!run_one())
        return false;
    return true;
  }

  /// The same, and lets time pass whenever the world rests. False if `limit` has passed before.
  template <class Predicate>
  bool run_until(Predicate done, caf::timespan limit) {
    const auto end = now() + limit;
    while (!done())
      if (!run_one() && !schedule_.pass(end))
        return false;
    return true;
  }

  /// Lets time pass: what is due happens when it is due.
  void advance(caf::timespan by);

  /// How much time has passed in this world.
  [[nodiscard]] caf::timespan now() const { return schedule_.now(); }

  /// When time alone makes something happen, for who lets it come to rest: a timeout, or what is
  /// under way.
  [[nodiscard]] std::optional<caf::timespan> next_due() const { return schedule_.next_due(); }
  [[nodiscard]] bool timers_pending() const { return next_due().has_value(); }

  /// A hash of every step so far: who handles what kind of message from whom, what the network
  /// carries, when. The same only if they are.
  [[nodiscard]] std::uint64_t trace_hash() const { return network_.trace_hash(); }

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

  /// What there is beside so many actors that may be there: others, or a timeout that would still
  /// go off. As sentences: a test expects none.
  [[nodiscard]] std::vector<std::string> leftovers(std::size_t expected);

private:
  void remember(caf::actor who);

  struct config : caf::actor_system_config {
    config();
  };

  config config_;
  net::memory_network network_;
  caf::actor_system system_;
  /// CAF's own actors.
  std::size_t residents_;
  schedule schedule_;
  std::vector<caf::actor> actors_;
  /// Looks for those that have ended when there are as many.
  std::size_t enough_ = 64;
};

} // namespace devp2p::kit
