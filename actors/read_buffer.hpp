// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"

#include <algorithm>
#include <cstring>
#include <memory>

namespace devp2p {

/// Octets that were read and not yet understood, in one piece. Holds no memory while it is empty
/// and at rest, so that an idle session costs none.
class read_buffer {
public:
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
    return {data_.get() + end_, capacity_ - end_};
  }

  /// `size` octets of what `prepare` gave have been read.
  void commit(std::size_t size) { end_ += size; }

  [[nodiscard]] mutable_byte_view view() { return {data_.get() + begin_, size()}; }
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
      *this = read_buffer{};
  }

private:
  void grow(std::size_t capacity) {
    auto data = std::make_unique_for_overwrite<std::uint8_t[]>(capacity);
    if (size() > 0)
      std::memcpy(data.get(), data_.get() + begin_, size());
    end_ = size();
    begin_ = 0;
    data_ = std::move(data);
    capacity_ = capacity;
  }

  void move_to_front() {
    std::memmove(data_.get(), data_.get() + begin_, size());
    end_ = size();
    begin_ = 0;
  }

  std::unique_ptr<std::uint8_t[]> data_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

} // namespace devp2p
