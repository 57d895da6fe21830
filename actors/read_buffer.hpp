// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"

#include <algorithm>
#include <cstring>
#include <memory_resource>

namespace devp2p {

/// Octets that were read and not yet understood, in one piece. Holds no memory while it is empty
/// and at rest, so that an idle session costs none.
class read_buffer {
public:
  /// Takes its memory from `memory`, which must outlive it.
  explicit read_buffer(std::pmr::memory_resource& memory) : memory_(memory) {}
  ~read_buffer() { release(); }
  read_buffer(const read_buffer&) = delete;
  read_buffer& operator=(const read_buffer&) = delete;

  /// Room to read into, behind what is there: at least one octet, and enough for `wanted` in all.
  /// If there is no memory yet, it is `chunk` octets or what is wanted.
  [[nodiscard]] mutable_byte_view prepare(std::size_t wanted, std::size_t chunk = 64 << 10) {
    auto room = std::max(wanted, size() + 1);
    if (begin_ + room > capacity_) {
      if (room > capacity_)
        grow(std::max(room, chunk));
      else
        move_to_front();
    }
    return {data_ + end_, capacity_ - end_};
  }

  /// `size` octets of what `prepare` gave have been read.
  void commit(std::size_t size) { end_ += size; }

  [[nodiscard]] mutable_byte_view view() { return {data_ + begin_, size()}; }
  [[nodiscard]] std::size_t size() const { return end_ - begin_; }

  /// The first `size` octets have been understood; views of them stay valid until `prepare`.
  void consume(std::size_t size) {
    begin_ += size;
    if (begin_ == end_)
      begin_ = end_ = 0;
  }

  /// Gives the memory back if there is nothing in it.
  void rest() {
    if (size() == 0)
      release();
  }

  /// Gives the memory back, with all that is in it.
  void release() {
    if (data_ != nullptr)
      memory_.deallocate(data_, capacity_);
    data_ = nullptr;
    capacity_ = begin_ = end_ = 0;
  }

private:
  void grow(std::size_t capacity) {
    auto* data = static_cast<std::uint8_t*>(memory_.allocate(capacity));
    auto count = size();
    if (count > 0)
      std::memcpy(data, data_ + begin_, count);
    release();
    data_ = data;
    end_ = count;
    capacity_ = capacity;
  }

  void move_to_front() {
    std::memmove(data_, data_ + begin_, size());
    end_ = size();
    begin_ = 0;
  }

  std::pmr::memory_resource& memory_;
  std::uint8_t* data_ = nullptr;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

} // namespace devp2p
