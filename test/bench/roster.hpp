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

/// The handlers that have told the main thread that they are there. A session may run a moment
/// before its handlers do. Thread-safe.
class roster {
public:
  void add(member who);

  /// Returns all handlers that are there, once there are `count`. Throws `std::runtime_error` if
  /// that takes longer than 30 s.
  [[nodiscard]] std::vector<member> wait_for(std::size_t count);

  /// Drops all handlers that are there, and those that come later: no handle may outlive its actor
  /// system.
  void close();

private:
  std::mutex mutex_;
  std::condition_variable added_;
  std::vector<member> members_;
  bool closed_ = false;
};

} // namespace devp2p::bench
