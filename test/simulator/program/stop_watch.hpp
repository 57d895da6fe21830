// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/program/stop_signals.hpp"

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
          // A further signal is delivered to this thread.
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

/// Prints `text` on stdout and waits for its reader; once `stop` has had a signal, for two seconds
/// at most. Reports a failure on stderr. Returns the exit status.
int print(std::string_view text, const stop_watch& stop);

} // namespace devp2p::tool
