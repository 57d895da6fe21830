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

/// Seals and opens RLPx frames in place (RLPx, "Framing"), sizes in bytes:
/// header (16) ‖ its tag (16) ‖ content, padded with zeros to a multiple of 16 ‖ its tag (16).
///
/// Both directions are cipher streams: each must see every byte once and in order. After an `errc`
/// the session must end. Allocates only for its first frame, and the first after a `rest`. Holds
/// keys, so it is moved but never copied or printed. Not thread-safe.
class frame_codec {
public:
  /// The number of bytes of a header and its tag.
  static constexpr std::size_t header_size = 32;
  /// The largest content in bytes: the header has 24 bits for it.
  static constexpr std::size_t max_content_size = 0xff'ffff;

  /// Returns the size of a frame's body: the content, its padding and its tag.
  [[nodiscard]] static constexpr std::size_t body_size(std::size_t content_size) {
    return (content_size + 15) / 16 * 16 + 16;
  }

  explicit frame_codec(const secrets& keys);

  /// Makes a frame of `content_size` bytes of content, from 1 to `max_content_size`. `frame` has
  /// the size of the whole frame. The content stands in it after `header_size` bytes, and zeros
  /// behind the content.
  void seal(mutable_byte_view frame, std::size_t content_size);

  // A frame in parts: header, body, and the body's tag.

  /// Makes a header and its tag in `header`, which has `header_size` bytes.
  void seal_header(mutable_byte_view header, std::size_t content_size);
  /// Makes the next part of the body: whole blocks of 16 bytes of content and padding.
  void seal_part(mutable_byte_view part);
  /// Makes the body's tag in `tag`, which has 16 bytes. All of the body must have been sealed.
  void seal_tag(mutable_byte_view tag);

  /// Returns the size of the content that the header announces. `in` is the data that has come,
  /// from the header on and at least `header_size` bytes. If it holds the body, too, the hash takes
  /// both in one go.
  [[nodiscard]] expected<std::size_t> open_header(mutable_byte_view in);
  /// Takes a part of the body that comes after that header, before all of it has come: whole blocks
  /// of 16 bytes, and nothing of the tag. The part is decrypted, and not authentic until
  /// `open_body` says so. Must not be called if `open_header` was given the whole body.
  void open_part(mutable_byte_view part);
  /// Authenticates the body and decrypts the rest of it: what no `open_part` has taken, its tag
  /// included, together `body_size` bytes. The content is then at the start of the body.
  [[nodiscard]] std::optional<errc> open_body(mutable_byte_view rest);

  /// Frees the two kilobytes that libcrypto's ciphers take. The next frame makes them anew, which
  /// takes less than a microsecond.
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
    /// The first block of the hash's digest.
    crypto::aes_block digest;
  };

  void wake();
  void encrypt(mutable_byte_view data);
  void decrypt(mutable_byte_view data);
  static mac begin(const crypto::keccak256& hash);
  static crypto::aes_block take_digest(mac& of);
  void absorb_seed(mac& of, const crypto::aes_block& mask) const;
  static crypto::aes_block absorb_body(mac& of, byte_view body);
  crypto::aes_block body_tag(mac& of) const;

  crypto::secret<32> aes_key_;
  crypto::secret<32> mac_key_;
  /// The number of blocks of the encryption stream that have been used.
  std::uint64_t encrypted_ = 0;
  /// The number of blocks of the decryption stream that have been used.
  std::uint64_t decrypted_ = 0;
  /// Empty while at rest.
  std::optional<ciphers> ciphers_;
  mac egress_;
  mac ingress_;
  /// Whether `ingress_` has taken the body together with its header.
  bool body_absorbed_ = false;
};

} // namespace devp2p::rlpx
