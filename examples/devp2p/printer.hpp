// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "line_queue.hpp"
#include "lines.hpp"

#include "devp2p/simulator/program/stop_signals.hpp"

namespace devp2p::tool {

/// The output of a long-running command on stdout. A reader that is too slow is told how many lines
/// were lost. If stdout cannot be written, the command is asked to stop through `stop`, which must
/// outlive the printer.
class printer {
public:
  printer(style how, stop_signals& stop);

  [[nodiscard]] style how() const { return how_; }
  /// Prints a line. Callable from any thread; never waits.
  void print(std::string_view line) const { lines_.add(line); }

  /// Ends the output; call it when no caller prints any more. Reports on stderr if stdout could not
  /// be written. Returns the exit status: `failed` in that case, otherwise `status`.
  int close(int status);

private:
  style how_;
  line_queue lines_;
};

} // namespace devp2p::tool
