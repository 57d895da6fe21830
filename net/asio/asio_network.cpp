// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/asio/asio_network.hpp"

#include "devp2p/net/asio/asio_datagram_socket.hpp"
#include "devp2p/net/asio/event_loop.hpp"
#include "devp2p/net/asio/socket_dial.hpp"
#include "devp2p/net/asio/socket_listener.hpp"
#include "devp2p/net/asio/translation.hpp"

#include <algorithm>

namespace devp2p::net {

asio_network::asio_network(std::size_t loops)
  : loops_(std::make_unique<loop_pool>(std::clamp<std::size_t>(loops, 1, max_loops))) {}

asio_network::~asio_network() = default;

net::loop* asio_network::loop() const {
  return &loops_->first();
}

expected<std::unique_ptr<listener>> asio_network::listen(const endpoint& at) {
  if (auto address = to_tcp(at))
    return socket_listener::open(*loops_, *address);
  return errc::invalid_endpoint;
}

std::unique_ptr<pending_dial> asio_network::dial(const endpoint& to, stream_handler handler) {
  return std::make_unique<socket_dial>(loops_->next(), loops_->names(), std::nullopt, to,
                                       std::move(handler));
}

std::unique_ptr<pending_dial> asio_network::dial_from(const endpoint& from, const endpoint& to,
                                                      stream_handler handler) {
  return std::make_unique<socket_dial>(loops_->first(), loops_->names(), from, to,
                                       std::move(handler));
}

expected<std::unique_ptr<datagram_socket>> asio_network::bind(const endpoint& at) {
  return asio_datagram_socket::open(loops_->first(), at);
}

} // namespace devp2p::net
