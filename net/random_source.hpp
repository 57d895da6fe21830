// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"

namespace devp2p::net {

/// Where keys, nonces and padding come from: an argument, so that a simulation can replay a run.
///
/// Implementations may be called from any thread at any time.
class random_source {
public:
  virtual ~random_source() = default;

  /// Overwrites all of `out` with octets that nobody can predict.
  virtual void fill(mutable_byte_view out) = 0;
};

} // namespace devp2p::net
