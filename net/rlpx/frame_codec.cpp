// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/rlpx/frame_codec.hpp"

#include "devp2p/net/crypto/secret.hpp"

#include <algorithm>
#include <cassert>

namespace devp2p::rlpx {

namespace {

constexpr std::size_t tag_size = crypto::aes_block_size;

/// What a header holds after the size: a list of two zeros, for a kind of frame that never came.
constexpr byte_array<3> header_data{0xc2, 0x80, 0x80};

crypto::aes_block first_block(byte_view in) {
  crypto::aes_block out;
  std::copy_n(in.begin(), out.size(), out.begin());
  return out;
}

void write_header(mutable_byte_view header, std::size_t content_size) {
  std::fill(header.begin(), header.end(), std::uint8_t{0});
  header[0] = static_cast<std::uint8_t>(content_size >> 16);
  header[1] = static_cast<std::uint8_t>(content_size >> 8);
  header[2] = static_cast<std::uint8_t>(content_size);
  std::copy(header_data.begin(), header_data.end(), header.begin() + 3);
}

} // namespace

// Both directions have the same key stream. That is how RLPx is.
frame_codec::frame_codec(const secrets& keys)
  : encryption_(keys.aes, {}),
    decryption_(keys.aes, {}),
    seed_cipher_(keys.mac),
    egress_(begin(keys.egress_mac)),
    ingress_(begin(keys.ingress_mac)) {}

frame_codec::mac frame_codec::begin(const crypto::keccak256& hash) {
  return {hash, first_block(hash.digest())};
}

void frame_codec::seal(mutable_byte_view frame, std::size_t content_size) {
  assert(content_size > 0 && content_size <= max_content_size);
  assert(frame.size() == header_size + body_size(content_size));
  auto header = frame.first(header_size - tag_size);
  write_header(header, content_size);
  encryption_.apply(header);
  auto tag = header_tag(egress_, header);
  std::copy(tag.begin(), tag.end(), header.end());
  auto body = frame.subspan(header_size).first(body_size(content_size) - tag_size);
  encryption_.apply(body);
  tag = body_tag(egress_, body);
  std::copy(tag.begin(), tag.end(), body.end());
}

expected<std::size_t> frame_codec::open_header(mutable_byte_view header) {
  assert(header.size() == header_size);
  auto sealed = header.first(header_size - tag_size);
  if (!crypto::equal_in_constant_time(header_tag(ingress_, sealed), header.last(tag_size)))
    return errc::header_mac_mismatch;
  decryption_.apply(sealed);
  return static_cast<std::size_t>(sealed[0] << 16 | sealed[1] << 8 | sealed[2]);
}

std::optional<errc> frame_codec::open_body(mutable_byte_view body) {
  assert(body.size() > tag_size && body.size() % crypto::aes_block_size == 0);
  auto sealed = body.first(body.size() - tag_size);
  if (!crypto::equal_in_constant_time(body_tag(ingress_, sealed), body.last(tag_size)))
    return errc::body_mac_mismatch;
  decryption_.apply(sealed);
  return std::nullopt;
}

// Each digest is a permutation of Keccak, and nothing here costs more. The digest that a tag is
// taken from is also what the next seed starts from, so it is kept.
void frame_codec::absorb_seed(mac& of, const crypto::aes_block& mask) const {
  auto seed = seed_cipher_.encrypt(of.digest);
  for (std::size_t i = 0; i < seed.size(); ++i)
    seed[i] ^= mask[i];
  of.hash.update(seed);
  of.digest = first_block(of.hash.digest());
}

crypto::aes_block frame_codec::header_tag(mac& of, byte_view header) const {
  absorb_seed(of, first_block(header));
  return of.digest;
}

crypto::aes_block frame_codec::body_tag(mac& of, byte_view body) const {
  of.hash.update(body);
  of.digest = first_block(of.hash.digest());
  absorb_seed(of, of.digest);
  return of.digest;
}

} // namespace devp2p::rlpx
