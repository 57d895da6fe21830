// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "stop_signals.hpp"

#include <atomic>
#include <string_view>
#include <thread>

namespace devp2p::tool {

/// Says whether a signal has come, without waiting for it.
class stop_watch {
public:
  stop_watch()
    : waiting_([this] {
        if (signals_.wait()) {
          stopped_ = true;
          // A further signal finds this thread.
          signals_.wait_until_finished();
        }
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

/// Prints on stdout, and waits for who reads it: no longer than two seconds once `stop` says so.
/// Says so if that fails. Returns the exit status.
int print(std::string_view text, const stop_watch& stop);

} // namespace devp2p::tool
