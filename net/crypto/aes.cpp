// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/crypto/aes.hpp"

#include "devp2p/net/crypto/libcrypto.hpp"

#include <openssl/evp.h>

#include <cassert>
#include <climits>

namespace devp2p::crypto {

namespace {

cipher_handle make_cipher(const EVP_CIPHER* kind, const std::uint8_t* key,
                          const std::uint8_t* initial_counter) {
  cipher_handle out{EVP_CIPHER_CTX_new()};
  require(out != nullptr);
  require(EVP_EncryptInit_ex2(out.get(), kind, key, initial_counter, nullptr));
  require(EVP_CIPHER_CTX_set_padding(out.get(), 0));
  return out;
}

/// Finds a cipher. Called once for each: libcrypto takes as long to find a cipher by its name as to
/// make one.
const EVP_CIPHER* find(const char* name) {
  auto* out = EVP_CIPHER_fetch(nullptr, name, nullptr);
  require(out != nullptr);
  return out;
}

const EVP_CIPHER* aes_128_ctr() {
  static const auto* const out = find("AES-128-CTR");
  return out;
}

const EVP_CIPHER* aes_256_ctr() {
  static const auto* const out = find("AES-256-CTR");
  return out;
}

const EVP_CIPHER* aes_256_ecb() {
  static const auto* const out = find("AES-256-ECB");
  return out;
}

} // namespace

void cipher_deleter::operator()(evp_cipher_ctx_st* cipher) const {
  EVP_CIPHER_CTX_free(cipher);
}

aes_ctr::aes_ctr(const secret<16>& key, const aes_block& initial_counter)
  : cipher_(make_cipher(aes_128_ctr(), key.content().data(), initial_counter.data())) {}

aes_ctr::aes_ctr(const secret<32>& key, const aes_block& initial_counter)
  : cipher_(make_cipher(aes_256_ctr(), key.content().data(), initial_counter.data())) {}

void aes_ctr::apply(mutable_byte_view data) {
  assert(data.size() <= INT_MAX);
  int written = 0;
  require(EVP_EncryptUpdate(cipher_.get(), data.data(), &written, data.data(),
                            static_cast<int>(data.size())));
}

aes256::aes256(const secret<32>& key)
  : cipher_(make_cipher(aes_256_ecb(), key.content().data(), nullptr)) {}

aes_block aes256::encrypt(const aes_block& plain) const {
  aes_block out;
  int written = 0;
  require(EVP_EncryptUpdate(cipher_.get(), out.data(), &written, plain.data(), aes_block_size));
  return out;
}

} // namespace devp2p::crypto
