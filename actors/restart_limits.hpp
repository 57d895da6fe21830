// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/settings.hpp"

#include <chrono>

namespace devp2p {

/// The number of restarts of something that fails again and again, and the pauses between them. The
/// terms are those of Erlang/OTP ("Supervision Principles"), which has no pauses.
struct restart_limits {
  /// The maximum number of restarts within `period`. The next failure is one too many.
  unsigned intensity = 1;
  settings::duration period = std::chrono::seconds{5};
  /// The pauses between restarts. The first restart comes at once. If that fails, too, the next
  /// comes after `min_pause`, and each further one after twice the previous pause, up to
  /// `max_pause`. A random part of up to a half is subtracted from each pause, so that those which
  /// failed together do not restart together. The pauses begin anew after a run of `period`, of
  /// `min_pause`, and as long as the pause before it was.
  settings::duration min_pause = std::chrono::milliseconds{10};
  /// The longest pause.
  settings::duration max_pause = std::chrono::seconds{5};
};

} // namespace devp2p
