// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/random_source.hpp"

namespace devp2p::crypto {

/// A source of randomness for keys: a generator that the operating system seeds.
///
/// Ends the program if the generator fails: anything else would give keys that others can guess.
class system_random final : public random_source {
public:
  void fill(mutable_byte_view out) override;
};

} // namespace devp2p::crypto
