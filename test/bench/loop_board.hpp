// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace devp2p::bench {

/// The work of each loop of a hub: the messages that its handlers took, and its processor time. A
/// loop is the thread that a handler runs on. Nothing that is written for a message is shared by
/// loops. Thread-safe.
class loop_board {
public:
  /// Counts a message on the calling thread. Pins the thread to a processor of its own, as far as
  /// there are enough, when it counts for the first time. A process may have one board only.
  void count();

  struct reading {
    /// Since the clock's epoch, in seconds.
    double time = 0;
    /// The messages of each loop.
    std::vector<std::uint64_t> messages;
    /// The processor time of each loop, and of the whole process, in seconds.
    std::vector<double> loops;
    double process = 0;
  };

  [[nodiscard]] reading read() const;

private:
  struct alignas(64) place {
    std::atomic<std::uint64_t> messages = 0;
    clockid_t clock;
  };

  place& add();

  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<place>> places_;
};

} // namespace devp2p::bench
