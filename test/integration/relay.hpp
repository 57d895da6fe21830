// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

namespace devp2p::test {

/// A line between two processes of this host that can be cut without notice to either end. Carries
/// TCP connections, one after the other, from `port()` to `target`. Closes the last one on
/// destruction.
class relay {
public:
  explicit relay(std::uint16_t target);
  ~relay();
  relay(const relay&) = delete;
  relay& operator=(const relay&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }

  /// Stops carrying data from now on.
  void cut() { cut_ = true; }

private:
  void run();
  void carry_connection(int near);

  const std::uint16_t target_;
  int listener_;
  std::uint16_t port_ = 0;
  std::atomic<bool> cut_{false};
  std::atomic<bool> done_{false};
  std::thread thread_;
};

} // namespace devp2p::test
