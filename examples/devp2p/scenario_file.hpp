// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/kit/scenario.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace devp2p::tool {

/// A scenario as people keep it: in a file, with what it names beside it.
class scenario_file {
public:
  explicit scenario_file(std::string name);

  [[nodiscard]] const std::string& name() const { return name_; }

  /// With that seed, or its own. An error is one line.
  [[nodiscard]] expected<kit::scenario, std::string>
  read(std::optional<std::uint64_t> seed = std::nullopt) const;

private:
  std::string name_;
  std::string text_;
  /// Why it cannot be read, as a number of `errno`, or 0.
  int error_;
};

} // namespace devp2p::tool
