// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/channel.hpp"

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <vector>

namespace devp2p::bench {

/// A handler and its link.
struct member {
  handler_actor handler;
  channel link;
};

/// Handlers that have told the main thread that they are there: a session may run a moment before
/// its handlers do.
class roster {
public:
  void add(member who);

  /// All that are there, once there are `count`. Throws `std::runtime_error` if that takes too
  /// long.
  [[nodiscard]] std::vector<member> wait_for(std::size_t count);

  /// Lets go of all that are there and all that may come: no handle may outlive its actor system.
  void close();

private:
  std::mutex mutex_;
  std::condition_variable added_;
  std::vector<member> members_;
  bool closed_ = false;
};

} // namespace devp2p::bench
