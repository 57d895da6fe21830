// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace devp2p::bench {

/// The parameters that tell the lines of one case apart, such as the size of the payload.
using parameters =
  std::vector<std::pair<std::string_view, std::variant<std::size_t, std::string_view>>>;

/// The figures that one repetition has measured. All repetitions have the same names. The first is
/// what the line is about; `limit`, if it is there, is what the machine allows for that figure, or
/// what the library promises.
using figures = std::vector<std::pair<std::string_view, double>>;

/// Writes what was measured: one JSON object a line, on standard output.
class report {
public:
  /// Prints what is being measured now, on standard error and only if that is a terminal.
  void announce(std::string_view name, const parameters& which) const;

  /// Prints the median of each figure, and its least and largest value.
  void add(std::string_view name, const parameters& which,
           const std::vector<figures>& repetitions) const;
};

} // namespace devp2p::bench
