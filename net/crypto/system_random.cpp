// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/crypto/system_random.hpp"

#include <openssl/rand.h>

#include <cassert>
#include <climits>
#include <cstdlib>

namespace devp2p::crypto {

void system_random::fill(mutable_byte_view out) {
  assert(out.size() <= INT_MAX);
  if (RAND_bytes(out.data(), static_cast<int>(out.size())) != 1)
    std::abort();
}

} // namespace devp2p::crypto
