// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/crypto/sha256.hpp"

#include "devp2p/net/crypto/secret.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

namespace devp2p::crypto {

namespace {

/// The number of bytes that the hash takes at a time, to which HMAC extends a key.
constexpr std::size_t block_size = 64;

// Throws unless `result` is 1: memory is all that libcrypto can lack.
void require(int result) {
  if (result != 1)
    throw std::bad_alloc{};
}

/// Finds the hash. Called once: libcrypto takes longer to find it by its name than to hash a short
/// message.
const EVP_MD* find() {
  auto* out = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  require(out != nullptr);
  return out;
}

const EVP_MD* algorithm() {
  static const auto* const out = find();
  return out;
}

struct hash_deleter {
  void operator()(EVP_MD_CTX* hash) const { EVP_MD_CTX_free(hash); }
};

/// Hashes messages, one after another. libcrypto wipes what it leaves behind.
class hash {
public:
  hash() : state_(EVP_MD_CTX_new()) { require(state_ != nullptr); }

  /// Returns the hash of a key, padded to a block that is combined with `mask`, and `in`.
  byte_array<sha256_size> of(byte_array<block_size> key, std::uint8_t mask, byte_view in) {
    for (auto& x : key)
      x ^= mask;
    byte_array<sha256_size> out;
    require(EVP_DigestInit_ex2(state_.get(), algorithm(), nullptr));
    require(EVP_DigestUpdate(state_.get(), key.data(), key.size()));
    require(EVP_DigestUpdate(state_.get(), in.data(), in.size()));
    require(EVP_DigestFinal_ex(state_.get(), out.data(), nullptr));
    wipe(key);
    return out;
  }

private:
  std::unique_ptr<EVP_MD_CTX, hash_deleter> state_;
};

} // namespace

byte_array<sha256_size> sha256(byte_view in) {
  byte_array<sha256_size> out;
  require(EVP_Digest(in.data(), in.size(), out.data(), nullptr, algorithm(), nullptr));
  return out;
}

byte_array<sha256_size> hmac_sha256(byte_view key, byte_view in) {
  secret<block_size> padded;
  if (key.size() > block_size) {
    secret<sha256_size> hashed{sha256(key)};
    std::copy_n(hashed.content().begin(), sha256_size, padded.content().begin());
  } else {
    std::copy(key.begin(), key.end(), padded.content().begin());
  }
  hash both;
  auto inner = both.of(padded.content(), 0x36, in);
  return both.of(padded.content(), 0x5c, inner);
}

} // namespace devp2p::crypto
