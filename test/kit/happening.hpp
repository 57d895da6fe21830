// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/disconnect_reason.hpp"

#include <caf/timespan.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace devp2p::kit {

enum class happening_kind : std::uint8_t {
  started,
  crashed,
  peer_added,
  peer_dropped,
  session_failed,
  /// No connection to `peer` has come about, though both have tried at the same time: `detail` says
  /// why.
  punch_failed,
  /// A rumour was heard for the first time: `detail` is its number.
  heard,
  /// `peer` has answered what it was asked: `detail` is how many nanoseconds that took.
  echoed,
};

/// One thing that has happened at one node of a simulation.
struct happening {
  /// Since the simulation began.
  caf::timespan when{0};
  std::size_t node = 0;
  happening_kind what = happening_kind::started;
  /// The node at the other end, if it is known.
  std::optional<std::size_t> peer = std::nullopt;
  /// Why a session is over, and whether the remote said so.
  std::optional<disconnect_reason> reason = std::nullopt;
  bool remote_requested = false;
  std::string detail = {};

  friend bool operator==(const happening&, const happening&) = default;
};

[[nodiscard]] std::string to_string(happening_kind what);

/// As a line of JSON without its end, the same on every platform: `ns`, `node`, `what`, and, if
/// they are there, `peer`, `reason`, `by` (`"remote"` or `"self"`) and `detail`.
[[nodiscard]] std::string to_json(const happening& what);

} // namespace devp2p::kit
