// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/rlpx/session.hpp"

#include "devp2p/net/rlp/decoder.hpp"
#include "devp2p/net/rlp/encoder.hpp"
#include "devp2p/net/rlpx/compression.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace devp2p::rlpx {

namespace {

/// The largest size in bytes of an integer of 64 bits in RLP.
constexpr std::size_t max_id_size = 9;

/// The smallest part of a body that is worth a call of its own. A multiple of the cipher's block.
constexpr std::size_t min_part = std::size_t{4} << 10;

} // namespace

session::session(const secrets& keys) : codec_(std::make_unique<frame_codec>(keys)) {}

session::session(cleartext) : codec_(cleartext_codec{}) {}

void session::rest() {
  with_codec([](auto& codec) { codec.rest(); });
}

void session::limit_messages(std::size_t max_size) {
  max_size_ = std::min(max_size, frame_codec::max_content_size);
}

std::optional<errc> session::seal(std::uint64_t id, byte_view payload, bytes& out) {
  if (payload.size() > frame_codec::max_content_size)
    return errc::outgoing_message_too_large;
  const auto start = out.size();
  const auto content_start = start + frame_codec::header_size;
  out.resize(content_start);
  rlp::encoder{out}.integer(id);
  if (compress_)
    compress(payload, out);
  else
    out.insert(out.end(), payload.begin(), payload.end());
  const auto content_size = out.size() - content_start;
  if (content_size > frame_codec::max_content_size) {
    out.resize(start);
    return errc::outgoing_message_too_large;
  }
  out.resize(content_start + frame_codec::body_size(content_size));
  with_codec([&](auto& codec) { codec.seal(mutable_byte_view{out}.subspan(start), content_size); });
  return std::nullopt;
}

std::optional<errc> session::seal_chunk(large_message& message) {
  assert(message.is_prepared());
  if (message.content_size() > frame_codec::max_content_size)
    return errc::outgoing_message_too_large;
  auto rest = message.chunk();
  auto seal = [&](auto& codec) {
    if (!std::exchange(message.header_sealed_, true)) {
      codec.seal_header(rest.first(frame_codec::header_size), message.content_size());
      rest = rest.subspan(frame_codec::header_size);
    }
    auto part = std::min(rest.size(), message.body_left_);
    codec.seal_part(rest.first(part));
    message.body_left_ -= part;
    if (part < rest.size())
      codec.seal_tag(rest.subspan(part));
  };
  with_codec(seal);
  return std::nullopt;
}

session::opened session::open(mutable_byte_view& in) {
  if (failure_)
    return *failure_;
  auto out = open_next(in);
  if (auto* why = std::get_if<errc>(&out))
    failure_ = *why;
  return out;
}

session::opened session::open_next(mutable_byte_view& in) {
  if (!content_size_) {
    if (in.size() < frame_codec::header_size)
      return incomplete{frame_codec::header_size};
    auto announced = with_codec([&](auto& codec) { return codec.open_header(in); });
    if (!announced)
      return announced.error();
    if (auto why = refuse(*announced))
      return *why;
    in = in.subspan(frame_codec::header_size);
    content_size_ = *announced;
  }
  const auto body_size = frame_codec::body_size(*content_size_);
  if (in.size() < body_size) {
    open_part(in, body_size);
    return incomplete{body_size};
  }
  auto body = in.first(body_size);
  auto rest = body.subspan(std::exchange(body_opened_, 0));
  if (auto why = with_codec([&](auto& codec) { return codec.open_body(rest); }))
    return *why;
  in = in.subspan(body_size);
  auto content = body.first(*content_size_);
  content_size_.reset();
  return parse(content);
}

/// Decrypts what has come of a body, and was not decrypted before.
void session::open_part(mutable_byte_view come, std::size_t body_size) {
  auto sealed = std::min(come.size(), body_size - crypto::aes_block_size);
  if (sealed < body_opened_ + min_part)
    return;
  auto part = (sealed - body_opened_) / min_part * min_part;
  with_codec([&](auto& codec) { codec.open_part(come.subspan(body_opened_, part)); });
  body_opened_ += part;
}

std::optional<errc> session::refuse(std::size_t content_size) const {
  if (content_size == 0)
    return errc::empty_frame;
  auto max_body_size = snappy_ ? max_compressed_size(max_size_) : max_size_;
  if (content_size > max_id_size + max_body_size)
    return errc::message_too_large;
  return std::nullopt;
}

session::opened session::parse(byte_view content) const {
  // Made where it is returned: to copy what was written a moment ago takes as long as all else.
  opened out{std::in_place_type<message>};
  if (auto why = parse(content, *std::get_if<message>(&out)))
    out = *why;
  return out;
}

std::optional<errc> session::parse(byte_view content, message& out) const {
  rlp::decoder in{content};
  auto encoded_id = in.raw();
  rlp::decoder head{encoded_id};
  out.id = head.integer();
  if (head.error())
    return errc::invalid_message_id;
  out.body = content.subspan(encoded_id.size());
  out.size = out.body.size();
  out.compressed = snappy_ && out.id != p2p::disconnect_id && !out.body.empty();
  if (out.compressed) {
    auto announced = uncompressed_size(out.body);
    if (!announced)
      return errc::snappy_malformed;
    out.size = *announced;
  }
  if (out.size > max_size_)
    return errc::message_too_large;
  return std::nullopt;
}

std::optional<errc> session::read(const message& from, mutable_byte_view out) {
  assert(out.size() == from.size);
  if (from.compressed)
    return uncompress(from.body, out);
  std::copy(from.body.begin(), from.body.end(), out.begin());
  return std::nullopt;
}

} // namespace devp2p::rlpx
