// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/asio/event_loop.hpp"

#include <asio/ip/tcp.hpp>

namespace devp2p::net {

/// A TCP socket that listens, on the network's first loop. The connections that it accepts are
/// spread over all loops.
class socket_listener : public listener {
public:
  static expected<std::unique_ptr<listener>> open(loop_pool& loops,
                                                  const asio::ip::tcp::endpoint& at);

  socket_listener(loop_pool& loops, asio::ip::tcp::acceptor acceptor, endpoint local);
  ~socket_listener() override;

  [[nodiscard]] const endpoint& local() const override { return local_; }
  void accept(std::size_t most, accept_handler handler) override;

private:
  class state;

  endpoint local_;
  std::shared_ptr<state> state_;
};

} // namespace devp2p::net
