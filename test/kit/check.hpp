// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/disconnect_reason.hpp"

#include <caf/timespan.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace devp2p::kit {

/// What must hold of a simulated network when its time is over. None of it fails only because
/// something has happened just before the end: so a scenario that fails may be made smaller without
/// failing for another reason.
struct check {
  enum class kind : std::uint8_t {
    /// What a node has known for `within`, all those know that are joined with it: by links that
    /// have run at both ends, and were not stalled, for as long.
    all_heard,
    /// Each link whose ends are up runs at both ends, unless something was done to it or them less
    /// than `within` ago.
    all_linked,
    /// At most `most` sessions have failed before they ran.
    few_failed,
    /// Nodes have seen at most `most` sessions end for `reason`.
    few_ended,
  };

  kind that = kind::all_heard;
  caf::timespan within{0};
  std::size_t most = 0;
  disconnect_reason reason = {};

  friend bool operator==(const check&, const check&) = default;
};

[[nodiscard]] std::string to_string(check::kind that);

} // namespace devp2p::kit
