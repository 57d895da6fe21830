// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstddef>
#include <initializer_list>
#include <optional>

namespace devp2p::nat {

using deadline = std::chrono::steady_clock::time_point;

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
