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

  /// What has finished counts no more: the next is something else.
  void begin_again();

  /// As if a signal had come. Callable from any thread.
  void ask();

  /// Waits for the first signal; false if `finish` came instead. From then on a further signal ends
  /// the process at once, whoever is stuck, for as long as the calling thread lives; its exit
  /// status is 128 and the signal's number.
  bool wait();

  /// Waits for `finish`. Any signal ends the process at once, as above.
  void wait_until_finished();

private:
  /// Descriptors that become readable: at a signal, at `ask`, and at `finish`.
  int signals_;
  int asked_;
  int finished_;
};

} // namespace devp2p::tool
