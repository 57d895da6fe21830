// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>

namespace devp2p::tool {

/// One line of stderr, for a person who watches; cleared when this dies. Never waits: what a
/// terminal does not take now is not shown.
class status_line {
public:
  status_line();
  status_line(const status_line&) = delete;
  status_line& operator=(const status_line&) = delete;
  ~status_line();

  /// Whether stderr is a terminal. If not, nothing is shown.
  [[nodiscard]] bool is_watched() const { return watched_; }
  /// In the place of what was shown before.
  void show(const std::string& what) const;

private:
  const bool watched_;
};

} // namespace devp2p::tool
