// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/finding.hpp"

#include <cstddef>
#include <string>

namespace devp2p::simulator {

/// Cases of one kind, of which a sentence tells the first and counts the others.
class cases {
public:
  /// Adds a case. `say()` is only called for the first, and returns a `finding`.
  void add(auto say) {
    if (count_++ == 0)
      first_ = say();
  }

  /// Returns the first; empty if there was no case.
  [[nodiscard]] finding first() const {
    auto out = first_;
    if (count_ > 1)
      out.sentence += ", and " + std::to_string(count_ - 1) + " more like that";
    return out;
  }

private:
  finding first_;
  std::size_t count_ = 0;
};

} // namespace devp2p::simulator
