// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/block_cache.hpp"

#include <bit>
#include <new>
#include <utility>

namespace devp2p::net {

namespace {

struct size_class {
  std::size_t index;
  /// What all blocks of the class have.
  std::size_t size;
};

/// Sizes whose binary digits are zero behind the third.
size_class class_of(std::size_t size) {
  auto doubling = std::bit_width(size - 1) - 1;
  auto step = std::size_t{1} << (doubling - 2);
  auto steps = (size + step - 1) / step;
  auto first = std::bit_width(block_cache::min_size - 1) - 1;
  return {static_cast<std::size_t>(doubling - first) * 4 + steps - 8, steps * step};
}

bool is_kept(std::size_t size, std::size_t alignment) {
  return size >= block_cache::min_size && size <= block_cache::max_kept &&
         alignment <= alignof(std::max_align_t);
}

} // namespace

block_cache::~block_cache() {
  for (auto& blocks : blocks_)
    for (auto* block : blocks)
      ::operator delete(block);
}

bytes block_cache::take_buffer() {
  std::lock_guard guard{mutex_};
  return std::exchange(spare_buffer_, {});
}

void block_cache::give_back(bytes buffer) {
  if (buffer.capacity() > max_kept)
    return;
  buffer.clear();
  // Whichever goes, goes outside of the lock.
  std::lock_guard guard{mutex_};
  spare_buffer_.swap(buffer);
}

std::size_t block_cache::kept() const {
  std::lock_guard guard{mutex_};
  return kept_;
}

void* block_cache::do_allocate(std::size_t size, std::size_t alignment) {
  if (!is_kept(size, alignment))
    return std::pmr::new_delete_resource()->allocate(size, alignment);
  auto wanted = class_of(size);
  {
    std::lock_guard guard{mutex_};
    if (auto& blocks = blocks_[wanted.index]; !blocks.empty()) {
      auto* out = blocks.back();
      blocks.pop_back();
      kept_ -= wanted.size;
      return out;
    }
  }
  return ::operator new(wanted.size);
}

void block_cache::do_deallocate(void* block, std::size_t size, std::size_t alignment) {
  if (!is_kept(size, alignment))
    return std::pmr::new_delete_resource()->deallocate(block, size, alignment);
  auto given = class_of(size);
  {
    std::lock_guard guard{mutex_};
    if (kept_ + given.size <= max_kept) {
      blocks_[given.index].push_back(block);
      kept_ += given.size;
      return;
    }
  }
  ::operator delete(block);
}

} // namespace devp2p::net
