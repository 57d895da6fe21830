// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <initializer_list>
#include <optional>

namespace devp2p::nat {

using deadline = std::chrono::steady_clock::time_point;

/// Returns the deadline of the next of `left` attempts that share the time until `end`. Thus an
/// attempt without an answer uses no more than its share.
[[nodiscard]] inline deadline share_of(deadline end, std::size_t left) {
  const auto now = deadline::clock::now();
  return now + std::max(end - now, deadline::duration{0}) / left;
}

/// Lets one thread wait for sockets, and other threads end its waits.
class interrupt {
public:
  /// Throws `std::system_error` if the system has no descriptor left.
  interrupt();
  ~interrupt();
  interrupt(const interrupt&) = delete;
  interrupt& operator=(const interrupt&) = delete;

  /// Ends every wait at once from now on, until `clear`. Callable from any thread.
  void raise();
  void clear();
  [[nodiscard]] bool raised() const;

  /// A descriptor that is readable while the interrupt is raised.
  [[nodiscard]] int descriptor() const { return event_; }

  /// Waits until one of these descriptors is readable or has failed, and returns its index. Returns
  /// `nullopt` at the deadline, or once the interrupt is raised.
  std::optional<std::size_t> readable(std::initializer_list<int> descriptors, deadline until) const;

private:
  int event_;
};

} // namespace devp2p::nat
