// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string_view>

namespace devp2p::bench {

/// The time to seal and to open one message, in seconds.
struct seconds_per_frame {
  double seal;
  double open;
};

/// Measures how long a session takes to seal and to open a message, in memory and on one thread. No
/// link can be faster, as each of its ends has one thread.
[[nodiscard]] seconds_per_frame codec_alone(double seconds, std::string_view data,
                                            std::size_t size);

} // namespace devp2p::bench
