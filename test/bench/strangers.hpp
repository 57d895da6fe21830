// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"
#include "devp2p/messages/enode.hpp"

#include <cstddef>
#include <deque>
#include <utility>

namespace devp2p::bench {

/// Remotes that connect from many networks, send an auth, and never a Hello. The auth, the same
/// from all, is valid: a node has to do its work on the curve before it can know. For one thread.
class strangers {
public:
  /// Throws `std::runtime_error` if the system does not allow as many sockets.
  explicit strangers(const enode& target);

  /// Lets one more connect, and the one before it speak. Drops the oldest beyond `max_held`.
  void come();

  [[nodiscard]] std::size_t count() const { return count_; }

private:
  /// The maximum number of open connections: more than the target keeps.
  static constexpr std::size_t max_held = 2000;

  class connection {
  public:
    connection(std::size_t number, std::uint16_t port);
    connection(connection&& x) noexcept : socket_(std::exchange(x.socket_, -1)) {}
    connection& operator=(connection&&) = delete;
    ~connection();

    void write(byte_view content) const;

  private:
    int socket_;
  };

  std::uint16_t port_;
  bytes auth_;
  std::size_t count_ = 0;
  std::deque<connection> held_;
};

} // namespace devp2p::bench
