// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"

#include <array>
#include <cstddef>
#include <memory_resource>
#include <mutex>
#include <vector>

namespace devp2p::net {

/// Memory for the short-lived buffers of messages: for data that was read, payloads, and data to be
/// written. Large blocks that are given back are kept for reuse, up to `max_kept`. A C library
/// gives them to the system instead, which then clears them anew, page by page. That can take
/// longer than all other work on a message.
///
/// Thread-safe. Small blocks are left to the C library, which keeps those itself.
class block_cache : public std::pmr::memory_resource {
public:
  /// The size in bytes from which on blocks are kept.
  static constexpr std::size_t min_size = std::size_t{4} << 10;
  /// The maximum number of bytes that are kept. For a further block, blocks of other sizes are
  /// freed.
  static constexpr std::size_t max_kept = std::size_t{4} << 20;

  block_cache() = default;
  ~block_cache() override;
  block_cache(const block_cache&) = delete;
  block_cache& operator=(const block_cache&) = delete;

  /// Returns an empty buffer, with the capacity of one that was given back if there is one.
  [[nodiscard]] bytes take_buffer();
  /// Keeps the capacity of `buffer` in place of another, unless it is more than half of `max_kept`.
  void give_back(bytes buffer);

  /// Returns the number of bytes that are kept.
  [[nodiscard]] std::size_t kept() const;

private:
  /// Four classes for each doubling of the size, so that at most a fifth of a block is unused.
  static constexpr std::size_t size_classes = 41;

  bool make_room_for(std::size_t size, std::size_t wanted_class);
  bool keep(void* block, std::size_t index);
  void* do_allocate(std::size_t size, std::size_t alignment) override;
  void do_deallocate(void* block, std::size_t size, std::size_t alignment) override;
  bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }

  mutable std::mutex mutex_;
  std::array<std::vector<void*>, size_classes> blocks_;
  std::size_t kept_ = 0;
  bytes spare_buffer_;
};

} // namespace devp2p::net
