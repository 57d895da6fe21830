// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace devp2p::simulator {

/// The outcome of a look at a network: what does not hold, and the nodes that it is about. A text
/// is one, too:
///
///     return leaders > 1 ? finding{"two nodes lead", {3, 4}} : finding{};
struct finding {
  finding() = default;
  finding(std::string what) : sentence(std::move(what)) {}
  finding(const char* what) : sentence(what) {}
  finding(std::string what, std::vector<std::size_t> about)
    : sentence(std::move(what)),
      nodes(std::move(about)) {}

  /// One line; empty if all is well.
  std::string sentence;
  /// The nodes concerned, the first of them first; empty if it is not known. A trace of the run
  /// shows what happened at these.
  std::vector<std::size_t> nodes;
};

} // namespace devp2p::simulator
