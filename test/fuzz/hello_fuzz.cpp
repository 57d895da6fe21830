// SPDX-License-Identifier: BSL-1.0

// Goal: no payload of a Hello does harm, and a decoded Hello is within its bounds.
//
// Method: decodes the input. The Hello, encoded again, must be no longer than the input and must
// decode to the same, except for the order of the capabilities, which the encoder sorts.

#include "target.hpp"

#include "devp2p/net/p2p/base.hpp"

#include <algorithm>
#include <cstdlib>

namespace devp2p::fuzz::hello_target {

static int run(const std::uint8_t* data, std::size_t size) {
  auto first = p2p::decode_hello({data, size});
  if (!first)
    return 0;
  require(size <= p2p::max_hello_size);
  require(!first->id.is_zero());
  require(first->capabilities.size() <= p2p::max_capabilities);
  for (auto& offered : first->capabilities)
    require(offered.name.size() <= p2p::max_capability_name);

  auto payload = p2p::encode_hello(*first);
  require(payload.size() <= size);
  auto second = p2p::decode_hello(payload);
  require(static_cast<bool>(second));
  auto& capabilities = first->capabilities;
  std::sort(capabilities.begin(), capabilities.end());
  capabilities.erase(std::unique(capabilities.begin(), capabilities.end()), capabilities.end());
  require(*first == *second);
  return 0;
}

static const target registered{"hello", run};

} // namespace devp2p::fuzz::hello_target
