// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"

#include <array>
#include <cstddef>
#include <memory_resource>
#include <mutex>
#include <vector>

namespace devp2p::net {

/// Memory for what comes and goes with every message: what has been read, payloads, and what is to
/// be written. Large blocks that are given back are kept for the next, up to `max_kept`; a C
/// library gives them to the system instead, which then clears them anew, page by page. That can
/// take longer than all that is done with a message.
///
/// Thread-safe. Small blocks are left to the C library, which keeps those itself.
class block_cache : public std::pmr::memory_resource {
public:
  /// From this size on, octets, blocks are kept.
  static constexpr std::size_t min_size = std::size_t{4} << 10;
  /// All that is kept has so many octets at most; what was given back last is what is kept.
  static constexpr std::size_t max_kept = std::size_t{4} << 20;

  block_cache() = default;
  ~block_cache() override;
  block_cache(const block_cache&) = delete;
  block_cache& operator=(const block_cache&) = delete;

  /// An empty buffer, with the room of one that was given back if there is one.
  [[nodiscard]] bytes take_buffer();
  /// Keeps the room of `buffer`, if it has no more than half of `max_kept`, in place of another.
  void give_back(bytes buffer);

  /// Octets that are kept.
  [[nodiscard]] std::size_t kept() const;

private:
  /// Four to each doubling, so that at most a fifth of a block is not asked for.
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
