// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/kit/schedule.hpp"

#include <caf/fwd.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace devp2p::simulator {

/// The number of turns of an actor, or of several, and the real time that they took.
struct time_spent {
  std::uint64_t turns = 0;
  std::chrono::nanoseconds total{0};
  std::chrono::nanoseconds longest{0};

  void add(std::chrono::nanoseconds took);
  void add(const time_spent& other);

  friend bool operator==(const time_spent&, const time_spent&) = default;
};

/// The node, its peer and the protocol that a handler serves.
struct handler_place {
  std::size_t node = 0;
  /// The node at the other end, if it is known.
  std::optional<std::size_t> peer = std::nullopt;
  std::string protocol = {};

  friend bool operator==(const handler_place&, const handler_place&) = default;
};

struct handler_time {
  handler_place where;
  time_spent spent;

  friend bool operator==(const handler_time&, const handler_time&) = default;
};

/// The real time that actors have taken in a simulation: the totals of each kind of actor, and the
/// handlers that took most, alive or not. Another run has other figures.
struct actor_times {
  static constexpr std::size_t max_slowest = 10;

  /// The totals by the actors' `name()`. `handler` stands for all handlers, and `network` for the
  /// network's callbacks, in which peers read.
  std::map<std::string, time_spent, std::less<>> by_kind = {};
  /// At most `max_slowest` handlers, the one that took most first.
  std::vector<handler_time> slowest = {};

  /// Adds the times of another part of the same simulation.
  void add(const actor_times& other);
  /// Inserts `next` if it is one of the slowest handlers.
  void rank(const handler_time& next);

  friend bool operator==(const actor_times&, const actor_times&) = default;
};

/// Adds up the times of turns.
///
/// Holds one entry for each handler that lives, and `actor_times::max_slowest` of those that have
/// ended.
class turn_times {
public:
  /// Makes known that the actor, which has had no turn yet, is a handler.
  void add_handler(caf::actor_id actor, handler_place where);
  void add(const kit::turn& x);

  [[nodiscard]] actor_times so_far() const;

private:
  std::unordered_map<caf::actor_id, handler_time> living_;
  /// The totals of all actors, and the slowest handlers among those that have ended.
  actor_times ended_;
};

} // namespace devp2p::simulator
