// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "stop_signals.hpp"

#include <atomic>
#include <thread>

namespace devp2p::tool {

/// Says whether a signal has come, without waiting for it.
class stop_watch {
public:
  stop_watch()
    : waiting_([this] {
        if (signals_.wait())
          stopped_ = true;
      }) {}
  stop_watch(const stop_watch&) = delete;
  stop_watch& operator=(const stop_watch&) = delete;
  ~stop_watch() {
    signals_.finish();
    waiting_.join();
  }

  [[nodiscard]] bool stopped() const { return stopped_; }

private:
  stop_signals signals_;
  std::atomic<bool> stopped_ = false;
  std::thread waiting_;
};

} // namespace devp2p::tool
