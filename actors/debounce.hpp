// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <utility>

namespace devp2p {

/// Lets one event through, and then none until a pause is over. An event that comes meanwhile is
/// let through at the end of the pause, once. The caller measures the pause.
class debounce {
public:
  /// Returns true iff the event is to be handled now; the pause then begins.
  [[nodiscard]] bool on_event() {
    if (!std::exchange(pausing_, true))
      return true;
    another_ = true;
    return false;
  }

  /// Records that the pause is over. Returns true iff an event has come meanwhile; the caller
  /// passes it to `on_event`.
  [[nodiscard]] bool on_pause_over() {
    pausing_ = false;
    return std::exchange(another_, false);
  }

private:
  bool pausing_ = false;
  bool another_ = false;
};

} // namespace devp2p
