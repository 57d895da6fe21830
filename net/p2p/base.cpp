// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/p2p/base.hpp"

#include "devp2p/net/rlp/decoder.hpp"
#include "devp2p/net/rlp/encoder.hpp"

#include <snappy.h>

#include <algorithm>
#include <limits>
#include <optional>

namespace devp2p::p2p {

namespace {

std::string to_text(byte_view content) {
  return {content.begin(), content.end()};
}

std::vector<capability> sorted(std::vector<capability> in) {
  std::sort(in.begin(), in.end());
  in.erase(std::unique(in.begin(), in.end()), in.end());
  return in;
}

/// Returns `nullopt` if there are too many; `list` knows whether it could be read.
std::optional<std::vector<capability>> read_capabilities(rlp::decoder& list) {
  std::vector<capability> out;
  while (!list.at_end()) {
    if (out.size() == max_capabilities)
      return std::nullopt;
    auto pair = list.list();
    auto name = to_text(pair.string(max_capability_name));
    auto version = pair.integer();
    out.push_back({std::move(name), version});
  }
  return out;
}

/// Reads the byte of a reason, after its list has been opened if it is in one.
byte_view read_reason_byte(rlp::decoder& in) {
  // An empty list gives no reason.
  return in.at_end() ? byte_view{} : in.string(1);
}

/// Returns the reason if `payload` is, uncompressed, one item that holds one.
std::optional<disconnect_reason> read_reason(byte_view payload) {
  rlp::decoder in{payload};
  byte_view code;
  if (in.next_kind() == rlp::kind::list) {
    auto list = in.list();
    code = read_reason_byte(list);
  } else {
    code = read_reason_byte(in);
  }
  in.expect_end();
  if (in.error())
    return std::nullopt;
  // Not read as an integer: some nodes encode zero as the byte 0x00, which is not canonical.
  return code.empty() ? disconnect_reason::requested : disconnect_reason{code.front()};
}

std::optional<disconnect_reason> read_compressed_reason(byte_view payload) {
  auto block = reinterpret_cast<const char*>(payload.data());
  byte_array<max_disconnect_size> buffer;
  std::size_t size = 0;
  if (!snappy::GetUncompressedLength(block, payload.size(), &size) || size > buffer.size())
    return std::nullopt;
  if (!snappy::RawUncompress(block, payload.size(), reinterpret_cast<char*>(buffer.data())))
    return std::nullopt;
  return read_reason(byte_view{buffer}.first(size));
}

} // namespace

bytes encode_hello(const hello& x) {
  bytes payload;
  rlp::encoder out{payload};
  out.list([&] {
    out.integer(x.version);
    out.string(x.client_id);
    out.list([&] {
      for (auto& offered : sorted(x.capabilities))
        out.list([&] {
          out.string(offered.name);
          out.integer(offered.version);
        });
    });
    out.integer(x.listen_port);
    out.string(x.id.value);
  });
  return payload;
}

namespace {

/// Reads a port, or zero if it is none. The field is not used, and some nodes write a value that is
/// no port, or a zero that is not canonical.
std::uint16_t read_port(byte_view item) {
  rlp::decoder in{item};
  auto port = in.integer(std::numeric_limits<std::uint16_t>::max());
  return in.error() ? std::uint16_t{0} : static_cast<std::uint16_t>(port);
}

} // namespace

expected<hello> decode_hello(byte_view payload) {
  if (payload.size() > max_hello_size)
    return errc::message_too_large;
  hello out;
  rlp::decoder in{payload};
  auto fields = in.list();
  out.version = fields.integer();
  out.client_id = to_text(fields.string());
  auto list = fields.list();
  auto capabilities = read_capabilities(list);
  auto port = fields.raw();
  auto id = fields.string();
  if (in.error() || !capabilities)
    return errc::malformed_hello;
  out.capabilities = std::move(*capabilities);
  out.listen_port = read_port(port);
  if (id.size() != out.id.value.size())
    return errc::invalid_identity;
  std::copy(id.begin(), id.end(), out.id.value.begin());
  if (out.id.is_zero())
    return errc::invalid_identity;
  return out;
}

std::optional<std::uint64_t> version_of_hello(byte_view payload) {
  rlp::decoder in{payload};
  auto fields = in.list();
  auto version = fields.integer();
  return in.error() ? std::nullopt : std::optional{version};
}

bytes encode_disconnect(disconnect_reason reason) {
  if (reason == disconnect_reason::undecodable)
    reason = disconnect_reason::requested;
  bytes payload;
  rlp::encoder out{payload};
  out.list([&] { out.integer(static_cast<std::uint8_t>(reason)); });
  return payload;
}

disconnect_reason decode_disconnect(byte_view payload) {
  if (payload.size() > max_disconnect_size)
    return disconnect_reason::undecodable;
  // No plain form is mistaken for a compressed one, nor the other way round: a snappy block that
  // holds a reason starts with a length of one byte, an item of RLP by itself, and more follows.
  if (auto reason = read_reason(payload))
    return *reason;
  return read_compressed_reason(payload).value_or(disconnect_reason::undecodable);
}

} // namespace devp2p::p2p
