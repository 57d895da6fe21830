// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"
#include "devp2p/messages/expected.hpp"
#include "devp2p/net/crypto/aes.hpp"
#include "devp2p/net/crypto/keccak256.hpp"
#include "devp2p/net/rlpx/secrets.hpp"

#include <cstddef>
#include <optional>

namespace devp2p::rlpx {

/// Seals and opens RLPx frames where they stand (RLPx, "Framing"):
/// header (16) ‖ its tag (16) ‖ content, padded with zeros to a multiple of 16 ‖ its tag (16).
///
/// Both directions are cipher streams: each must see every octet once and in order. After an `errc`
/// the session must end. Allocates only for its first frame, and the first after a `rest`. Holds
/// keys, so it is moved but never copied or printed. Not thread-safe.
class frame_codec {
public:
  /// The header and its tag.
  static constexpr std::size_t header_size = 32;
  /// The header has 24 bits for it.
  static constexpr std::size_t max_content_size = 0xff'ffff;

  /// What follows the header of a frame with so much content: that, its padding and its tag.
  [[nodiscard]] static constexpr std::size_t body_size(std::size_t content_size) {
    return (content_size + 15) / 16 * 16 + 16;
  }

  explicit frame_codec(const secrets& keys);

  /// Makes a frame of `content_size` octets of content, from 1 to `max_content_size`. `frame` is
  /// all of its room; the content stands in it after `header_size` octets, and zeros behind that.
  void seal(mutable_byte_view frame, std::size_t content_size);

  /// The size of the content that the header announces. `in` is what has come, from the header on
  /// and at least `header_size` octets; if the body has, too, both are authenticated in one go.
  [[nodiscard]] expected<std::size_t> open_header(mutable_byte_view in);
  /// Decrypts the body, all of `body_size` octets, that comes after that header. Its content is
  /// then at its start.
  [[nodiscard]] std::optional<errc> open_body(mutable_byte_view body);

  /// Gives back the two kilobytes that libcrypto's ciphers take; the next frame makes them anew,
  /// which takes less than a microsecond.
  void rest() { ciphers_.reset(); }

private:
  struct ciphers {
    crypto::aes_ctr encryption;
    crypto::aes_ctr decryption;
    crypto::aes256 seed;
  };

  /// The running hash of one direction.
  struct mac {
    crypto::keccak256 hash;
    /// What its digest starts with.
    crypto::aes_block digest;
  };

  void wake();
  void encrypt(mutable_byte_view data);
  void decrypt(mutable_byte_view data);
  static mac begin(const crypto::keccak256& hash);
  static crypto::aes_block take_digest(mac& of);
  void absorb_seed(mac& of, const crypto::aes_block& mask) const;
  crypto::aes_block absorb_body(mac& of, byte_view body) const;
  crypto::aes_block body_tag(mac& of) const;

  crypto::secret<32> aes_key_;
  crypto::secret<32> mac_key_;
  /// Blocks of each stream that have been used.
  std::uint64_t encrypted_ = 0;
  std::uint64_t decrypted_ = 0;
  /// None while at rest.
  std::optional<ciphers> ciphers_;
  mac egress_;
  mac ingress_;
  /// `ingress_` has taken the body together with its header.
  bool body_absorbed_ = false;
};

} // namespace devp2p::rlpx
