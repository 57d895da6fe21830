// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/network.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>

namespace devp2p {

/// Measures how long a task waits for its turn on a loop. That is the time by which whatever is on
/// that loop is late, and grows with the turns of the others.
class loop_probe {
public:
  using observer = std::function<void(std::chrono::nanoseconds)>;

  /// `observe` is called on the loop's thread, and must not throw. It must not need the probe.
  explicit loop_probe(observer observe) : shared_(std::make_shared<state>(std::move(observe))) {}

  /// Posts a task, unless the last one still waits.
  void post_to(net::loop& loop) const;

private:
  struct state {
    explicit state(observer x) : observe(std::move(x)) {}

    observer observe;
    std::atomic<bool> waits{false};
  };

  std::shared_ptr<state> shared_;
};

} // namespace devp2p
