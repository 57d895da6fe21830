// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/asio/event_loop.hpp"

#include <asio/ip/tcp.hpp>

namespace devp2p::net {

/// It knows at compile time what runs its handlers: 96 octets less for each connection than
/// `asio::ip::tcp::socket` and a wait on that.
using tcp_socket = asio::basic_stream_socket<asio::ip::tcp, asio::io_context::executor_type>;

/// A TCP connection.
class socket_stream : public stream {
public:
  /// Takes over `socket`, which is connected to `remote` and belongs to the context of `home`.
  static expected<std::unique_ptr<stream>> adopt(event_loop& home, tcp_socket socket,
                                                 const asio::ip::tcp::endpoint& remote);

  socket_stream(event_loop& home, tcp_socket socket, endpoint local, endpoint remote);

  [[nodiscard]] net::loop* loop() const override { return &home_; }
  [[nodiscard]] const endpoint& local() const override { return local_; }
  [[nodiscard]] const endpoint& remote() const override { return remote_; }

  io_result read_some(mutable_byte_view into) override;
  io_result write_some(byte_view from) override;
  void await_readable(stream_observer& observer) override;
  void await_writable(stream_observer& observer) override;
  void shutdown_write() override;

private:
  /// Who is to be told. The handlers of Asio do not own it: those that are due when the stream is
  /// destroyed find nobody.
  struct waiting {
    stream_observer* reader = nullptr;
    stream_observer* writer = nullptr;
  };

  event_loop& home_;
  tcp_socket socket_;
  endpoint local_;
  endpoint remote_;
  std::shared_ptr<waiting> waiting_ = std::make_shared<waiting>();
};

} // namespace devp2p::net
