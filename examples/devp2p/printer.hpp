// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "line_queue.hpp"
#include "lines.hpp"
#include "stop_signals.hpp"

namespace devp2p::tool {

/// What a command prints while it goes on. Who reads stdout too slowly is told how many lines were
/// lost; if it cannot be written, the command is asked to stop. `stop` outlives this.
class printer {
public:
  printer(style how, stop_signals& stop);

  [[nodiscard]] style how() const { return how_; }
  /// Callable from any thread; never waits.
  void print(std::string_view line) const { lines_.add(line); }

  /// To be called when nobody prints any more. Says so if stdout could not be written. Returns the
  /// exit status; `status`, if nothing else has gone wrong.
  int close(int status);

private:
  style how_;
  line_queue lines_;
};

} // namespace devp2p::tool
