// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/kit/schedule.hpp"
#include "devp2p/kit/world_clock.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/interfaces.hpp"
#include "devp2p/net/sim/memory_network.hpp"

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/expected.hpp>
#include <caf/response_type.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/sec.hpp>
#include <caf/timespan.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

/// Tools for tests of actors: those of this library, and those of its users.
namespace devp2p::kit {

namespace detail {

template <class Types>
struct sole_type;

template <>
struct sole_type<caf::detail::type_list<>> {
  using type = void;
};

template <class T>
struct sole_type<caf::detail::type_list<T>> {
  using type = T;
};

} // namespace detail

/// The type of the answer that an actor with the interface of `Handle` has for `Args`; or void.
template <class Handle, class... Args>
using answer_to = typename detail::sole_type<caf::response_type_t<
  typename Handle::signatures, caf::detail::implicit_conversions_t<Args>...>>::type;

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
  /// Lets some actors wait for their turns, until `end`; null lets none.
  turn_pace pace = {};
  /// Has some actors see another clock; null has none.
  turn_clock skew = {};
  /// Called once, before the actor system begins: adds your message types, as `end_type_id` says,
  /// and your settings. The scheduler is the world's, whatever it sets.
  std::function<void(caf::actor_system_config&)> configure = {};
};

/// An actor system, its clock and a network in memory. They move only when they are told to, on the
/// caller's thread, so the same calls have the same effects.
///
/// Declare it after everything that its actors and the functions of their requests write to,
/// because they end when it ends. An actor that was not adopted and does not end is a leak: the
/// world then says so and aborts.
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

  /// Calls `what()`, in which the clock of the actor system is skewed so, and returns the result.
  template <class Function>
  auto with_skew(const std::optional<clock_skew>& how, Function what) {
    struct guard {
      explicit guard(world_clock& x) : clock(x) {}
      ~guard() { clock.skew(std::nullopt); }
      world_clock& clock;
    } until_end{scheduler().clock()};
    until_end.clock.skew(how);
    return what();
  }

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

  /// The virtual time for which an answer is waited for.
  static constexpr caf::timespan answer_limit = std::chrono::minutes{1};

  /// Sends a request from outside, and runs the world until its answer, for at most `answer_limit`.
  /// The steps that follow, such as the first turn of a handler after a dial, need `run`.
  /// Returns the answer: `caf::expected` of what the interface of `to` promises. Without an answer
  /// the error is `caf::sec::request_timeout`. For an actor without an interface, use `ask_for`.
  template <class Handle, class... Args>
  auto ask(const Handle& to, Args... args) {
    return ask_for<answer_to<Handle, Args...>>(to, std::move(args)...);
  }

  /// Does so, for an answer of the type `Answer`, which may be void.
  template <class Answer, class Handle, class... Args>
  caf::expected<Answer> ask_for(const Handle& to, Args... args) {
    caf::scoped_actor self{system_};
    auto asked = request_from(self, to, caf::infinite, std::move(args)...);
    // To receive without an answer would block this thread, and with it the world, for ever.
    if (!run_until([&] { return self->has_next_message(); }, answer_limit))
      return caf::make_error(caf::sec::request_timeout);
    caf::expected<Answer> out{caf::sec::runtime_error};
    auto on_error = [&](caf::error& why) { out = std::move(why); };
    if constexpr (std::is_void_v<Answer>)
      std::move(asked).receive([&] { out = caf::unit; }, on_error);
    else
      std::move(asked).receive([&](Answer& x) { out = std::move(x); }, on_error);
    return out;
  }

  /// Ends the actors that were spawned or adopted here, and gives them the virtual time that they
  /// need.
  void end();

  /// The number of actors that have not ended, without those of CAF itself.
  [[nodiscard]] std::size_t living();

  /// The exceptions that no actor has handled, as sentences. Such an actor ends.
  [[nodiscard]] const std::vector<std::string>& thrown() const {
    return schedule_.actors().thrown();
  }

  /// Returns sentences: that more or fewer than `expected` actors live, or that a timeout is
  /// pending. A test expects no sentence.
  [[nodiscard]] std::vector<std::string> leftovers(std::size_t expected);

private:
  void remember(caf::actor who);

  struct config : caf::actor_system_config {
    explicit config(const world_options& options);
  };

  [[nodiscard]] std::string names_of_the_living() const;
  [[nodiscard]] world_scheduler& scheduler() {
    return dynamic_cast<world_scheduler&>(system_.scheduler());
  }

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
