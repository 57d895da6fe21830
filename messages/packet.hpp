// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/blob.hpp"
#include "devp2p/messages/inspect.hpp"

#include <cstdint>

namespace devp2p {

/// One message of a sub-protocol.
struct packet {
  /// The message code, counted from 0 within the sub-protocol, whatever its offset on the link.
  std::uint64_t code = 0;
  /// The message's content, by custom one RLP item; not compressed.
  blob payload;

  friend bool operator==(const packet&, const packet&) = default;

  friend auto inspect(auto& f, packet& x) {
    return inspect_fields(f, {"code", "payload"}, x.code, x.payload);
  }
};

} // namespace devp2p
