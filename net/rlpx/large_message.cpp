// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/rlpx/large_message.hpp"

#include "devp2p/net/rlp/encoder.hpp"
#include "devp2p/net/rlpx/frame_codec.hpp"

#include <algorithm>
#include <array>

namespace devp2p::rlpx {

// A chunk has whole blocks of the cipher, and the body's tag is never split.
static_assert(net::byte_chain::chunk_size % crypto::aes_block_size == 0);
static_assert(frame_codec::header_size % crypto::aes_block_size == 0);

large_message::large_message(std::uint64_t id, byte_view payload, bool compressing,
                             std::pmr::memory_resource& memory)
  : frame_(memory),
    payload_(payload) {
  frame_.append(std::array<std::uint8_t, frame_codec::header_size>{});
  bytes encoded_id;
  rlp::encoder{encoded_id}.integer(id);
  append(encoded_id);
  if (compressing)
    compressor_.emplace(payload);
}

void large_message::append(byte_view content) {
  frame_.append(content);
  content_size_ += content.size();
}

void large_message::prepare(std::size_t max_bytes) {
  auto left = false;
  if (compressor_) {
    left = compressor_->run(max_bytes, [this](byte_view part) { append(part); });
  } else {
    auto size = std::min(max_bytes, payload_.size());
    append(payload_.first(size));
    payload_ = payload_.subspan(size);
    left = !payload_.empty();
  }
  if (left)
    return;
  // The padding, and room for the tag.
  const auto size = frame_codec::body_size(content_size_);
  constexpr std::array<std::uint8_t, 2 * crypto::aes_block_size> zeros{};
  frame_.append(byte_view{zeros}.first(size - content_size_));
  body_left_ = size - crypto::aes_block_size;
  prepared_ = true;
}

} // namespace devp2p::rlpx
