// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/event.hpp"
#include "devp2p/simulator/scenario.hpp"

#include <caf/timespan.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace devp2p::tool {

/// An event of a simulation, or an action of its schedule, in words.
struct entry {
  caf::timespan when{0};
  /// The node at which it happened, or that did it; none if it concerns all.
  std::optional<std::size_t> node = std::nullopt;
  std::string what;
  std::optional<std::size_t> peer = std::nullopt;
  /// The rest, at most `max_text` bytes; empty if there is no more to say.
  std::string text;
  /// Whether it is an action of the schedule.
  bool is_action = false;

  static constexpr std::size_t max_text = 160;
};

[[nodiscard]] entry entry_of(const simulator::event& x);
/// Describes an action of any name. A list of nodes is in the text.
[[nodiscard]] entry entry_of(const simulator::scenario::step& x);
/// Describes a line of `events.jsonl`. Returns `nullopt` if it is none.
[[nodiscard]] std::optional<entry> parse_event(const std::string& line);

/// Returns the nodes that the action names, in any of its fields.
[[nodiscard]] std::vector<std::size_t> nodes_of(const simulator::scenario::step& x);

/// Returns the time in seconds with that many digits after the point, the same on every platform.
[[nodiscard]] std::string seconds_text(caf::timespan x, std::size_t digits);

} // namespace devp2p::tool
