// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory_resource>
#include <vector>

namespace devp2p::net {

/// Bytes in chunks of one size, which are appended at the end and removed chunk by chunk from the
/// front. To append never moves what is there, unlike to append to a vector, whose growth takes as
/// long as all its bytes take to copy.
class byte_chain {
public:
  static constexpr std::size_t chunk_size = std::size_t{128} << 10;

  /// Allocates from `memory`, which must outlive the chain.
  explicit byte_chain(std::pmr::memory_resource& memory) : memory_(memory) {}
  ~byte_chain() {
    while (!empty())
      pop_front();
  }
  byte_chain(const byte_chain&) = delete;
  byte_chain& operator=(const byte_chain&) = delete;

  [[nodiscard]] bool empty() const { return first_ == chunks_.size(); }
  /// The number of bytes of memory that all chunks take.
  [[nodiscard]] std::size_t held() const { return (chunks_.size() - first_) * chunk_size; }

  void append(byte_view more) {
    while (!more.empty()) {
      auto room = room_for_more();
      auto size = std::min(room.size(), more.size());
      std::memcpy(room.data(), more.data(), size);
      last_size_ += size;
      more = more.subspan(size);
    }
  }

  /// Returns the bytes of the first chunk. Precondition: not empty.
  [[nodiscard]] mutable_byte_view front() const {
    return {chunks_[first_], first_ + 1 == chunks_.size() ? last_size_ : chunk_size};
  }
  /// Frees the first chunk. Precondition: not empty.
  void pop_front() { memory_.deallocate(chunks_[first_++], chunk_size); }

private:
  mutable_byte_view room_for_more() {
    if (empty() || last_size_ == chunk_size) {
      chunks_.reserve(chunks_.size() + 1);
      chunks_.push_back(static_cast<std::uint8_t*>(memory_.allocate(chunk_size)));
      last_size_ = 0;
    }
    return mutable_byte_view{chunks_.back(), chunk_size}.subspan(last_size_);
  }

  std::pmr::memory_resource& memory_;
  std::vector<std::uint8_t*> chunks_;
  /// The index of the first chunk that was not freed.
  std::size_t first_ = 0;
  std::size_t last_size_ = 0;
};

} // namespace devp2p::net
