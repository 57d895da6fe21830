// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/block_cache.hpp"

#include <bit>
#include <new>
#include <utility>

namespace devp2p::net {

namespace {

/// Returns the class of a block of `size` bytes. The blocks of a class have one size, whose binary
/// digits are zero behind the third.
std::size_t class_of(std::size_t size) {
  auto doubling = std::bit_width(size - 1) - 1;
  auto step = std::size_t{1} << (doubling - 2);
  auto steps = (size + step - 1) / step;
  auto first = std::bit_width(block_cache::min_size - 1) - 1;
  return static_cast<std::size_t>(doubling - first) * 4 + steps - 8;
}

/// Returns the size of a class's blocks: five to eight steps. The first class has eight.
std::size_t size_of(std::size_t index) {
  return ((index + 3) % 4 + 5) * (block_cache::min_size / 8 << (index + 3) / 4);
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
  kept_ -= spare_buffer_.capacity();
  return std::exchange(spare_buffer_, {});
}

void block_cache::give_back(bytes buffer) {
  if (buffer.capacity() > max_kept / 2)
    return;
  buffer.clear();
  // The buffer that is dropped is freed outside of the lock, as the guard goes first.
  std::lock_guard guard{mutex_};
  kept_ -= spare_buffer_.capacity();
  spare_buffer_.swap(buffer);
  make_room_for(spare_buffer_.capacity(), size_classes);
  kept_ += spare_buffer_.capacity();
}

/// Frees blocks of the class that holds the most bytes, until `size` more bytes fit. Returns false
/// if that is `wanted_class`, whose blocks stay. Needs the lock.
bool block_cache::make_room_for(std::size_t size, std::size_t wanted_class) {
  while (kept_ + size > max_kept) {
    auto bytes_in = [&](std::size_t index) { return blocks_[index].size() * size_of(index); };
    std::size_t largest = 0;
    for (std::size_t i = 1; i < size_classes; ++i)
      if (bytes_in(i) > bytes_in(largest))
        largest = i;
    if (largest == wanted_class || blocks_[largest].empty())
      return false;
    ::operator delete(blocks_[largest].back());
    blocks_[largest].pop_back();
    kept_ -= size_of(largest);
  }
  return true;
}

/// Keeps `block`. Returns false if there is no memory to note it. Needs the lock.
bool block_cache::keep(void* block, std::size_t index) {
  try {
    blocks_[index].push_back(block);
  } catch (const std::bad_alloc&) {
    return false;
  }
  kept_ += size_of(index);
  return true;
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
    if (auto& blocks = blocks_[wanted]; !blocks.empty()) {
      auto* out = blocks.back();
      blocks.pop_back();
      kept_ -= size_of(wanted);
      return out;
    }
  }
  return ::operator new(size_of(wanted));
}

void block_cache::do_deallocate(void* block, std::size_t size, std::size_t alignment) {
  if (!is_kept(size, alignment))
    return std::pmr::new_delete_resource()->deallocate(block, size, alignment);
  auto given = class_of(size);
  {
    std::lock_guard guard{mutex_};
    if (make_room_for(size_of(given), given) && keep(block, given))
      return;
  }
  ::operator delete(block);
}

} // namespace devp2p::net
