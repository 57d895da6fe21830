// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>

namespace devp2p::tool {

/// A line of stderr for a person who watches; the destructor clears it. Never waits: text that the
/// terminal does not accept at once is not shown.
class status_line {
public:
  status_line();
  status_line(const status_line&) = delete;
  status_line& operator=(const status_line&) = delete;
  ~status_line();

  /// Returns true iff stderr is a terminal. If not, no text is shown.
  [[nodiscard]] bool is_watched() const { return watched_; }
  /// Replaces the text that was shown before.
  void show(const std::string& what) const;

private:
  const bool watched_;
};

} // namespace devp2p::tool
