// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string>

namespace devp2p::simulator {

/// Cases of one kind, of which a sentence tells the first and counts the others.
class cases {
public:
  /// Adds a case. `sentence()` is only called for the first.
  void add(auto sentence) {
    if (count_++ == 0)
      first_ = sentence();
  }

  /// Returns the sentence; empty if there was no case.
  [[nodiscard]] std::string sentence() const {
    return count_ <= 1 ? first_
                       : first_ + ", and " + std::to_string(count_ - 1) + " more like that";
  }

private:
  std::string first_;
  std::size_t count_ = 0;
};

} // namespace devp2p::simulator
