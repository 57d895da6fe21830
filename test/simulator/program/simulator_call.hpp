// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/model.hpp"

#include <string>
#include <vector>

namespace devp2p::tool {

/// A simulator, and how it is called. Refers to its model.
struct simulator_call {
  /// The words that its scenarios may use.
  const simulator::model& known;
  /// The words of a command line that stand before the file: the name of the program, and its
  /// command, if it has several.
  std::vector<std::string> words;

  [[nodiscard]] std::string text() const {
    std::string out;
    for (const auto& x : words)
      out += (out.empty() ? "" : " ") + x;
    return out;
  }
};

} // namespace devp2p::tool
