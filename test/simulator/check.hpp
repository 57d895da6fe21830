// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/disconnect_reason.hpp"

#include <caf/timespan.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace devp2p::simulator {

/// A condition that a simulated network must meet when its time is over. No check fails only
/// because an event came just before the end. So a failing scenario can be made smaller without
/// failing for another reason.
struct check {
  enum class kind : std::uint8_t {
    /// A rumour that a node has known for `within` is known to all nodes joined with it. Only links
    /// count that have run at both ends for `within` and were not stalled in that time.
    all_heard,
    /// Each link whose ends are both up runs at both ends. A link is exempt if the schedule still
    /// stalls it, or did something to it or to one of its ends less than `within` ago.
    all_linked,
    /// At most `most` sessions have failed before they ran; failed punches count as well.
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

} // namespace devp2p::simulator
