// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "arena.hpp"
#include "latencies.hpp"

#include "devp2p/net/asio/asio_network.hpp"

#include <functional>
#include <string_view>
#include <vector>

namespace devp2p::bench {

/// Round trips through a quiet session, which measure what others do to the loop of the hub. The
/// asking end has a network of its own: only the hub's end shares a loop.
///
/// Messages are sent each millisecond, whether the last has come back or not: a hub that stalls
/// delays all that come meanwhile, and each of them counts.
class probe {
public:
  /// The protocol of the hub, whose handlers send back what comes.
  [[nodiscard]] static protocol answering(std::string_view where);

  /// Dials `hub` before any other handler is there. Must outlive `world`.
  void begin(arena& world, const enode& hub);

  /// Sends messages for `seconds`, and calls `step` before each. Returns how long each took there
  /// and back, in seconds, the shortest first. Throws `std::runtime_error` if one does not come
  /// back.
  [[nodiscard]] std::vector<double> measure(
    arena& world, double seconds, const std::function<void()>& step = [] {});

private:
  net::asio_network network_{1};
  latencies round_trips_;
};

} // namespace devp2p::bench
