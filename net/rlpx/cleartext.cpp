// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/rlpx/cleartext.hpp"

#include <algorithm>
#include <cassert>

namespace devp2p::rlpx {

namespace {

constexpr std::size_t id_size = sizeof(node_id::value);

node_id read_id(byte_view from) {
  node_id out;
  std::copy_n(from.begin(), id_size, out.value.begin());
  return out;
}

void append(bytes& out, const node_id& id) {
  out.insert(out.end(), id.value.begin(), id.value.end());
}

} // namespace

cleartext_handshake cleartext_handshake::initiator(const node_id& self, const node_id& remote) {
  return {self, remote};
}

cleartext_handshake cleartext_handshake::recipient(const node_id& self) {
  return {self, std::nullopt};
}

expected<bytes> cleartext_handshake::start() const {
  assert(wanted_);
  bytes out;
  append(out, self_);
  append(out, *wanted_);
  return out;
}

cleartext_handshake::outcome cleartext_handshake::receive(byte_view& in) const {
  const auto size = wanted_ ? id_size : 2 * id_size;
  if (in.size() < size)
    return handshake::incomplete{size};
  established out{read_id(in), {}};
  if (wanted_ ? out.remote != *wanted_ : read_id(in.subspan(id_size)) != self_)
    return errc::handshake_decryption;
  in = in.subspan(size);
  if (!wanted_)
    append(out.reply, self_);
  return out;
}

void cleartext_codec::seal_header(mutable_byte_view header, std::size_t content_size) {
  assert(content_size > 0 && content_size <= frame_codec::max_content_size);
  std::fill(header.begin(), header.end(), std::uint8_t{0});
  header[0] = static_cast<std::uint8_t>(content_size >> 16);
  header[1] = static_cast<std::uint8_t>(content_size >> 8);
  header[2] = static_cast<std::uint8_t>(content_size);
}

expected<std::size_t> cleartext_codec::open_header(mutable_byte_view in) {
  assert(in.size() >= frame_codec::header_size);
  return static_cast<std::size_t>(in[0] << 16 | in[1] << 8 | in[2]);
}

} // namespace devp2p::rlpx
