// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "eth/fork_id.hpp"
#include "eth/protocol.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

/// The vectors of `test/vectors/eth_vectors.json` as values.
namespace devp2p::test {

using nlohmann::json;

inline const json& eth_vectors() {
  static const auto out = [] {
    std::ifstream file{DEVP2P_VECTORS "/eth_vectors.json"};
    BOOST_REQUIRE_MESSAGE(file, "the vectors cannot be opened");
    return json::parse(file);
  }();
  return out;
}

inline bytes octets(const json& text) {
  return from_hex(text.get<std::string>()).value();
}

template <std::size_t N = 32>
byte_array<N> octet_array(const json& text) {
  auto from = octets(text);
  BOOST_REQUIRE(from.size() == N);
  byte_array<N> out{};
  std::copy(from.begin(), from.end(), out.begin());
  return out;
}

inline eth::fork_schedule schedule_of(const json& genesis, const json& blocks, const json& times,
                                      std::uint64_t genesis_time = 0) {
  return {octet_array(genesis), blocks.get<std::vector<std::uint64_t>>(),
          times.get<std::vector<std::uint64_t>>(), genesis_time};
}

} // namespace devp2p::test
