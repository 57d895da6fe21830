// SPDX-License-Identifier: BSL-1.0
#include "failing_new.hpp"

#include <cstdlib>
#include <new>

void* operator new(std::size_t size) {
  if (!must_fail(size))
    if (auto* out = std::malloc(size))
      return out;
  throw std::bad_alloc{};
}

void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return must_fail(size) ? nullptr : std::malloc(size);
}

void operator delete(void* what) noexcept {
  std::free(what);
}

void operator delete(void* what, std::size_t) noexcept {
  std::free(what);
}
