// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/inspect.hpp"

#include <cstdint>

namespace devp2p {

/// The place from which a handler writes to the link that it shares with others.
struct writer_place {
  /// The index of its sub-protocol among those of the session.
  std::uint16_t index = 0;
  /// The number of handlers of that sub-protocol in this session that have failed before it.
  std::uint32_t restarts = 0;

  friend bool operator==(const writer_place&, const writer_place&) = default;

  friend auto inspect(auto& f, writer_place& x) {
    return inspect_fields(f, {"index", "restarts"}, x.index, x.restarts);
  }
};

} // namespace devp2p
