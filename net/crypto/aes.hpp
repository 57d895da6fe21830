// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"
#include "devp2p/net/crypto/secret.hpp"

#include <cstddef>
#include <memory>

struct evp_cipher_ctx_st; // libcrypto's

namespace devp2p::crypto {

inline constexpr std::size_t aes_block_size = 16;

using aes_block = byte_array<aes_block_size>;

/// Destroys a cipher of libcrypto, which wipes its key.
struct cipher_deleter {
  void operator()(evp_cipher_ctx_st* cipher) const;
};

using cipher_handle = std::unique_ptr<evp_cipher_ctx_st, cipher_deleter>;

/// The key stream of AES in counter mode (NIST SP 800-38A, section 6.5), which both encrypts and
/// decrypts. Is moved but never copied: two copies would use the same stream twice.
///
/// Allocates only when it is made.
class aes_ctr {
public:
  /// AES-128.
  aes_ctr(const secret<16>& key, const aes_block& initial_counter);
  /// AES-256.
  aes_ctr(const secret<32>& key, const aes_block& initial_counter);

  /// Encrypts or decrypts `data` in place with the next bytes of the stream; at most `INT_MAX`
  /// bytes at a time.
  void apply(mutable_byte_view data);

private:
  cipher_handle cipher_;
};

/// AES-256 on single blocks. As a mode of operation, only the MAC of RLPx uses it.
///
/// Allocates only when it is made.
class aes256 {
public:
  explicit aes256(const secret<32>& key);

  [[nodiscard]] aes_block encrypt(const aes_block& plain) const;

private:
  cipher_handle cipher_;
};

} // namespace devp2p::crypto
