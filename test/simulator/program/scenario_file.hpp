// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/scenario.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace devp2p::tool {

/// A scenario in a file. The files that it names are looked up in the same folder. The file is read
/// once, by the constructor.
class scenario_file {
public:
  /// `known` outlives the file.
  scenario_file(std::string name, const simulator::model& known);

  [[nodiscard]] const std::string& name() const { return name_; }

  /// Parses the scenario, with `seed` instead of its own if given. An error is one line.
  [[nodiscard]] expected<simulator::scenario, std::string>
  read(std::optional<std::uint64_t> seed = std::nullopt) const;

private:
  std::string name_;
  const simulator::model& known_;
  std::string text_;
  /// The `errno` number that says why the file cannot be read, or 0.
  int error_;
};

} // namespace devp2p::tool
