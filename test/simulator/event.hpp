// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/disconnect_reason.hpp"

#include <caf/timespan.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace devp2p::simulator {

enum class event_kind : std::uint8_t {
  started,
  crashed,
  peer_added,
  peer_dropped,
  session_failed,
  /// No connection to `peer` came about, although both ends tried at the same time. `detail` says
  /// why.
  punch_failed,
  /// A protocol tells of an event of its own, which has a `name`; or a number of it is observed,
  /// which has a `name` and, unless it is gone, a `value`.
  told,
};

/// An event at one node of a simulation.
struct event {
  /// The virtual time since the simulation began.
  caf::timespan when{0};
  std::size_t node = 0;
  event_kind what = event_kind::started;
  /// The name of the event, if a protocol tells of it.
  std::string name = {};
  /// The node at the other end, if it is known.
  std::optional<std::size_t> peer = std::nullopt;
  /// The reason for which a session ended.
  std::optional<disconnect_reason> reason = std::nullopt;
  /// Whether the remote gave the reason; otherwise this node found it.
  bool remote_requested = false;
  /// The number that was observed.
  std::optional<std::int64_t> value = std::nullopt;
  std::string detail = {};

  friend bool operator==(const event&, const event&) = default;
};

[[nodiscard]] std::string to_string(event_kind what);

/// Returns what happened as one word: the name of the event, or of its kind.
[[nodiscard]] std::string name_of(const event& what);

/// Returns a line of JSON without its line end, the same on every platform. It has the fields `ns`,
/// `node`, `what`, and, if they are set, `peer`, `reason`, `by` (`"remote"` or `"self"`),
/// `value` and `detail`.
[[nodiscard]] std::string to_json(const event& what);

} // namespace devp2p::simulator
