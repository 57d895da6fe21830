// SPDX-License-Identifier: BSL-1.0
#pragma once

namespace devp2p::tool {

/// Makes SIGINT and SIGTERM something to wait for, so that a signal handler has nothing to do.
/// Construct it before the first thread starts: threads inherit the signals that it blocks.
class stop_signals {
public:
  stop_signals();
  stop_signals(const stop_signals&) = delete;
  stop_signals& operator=(const stop_signals&) = delete;
  ~stop_signals();

  /// Says that the work is finished, whether it was asked to stop or not. Callable from any thread.
  void finish();

  /// Forgets earlier calls of `finish`: the next call is about other work.
  void begin_again();

  /// Has the effect of a signal on `wait`. Callable from any thread.
  void ask();

  /// Waits for the first signal and returns true; returns false if `finish` was called instead.
  /// After a signal, a further one ends the process at once, whichever thread is stuck, for as long
  /// as the calling thread lives. The exit status is then 128 plus the signal's number.
  bool wait();

  /// Waits for `finish`. Any signal meanwhile ends the process at once, as above.
  void wait_until_finished();

private:
  /// Readable when a signal has come.
  int signals_;
  /// Readable after `ask`.
  int asked_;
  /// Readable after `finish`.
  int finished_;
};

} // namespace devp2p::tool
