// SPDX-License-Identifier: BSL-1.0
#pragma once

namespace devp2p::tool {

/// Turns SIGINT and SIGTERM into something to wait for, so that nothing has to be done in a signal
/// handler. Make it before the first thread is started.
class stop_signals {
public:
  stop_signals();
  stop_signals(const stop_signals&) = delete;
  stop_signals& operator=(const stop_signals&) = delete;
  ~stop_signals();

  /// Whoever was asked to stop has done so, or has stopped unasked. Callable from any thread.
  void finish();

  /// Waits for the first signal; false if `finish` came instead.
  bool wait();

  /// Waits for `finish`. A further signal ends the process at once; its exit status is 128 and the
  /// signal's number.
  void wait_until_finished();

private:
  /// A descriptor that becomes readable at a signal, and one that does so at `finish`.
  int signals_;
  int finished_;
};

} // namespace devp2p::tool
