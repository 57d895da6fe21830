// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/crypto/sha256.hpp"

#include "devp2p/net/crypto/libcrypto.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <array>
#include <cassert>
#include <cstddef>
#include <memory>
#include <string>

namespace devp2p::crypto {

namespace {

struct mac_deleter {
  void operator()(EVP_MAC* mac) const { EVP_MAC_free(mac); }
  void operator()(EVP_MAC_CTX* mac) const { EVP_MAC_CTX_free(mac); }
};
using mac_handle = std::unique_ptr<EVP_MAC_CTX, mac_deleter>;

/// Finds the hash. Called once: libcrypto takes longer to find it by its name than to hash a short
/// message.
const EVP_MD* find_digest() {
  auto* out = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  require(out != nullptr);
  return out;
}

/// Makes an HMAC without a key, to be copied. Called once, likewise.
mac_handle make_mac() {
  std::unique_ptr<EVP_MAC, mac_deleter> kind{EVP_MAC_fetch(nullptr, "HMAC", nullptr)};
  require(kind != nullptr);
  mac_handle out{EVP_MAC_CTX_new(kind.get())};
  require(out != nullptr);
  std::string name = "SHA256";
  const std::array<OSSL_PARAM, 2> digest{
    OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name.data(), name.size()),
    OSSL_PARAM_construct_end()};
  require(EVP_MAC_CTX_set_params(out.get(), digest.data()));
  return out;
}

} // namespace

byte_array<sha256_size> sha256(byte_view in) {
  static const auto* const digest = find_digest();
  byte_array<sha256_size> out;
  require(EVP_Digest(in.data(), in.size(), out.data(), nullptr, digest, nullptr));
  return out;
}

byte_array<sha256_size> hmac_sha256(byte_view key, byte_view in) {
  assert(!key.empty()); // libcrypto takes that for no key at all.
  // Never freed: threads may outlive it.
  static const auto* const without_key = make_mac().release();
  mac_handle mac{EVP_MAC_CTX_dup(without_key)};
  require(mac != nullptr);
  byte_array<sha256_size> out;
  std::size_t size = 0;
  require(EVP_MAC_init(mac.get(), key.data(), key.size(), nullptr));
  require(EVP_MAC_update(mac.get(), in.data(), in.size()));
  require(EVP_MAC_final(mac.get(), out.data(), &size, out.size()));
  return out;
}

} // namespace devp2p::crypto
