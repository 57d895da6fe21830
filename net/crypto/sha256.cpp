// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/crypto/sha256.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <cassert>
#include <climits>
#include <new>

namespace devp2p::crypto {

static_assert(sha256_size == SHA256_DIGEST_LENGTH);

byte_array<sha256_size> sha256(byte_view in) {
  byte_array<sha256_size> out;
  if (SHA256(in.data(), in.size(), out.data()) == nullptr)
    throw std::bad_alloc{}; // The only failure that libcrypto knows here.
  return out;
}

byte_array<sha256_size> hmac_sha256(byte_view key, byte_view in) {
  assert(key.size() <= INT_MAX);
  byte_array<sha256_size> out;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), in.data(), in.size(), out.data(),
           nullptr) == nullptr)
    throw std::bad_alloc{}; // As above.
  return out;
}

} // namespace devp2p::crypto
