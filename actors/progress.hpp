// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

namespace devp2p::detail {

/// The messages that a handler has handled, as its session sees them from another thread: whether
/// it is still busy with the same one.
class progress {
public:
  // For the thread that runs the handler.

  /// An exception may have skipped the last end.
  void begin_message() { set((get() + 1) | 1); }
  void end_message() { set((get() | 1) + 1); }

  // For any thread.

  /// Returns the number of the message that is being handled, if any.
  [[nodiscard]] std::optional<std::uint32_t> busy_with() const {
    auto steps = get();
    return steps % 2 == 1 ? std::optional{steps} : std::nullopt;
  }

protected:
  ~progress() = default;

private:
  [[nodiscard]] std::uint32_t get() const { return steps_.load(std::memory_order_relaxed); }
  /// One thread at a time writes, so that no atomic increment is needed.
  void set(std::uint32_t steps) { steps_.store(steps, std::memory_order_relaxed); }

  /// Odd while a message is being handled.
  std::atomic<std::uint32_t> steps_ = 0;
};

} // namespace devp2p::detail
