// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "eth/status.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace devp2p::test {

/// The chain that chain.mjs has written. Throws `std::runtime_error` if it is not there.
struct exported_chain {
  /// The folder of the files.
  std::string folder;
  /// The facts in chain.json.
  nlohmann::json facts;
  eth::served_chain served;

  exported_chain();

  /// Returns the chain without any block but the genesis.
  [[nodiscard]] eth::served_chain at_genesis() const;
};

} // namespace devp2p::test
