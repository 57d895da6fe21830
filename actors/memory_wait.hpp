// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstddef>
#include <utility>

namespace devp2p {

/// The wait of one session for memory, in which it reads nothing. Says when another must end for
/// that. A value that reads no clock.
class memory_wait {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// The time for which a session waits for the memory of one message: its remote does not wait for
  /// long.
  static constexpr auto patience = std::chrono::seconds{10};
  /// The time for which a session that holds more than its share, or reads a frame slowly, waits
  /// without giving memory back.
  static constexpr auto greedy_patience = std::chrono::seconds{45};
  /// The time that a session which was told to end has to give its memory back, before another is.
  static constexpr auto pause = std::chrono::seconds{10};

  explicit memory_wait(time_point since) : since_(since), gave_back_(since), earliest_(since) {}

  /// A verdict on whom to end for the session that waits.
  enum class verdict {
    wait,
    end_slow, ///< End one that reads a frame slowly, if there is any.
    end_any,
  };

  /// Records what the session holds `now`, and whether it has the time of one that holds more than
  /// its share.
  [[nodiscard]] verdict on_look(time_point now, std::size_t held, bool greedy) {
    if (held < std::exchange(held_, held))
      gave_back_ = now;
    if (now - since_ < patience || now < earliest_)
      return verdict::wait;
    if (greedy && now - gave_back_ < greedy_patience)
      return verdict::end_slow;
    earliest_ = now + pause;
    return verdict::end_any;
  }

private:
  const time_point since_;
  /// The time at which memory was given back last.
  time_point gave_back_;
  time_point earliest_;
  std::size_t held_ = 0;
};

} // namespace devp2p
