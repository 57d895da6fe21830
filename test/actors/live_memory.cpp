// SPDX-License-Identifier: BSL-1.0
#include "live_memory.hpp"

#include "../address_sanitizer.hpp"

#ifdef DEVP2P_ADDRESS_SANITIZER

/// Declared in sanitizer/allocator_interface.h, which Debian's g++ does not bring along.
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();

std::size_t devp2p::test::live_memory() {
  return __sanitizer_get_current_allocated_bytes();
}

#else

#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> in_use{0};

} // namespace

void* operator new(std::size_t size) {
  auto* out = std::malloc(size);
  if (out == nullptr)
    throw std::bad_alloc{};
  in_use += ::malloc_usable_size(out);
  return out;
}

void operator delete(void* what) noexcept {
  if (what != nullptr)
    in_use -= ::malloc_usable_size(what);
  std::free(what);
}

void operator delete(void* what, std::size_t) noexcept {
  operator delete(what);
}

std::size_t devp2p::test::live_memory() {
  return in_use;
}

#endif
