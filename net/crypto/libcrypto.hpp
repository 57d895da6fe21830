// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <new>

namespace devp2p::crypto {

/// Throws `std::bad_alloc` unless `result`, of a function of libcrypto, is 1. For functions whose
/// keys and sizes are right by their types, so that memory is all that libcrypto can lack.
inline void require(int result) {
  if (result != 1)
    throw std::bad_alloc{};
}

} // namespace devp2p::crypto
