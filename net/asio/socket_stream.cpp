// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/asio/socket_stream.hpp"

#include "devp2p/net/asio/translation.hpp"

#include <asio/buffer.hpp>

#include <netinet/tcp.h>

#include <cassert>
#include <utility>

namespace devp2p::net {

namespace {

io_result to_result(std::size_t size, const std::error_code& error) {
  if (!error || error == asio::error::would_block)
    return {size, std::nullopt};
  // The system gave up retransmitting what the remote does not acknowledge. That is no dial
  // timeout.
  if (error == asio::error::timed_out)
    return {size, errc::network_failure};
  return {size, to_errc(error)};
}

/// The maximum number of bytes that the system holds and has not sent.
constexpr int max_not_sent = 128 << 10;

} // namespace

expected<std::unique_ptr<stream>> socket_stream::adopt(event_loop& home, tcp_socket socket,
                                                       const asio::ip::tcp::endpoint& remote) {
  std::error_code error;
  socket.non_blocking(true, error);
  if (error)
    return to_errc(error);
  auto local = socket.local_endpoint(error);
  if (error)
    return to_errc(error);
  // Writers gather data that belongs together, so a packet that waits for more only costs time. A
  // system that refuses the option costs that time, not the connection.
  socket.set_option(asio::ip::tcp::no_delay{true}, error);
#ifdef TCP_NOTSENT_LOWAT
  // Data that the system holds and has not sent cannot be overtaken.
  int most = max_not_sent;
  ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &most, sizeof most);
#endif
  return std::unique_ptr<stream>{std::make_unique<socket_stream>(
    home, std::move(socket), to_endpoint(local), to_endpoint(remote))};
}

socket_stream::socket_stream(event_loop& home, tcp_socket socket, endpoint local, endpoint remote)
  : home_(home),
    there_(std::make_shared<watched_socket>(home, std::move(socket))),
    local_(std::move(local)),
    remote_(std::move(remote)) {}

io_result socket_stream::read_some(mutable_byte_view into) {
  if (there_->out_of_memory)
    return {0, errc::out_of_memory};
  std::error_code error;
  auto size = there_->socket.read_some(asio::buffer(into.data(), into.size()), error);
  there_->moved += size;
  return to_result(size, error);
}

io_result socket_stream::write_some(byte_view from) {
  std::error_code error;
  auto size = there_->socket.write_some(asio::buffer(from.data(), from.size()), error);
  there_->moved += size;
  return to_result(size, error);
}

void socket_stream::await_readable(stream_observer& observer) {
  assert(!there_->reader);
  there_->reader = &observer;
  home_.await_bytes(there_);
}

void socket_stream::await_writable(stream_observer& observer) {
  assert(!there_->writer);
  there_->writer = &observer;
  there_->watch_for_writer();
}

void socket_stream::shutdown_write() {
  // Fails only if the connection is gone, which the next read reports.
  std::error_code ignored;
  there_->socket.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
}

} // namespace devp2p::net
