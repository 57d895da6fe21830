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

namespace devp2p::kit {

/// How often something had its turn, and how much real time that took.
struct time_spent {
  std::uint64_t turns = 0;
  std::chrono::nanoseconds total{0};
  std::chrono::nanoseconds longest{0};

  void add(std::chrono::nanoseconds took);
  void add(const time_spent& other);

  friend bool operator==(const time_spent&, const time_spent&) = default;
};

/// Whose handler an actor is.
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

/// Who has taken how much real time in a simulation: the totals of each kind of actor, and the
/// handlers that took most, dead or alive. Another run has other figures.
struct actor_times {
  static constexpr std::size_t max_slowest = 10;

  /// By the actors' `name()`; `handler` stands for all handlers, `network` for its callbacks, in
  /// which peers read.
  std::map<std::string, time_spent, std::less<>> by_kind = {};
  /// At most `max_slowest`, the one that took most first.
  std::vector<handler_time> slowest = {};

  /// Those of another part of the same simulation.
  void add(const actor_times& other);
  /// Takes `next` in if it is one of the slowest.
  void rank(const handler_time& next);

  friend bool operator==(const actor_times&, const actor_times&) = default;
};

/// Adds it up.
///
/// Holds one entry for each handler that lives, and `actor_times::max_slowest` of those that have
/// ended.
class turn_times {
public:
  /// That actor, which has had no turn yet, is a handler.
  void add_handler(caf::actor_id actor, handler_place where);
  void add(const turn& x);

  [[nodiscard]] actor_times so_far() const;

private:
  std::unordered_map<caf::actor_id, handler_time> living_;
  /// But for the handlers that live.
  actor_times ended_;
};

} // namespace devp2p::kit
