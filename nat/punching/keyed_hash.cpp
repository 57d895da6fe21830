// SPDX-License-Identifier: BSL-1.0
#include "devp2p/nat/punching/keyed_hash.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <new>

namespace devp2p::nat {

byte_array<32> keyed_hash(byte_view key, std::initializer_list<byte_view> parts) {
  bytes whole;
  for (auto part : parts)
    whole.insert(whole.end(), part.begin(), part.end());
  byte_array<32> out{};
  unsigned size = 0;
  // HMAC fails only if memory runs out.
  if (!HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), whole.data(), whole.size(),
            out.data(), &size))
    throw std::bad_alloc{};
  return out;
}

byte_array<16> short_keyed_hash(byte_view key, std::initializer_list<byte_view> parts) {
  auto whole = keyed_hash(key, parts);
  byte_array<16> out{};
  std::copy_n(whole.begin(), out.size(), out.begin());
  return out;
}

bool equal_secrets(const byte_array<16>& one, const byte_array<16>& other) {
  return CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

} // namespace devp2p::nat
