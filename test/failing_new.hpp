// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

/// Returns true iff an allocation of `size` bytes must fail. `failing_new.cpp` replaces the
/// allocator of a program, asks this function at each allocation, and leaves its definition to the
/// program.
bool must_fail(std::size_t size);
