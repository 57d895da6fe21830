// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/nat/punching/punch_message.hpp"

namespace devp2p::nat {

/// One side's check that a new connection leads to the other side. Each side sends a probe with a
/// random number, and answers the other's. The connection is good once an answer to our number has
/// come over it: only the other side can make that answer, and only after it has received the
/// number.
class probe_exchange {
public:
  /// The connection does not lead to the other side.
  struct refused {};
  /// The connection is good.
  struct complete {};
  /// A datagram is the answer to send.
  using outcome = std::variant<refused, punch_datagram, complete>;

  /// `key` is known to the two sides only, `number` must be unpredictable.
  probe_exchange(side own, const byte_array<32>& key, std::uint64_t number);

  /// Returns the probe to send first.
  [[nodiscard]] punch_datagram first() const { return probe_that_answers(0); }
  /// Handles a datagram that has come over the connection.
  [[nodiscard]] outcome on_datagram(byte_view in) const;

private:
  [[nodiscard]] punch_datagram probe_that_answers(std::uint64_t number) const;

  const side own_;
  const byte_array<32> key_;
  const std::uint64_t number_;
};

} // namespace devp2p::nat
