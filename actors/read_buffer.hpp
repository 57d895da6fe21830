// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"

#include <algorithm>
#include <cstring>
#include <memory_resource>

namespace devp2p {

/// Bytes that were read and not parsed yet, in one piece. Holds no memory while it is empty and at
/// rest, so that an idle session costs none.
class read_buffer {
public:
  /// Allocates from `memory`, which must outlive the buffer.
  explicit read_buffer(std::pmr::memory_resource& memory) : memory_(memory) {}
  ~read_buffer() { release(); }
  read_buffer(const read_buffer&) = delete;
  read_buffer& operator=(const read_buffer&) = delete;

  /// Returns room to read into, behind the bytes in the buffer: at least one byte, and enough for
  /// `wanted` bytes in all. If the buffer must grow, it gets at least `chunk` bytes.
  [[nodiscard]] mutable_byte_view prepare(std::size_t wanted, std::size_t chunk = 64 << 10) {
    auto room = std::max(wanted, size() + 1);
    if (begin_ + room > capacity_) {
      if (room > capacity_)
        reallocate(std::max(room, chunk));
      else
        move_to_front();
    }
    return {data_ + end_, capacity_ - end_};
  }

  /// Adds the first `size` bytes of the room that `prepare` returned.
  void commit(std::size_t size) { end_ += size; }

  [[nodiscard]] mutable_byte_view view() { return {data_ + begin_, size()}; }
  [[nodiscard]] std::size_t size() const { return end_ - begin_; }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }

  /// Removes the first `size` bytes. Views of them stay valid until `prepare`.
  void consume(std::size_t size) {
    begin_ += size;
    if (begin_ == end_)
      begin_ = end_ = 0;
  }

  /// Releases the memory that is not needed for the bytes in the buffer, if that is most of it.
  void rest() {
    if (size() == 0)
      release();
    else if (size() <= capacity_ / 8)
      fit();
  }

  /// Releases the memory that is not needed for the bytes in the buffer.
  void fit() {
    if (size() == 0)
      release();
    else if (size() < capacity_)
      reallocate(size());
  }

  /// Releases the memory and all bytes in it.
  void release() {
    if (data_ != nullptr)
      memory_.deallocate(data_, capacity_);
    data_ = nullptr;
    capacity_ = begin_ = end_ = 0;
  }

private:
  void reallocate(std::size_t capacity) {
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
