// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/asio/event_loop.hpp"

namespace devp2p::net {

/// A UDP socket of the system, watched by an event loop.
class asio_datagram_socket : public datagram_socket {
public:
  static expected<std::unique_ptr<datagram_socket>> open(event_loop& home, const endpoint& at);

  class state;

  asio_datagram_socket(std::shared_ptr<state> there, endpoint local);
  ~asio_datagram_socket() override;

  [[nodiscard]] const endpoint& local() const override { return local_; }
  void send(const endpoint& to, byte_view content) override;
  void receive(datagram_handler handler) override;

private:
  std::shared_ptr<state> state_;
  endpoint local_;
};

} // namespace devp2p::net
