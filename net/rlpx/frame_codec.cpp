// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/rlpx/frame_codec.hpp"

#include "devp2p/net/crypto/secret.hpp"

#include <algorithm>
#include <cassert>

namespace devp2p::rlpx {

namespace {

constexpr std::size_t tag_size = crypto::aes_block_size;

/// The header's content after the size: a list of two zeros, for a kind of frame that never came.
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

/// Returns the counter of that block: it starts at zero and takes all of a block.
crypto::aes_block counter_at(std::uint64_t block) {
  crypto::aes_block out{};
  for (auto i = out.rbegin(); block != 0; ++i, block >>= 8)
    *i = static_cast<std::uint8_t>(block);
  return out;
}

} // namespace

frame_codec::frame_codec(const secrets& keys)
  : aes_key_(keys.aes),
    mac_key_(keys.mac),
    egress_(begin(keys.egress_mac)),
    ingress_(begin(keys.ingress_mac)) {}

// Both directions have the same key stream: RLPx defines it so.
void frame_codec::wake() {
  if (!ciphers_)
    ciphers_.emplace(ciphers{{aes_key_, counter_at(encrypted_)},
                             {aes_key_, counter_at(decrypted_)},
                             crypto::aes256{mac_key_}});
}

void frame_codec::encrypt(mutable_byte_view data) {
  ciphers_->encryption.apply(data);
  encrypted_ += data.size() / crypto::aes_block_size;
}

void frame_codec::decrypt(mutable_byte_view data) {
  ciphers_->decryption.apply(data);
  decrypted_ += data.size() / crypto::aes_block_size;
}

frame_codec::mac frame_codec::begin(const crypto::keccak256& hash) {
  return {hash, first_block(hash.digest())};
}

crypto::aes_block frame_codec::take_digest(mac& of) {
  return of.digest = first_block(of.hash.digest());
}

void frame_codec::seal(mutable_byte_view frame, std::size_t content_size) {
  assert(content_size > 0 && content_size <= max_content_size);
  assert(frame.size() == header_size + body_size(content_size));
  wake();
  auto header = frame.first(header_size - tag_size);
  auto body = frame.subspan(header_size).first(body_size(content_size) - tag_size);
  // The header goes right before the body, where its tag will be, so that one call encrypts both.
  auto header_at_tag = frame.subspan(header.size(), header.size());
  static_assert(header_size == 2 * tag_size);
  write_header(header_at_tag, content_size);
  encrypt(frame.subspan(header.size(), header.size() + body.size()));
  std::copy(header_at_tag.begin(), header_at_tag.end(), header.begin());
  absorb_seed(egress_, first_block(header));
  auto tag = absorb_body(egress_, body);
  std::copy(tag.begin(), tag.end(), header.end());
  tag = body_tag(egress_);
  std::copy(tag.begin(), tag.end(), body.end());
}

void frame_codec::seal_header(mutable_byte_view header, std::size_t content_size) {
  assert(content_size > 0 && content_size <= max_content_size);
  assert(header.size() == header_size);
  wake();
  auto sealed = header.first(header_size - tag_size);
  write_header(sealed, content_size);
  encrypt(sealed);
  absorb_seed(egress_, first_block(sealed));
  auto tag = take_digest(egress_);
  std::copy(tag.begin(), tag.end(), sealed.end());
}

void frame_codec::seal_part(mutable_byte_view part) {
  assert(part.size() % crypto::aes_block_size == 0);
  wake();
  encrypt(part);
  egress_.hash.update(part);
}

void frame_codec::seal_tag(mutable_byte_view tag) {
  assert(tag.size() == tag_size);
  wake();
  take_digest(egress_);
  auto made = body_tag(egress_);
  std::copy(made.begin(), made.end(), tag.begin());
}

expected<std::size_t> frame_codec::open_header(mutable_byte_view in) {
  assert(in.size() >= header_size);
  wake();
  auto header = in.first(header_size - tag_size);
  absorb_seed(ingress_, first_block(header));
  decrypt(header);
  // The size is not authentic yet: its tag is checked below.
  auto announced = static_cast<std::size_t>(header[0] << 16 | header[1] << 8 | header[2]);
  auto rest = in.subspan(header_size);
  body_absorbed_ = announced > 0 && rest.size() >= body_size(announced);
  auto tag = body_absorbed_ ? absorb_body(ingress_, rest.first(body_size(announced) - tag_size))
                            : take_digest(ingress_);
  if (!crypto::equal_in_constant_time(tag, in.subspan(header.size(), tag_size)))
    return errc::header_mac_mismatch;
  return announced;
}

void frame_codec::open_part(mutable_byte_view part) {
  assert(!body_absorbed_ && part.size() % crypto::aes_block_size == 0);
  wake();
  ingress_.hash.update(part);
  decrypt(part);
}

std::optional<errc> frame_codec::open_body(mutable_byte_view rest) {
  assert(rest.size() >= tag_size && rest.size() % crypto::aes_block_size == 0);
  wake();
  auto sealed = rest.first(rest.size() - tag_size);
  if (!body_absorbed_) {
    ingress_.hash.update(sealed);
    take_digest(ingress_);
  }
  if (!crypto::equal_in_constant_time(body_tag(ingress_), rest.last(tag_size)))
    return errc::body_mac_mismatch;
  decrypt(sealed);
  return std::nullopt;
}

// Each digest is a permutation of Keccak, and no other step here costs more. The digest that a tag
// is taken from is also the start of the next seed, so it is kept.
void frame_codec::absorb_seed(mac& of, const crypto::aes_block& mask) const {
  auto seed = ciphers_->seed.encrypt(of.digest);
  for (std::size_t i = 0; i < seed.size(); ++i)
    seed[i] ^= mask[i];
  of.hash.update(seed);
  crypto::wipe(seed);
}

/// Absorbs `body`, and returns the tag of the header, whose seed has been absorbed. The tag is not
/// itself part of the hash, so that its digest does not wait for the body, nor the body for it.
crypto::aes_block frame_codec::absorb_body(mac& of, byte_view body) {
  auto digests = of.hash.update_between(body);
  of.digest = first_block(digests.after);
  return first_block(digests.before);
}

/// Returns the tag of the body that has been absorbed.
crypto::aes_block frame_codec::body_tag(mac& of) const {
  absorb_seed(of, of.digest);
  return take_digest(of);
}

} // namespace devp2p::rlpx
