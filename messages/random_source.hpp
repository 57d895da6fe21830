// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"

namespace devp2p {

/// The source of keys, nonces and padding: an argument, so that a simulation can replay a run.
///
/// Implementations may be called from any thread at any time.
class random_source {
public:
  virtual ~random_source() = default;

  /// Overwrites all of `out` with unpredictable bytes.
  virtual void fill(mutable_byte_view out) = 0;
};

} // namespace devp2p
