// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <initializer_list>
#include <optional>

namespace devp2p::nat {

using deadline = std::chrono::steady_clock::time_point;

/// When the next of `left` attempts is over that have until `end` for all of them: whoever does not
/// answer uses up no more than its share.
[[nodiscard]] inline deadline share_of(deadline end, std::size_t left) {
  const auto now = deadline::clock::now();
  return now + std::max(end - now, deadline::duration{0}) / left;
}

/// Lets one thread wait for sockets, and others end its waits.
class interrupt {
public:
  /// Throws `std::system_error` if the system has no descriptor to give.
  interrupt();
  ~interrupt();
  interrupt(const interrupt&) = delete;
  interrupt& operator=(const interrupt&) = delete;

  /// Every wait ends at once from now on, until `clear`. Callable from any thread.
  void raise();
  void clear();
  [[nodiscard]] bool raised() const;

  /// Can be read as long as the interrupt is raised.
  [[nodiscard]] int descriptor() const { return event_; }

  /// Waits until one of these descriptors can be read, or has failed, and tells which of them;
  /// nothing at the deadline, or once the interrupt is raised.
  std::optional<std::size_t> readable(std::initializer_list<int> descriptors, deadline until) const;

private:
  int event_;
};

} // namespace devp2p::nat
