// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"

#include <cstddef>

namespace devp2p::crypto {

/// Overwrites `out` with zeros, also where a compiler can see that nobody reads them.
void wipe(mutable_byte_view out);

/// Whether `a` and `b` are the same octets. Takes equally long wherever they differ; only their
/// sizes, which are no secret, show in the time it takes.
[[nodiscard]] bool equal_in_constant_time(byte_view a, byte_view b);

/// Octets that are wiped when they die, and that nothing prints.
template <std::size_t N>
class secret {
public:
  secret() = default;
  explicit secret(const byte_array<N>& octets) : octets_(octets) {}
  /// Wipes them where they stood.
  explicit secret(byte_array<N>&& octets) : octets_(octets) { wipe(octets); }
  secret(const secret&) = default;
  secret& operator=(const secret&) = default;
  ~secret() { wipe(octets_); }

  byte_array<N>& octets() { return octets_; }
  const byte_array<N>& octets() const { return octets_; }

private:
  byte_array<N> octets_{};
};

} // namespace devp2p::crypto
