// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/crypto/system_random.hpp"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <cassert>
#include <climits>
#include <cstdlib>

namespace devp2p::crypto {

namespace {

/// Keeps libcrypto from freeing its memory when the process exits: threads that nobody joins, as
/// CAF's of detached actors, may still end then, and free what it keeps for each of them again.
/// Done before `main`, since only libcrypto's first initialization can say so.
[[maybe_unused]] const auto without_cleanup_at_exit =
  OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, nullptr);

} // namespace

void system_random::fill(mutable_byte_view out) {
  assert(out.size() <= INT_MAX);
  if (RAND_bytes(out.data(), static_cast<int>(out.size())) != 1)
    std::abort();
}

} // namespace devp2p::crypto
