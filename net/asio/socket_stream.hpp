// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/asio/event_loop.hpp"
#include "devp2p/net/asio/watched_socket.hpp"

namespace devp2p::net {

/// A TCP connection.
class socket_stream : public stream {
public:
  /// Takes over `socket`, which is connected to `remote` and belongs to the context of `home`.
  static expected<std::unique_ptr<stream>> adopt(event_loop& home, tcp_socket socket,
                                                 const asio::ip::tcp::endpoint& remote);

  socket_stream(event_loop& home, tcp_socket socket, endpoint local, endpoint remote);
  ~socket_stream() override { there_->close(); }

  [[nodiscard]] net::loop* loop() const override { return &home_; }
  [[nodiscard]] const endpoint& local() const override { return local_; }
  [[nodiscard]] const endpoint& remote() const override { return remote_; }

  io_result read_some(mutable_byte_view into) override;
  io_result write_some(byte_view from) override;
  void await_readable(stream_observer& observer) override;
  void await_writable(stream_observer& observer) override;
  void shutdown_write() override;

private:
  event_loop& home_;
  const std::shared_ptr<watched_socket> there_;
  endpoint local_;
  endpoint remote_;
};

} // namespace devp2p::net
