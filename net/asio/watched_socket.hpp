// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/network.hpp"

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>

#include <memory>

namespace devp2p::net {

/// It knows at compile time what runs its handlers: 96 octets less for each connection than
/// `asio::ip::tcp::socket` and a wait on that.
using tcp_socket = asio::basic_stream_socket<asio::ip::tcp, asio::io_context::executor_type>;

/// A connected socket, and who waits for it. Belongs to its stream; whoever holds it longer, a
/// handler of Asio or its loop, then finds it closed and nobody waiting.
struct watched_socket : std::enable_shared_from_this<watched_socket> {
  explicit watched_socket(tcp_socket connected) : socket(std::move(connected)) {}

  /// Whether octets have come. An end or an error does not count: the system tells of that.
  [[nodiscard]] bool has_octets() const;

  /// Has the system call the reader, if there is one. If there is no memory to watch it with, the
  /// socket has failed, and the reader is called at once.
  void watch_for_reader();
  /// Has the system call the writer. May throw `std::bad_alloc`.
  void watch_for_writer();

  void call_reader();
  void call_writer();

  /// For good.
  void close();

  tcp_socket socket;
  /// Whether it is of no more use.
  bool out_of_memory = false;
  stream_observer* reader = nullptr;
  stream_observer* writer = nullptr;
};

} // namespace devp2p::net
