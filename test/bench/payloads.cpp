// SPDX-License-Identifier: BSL-1.0
#include "payloads.hpp"

#include <random>

namespace devp2p::bench {

std::vector<std::size_t> payload_sizes(const options& chosen) {
  if (!chosen.payloads.empty())
    return chosen.payloads;
  return {16, 256, 4096, 65536, std::size_t{1} << 20};
}

bytes make_payload(std::string_view data, std::size_t size) {
  bytes out(size);
  std::mt19937 random;
  for (std::size_t i = 0; i < size; ++i)
    out[i] = static_cast<std::uint8_t>(data == "random" ? random() : i % 16);
  return out;
}

} // namespace devp2p::bench
