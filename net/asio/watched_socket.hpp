// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/network.hpp"

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>

#include <cstddef>
#include <memory>

namespace devp2p::net {

class event_loop;

/// A socket that knows at compile time what runs its handlers. With a wait on it, it takes 96 bytes
/// less for each connection than `asio::ip::tcp::socket`.
using tcp_socket = asio::basic_stream_socket<asio::ip::tcp, asio::io_context::executor_type>;

/// A connected socket, and the observers that wait for it. Belongs to its stream. A handler of Asio
/// or a loop that holds it longer finds it closed and without observers.
struct watched_socket : std::enable_shared_from_this<watched_socket> {
  watched_socket(event_loop& home, tcp_socket connected)
    : home(home),
      socket(std::move(connected)) {}

  /// Returns whether bytes have come.
  [[nodiscard]] bool has_bytes() const;
  /// Returns whether bytes, the end or an error have come. Takes longer than `has_bytes`.
  [[nodiscard]] bool has_news();

  /// Has the system call the reader, if there is one. If there is no memory to watch it with, the
  /// socket has failed, and the reader is called at once.
  void watch_for_reader();
  /// Has the system call the writer. May throw `std::bad_alloc`.
  void watch_for_writer();

  /// Calls the reader, or has the loop do so when others had their turn, if this socket is busy.
  void on_readable();
  void on_writable();

  void call_reader();
  void call_writer();
  /// Calls the observers that the loop was to call.
  void call_those_due();

  /// Closes the socket for good; no observer is called any more.
  void close();

  event_loop& home;
  tcp_socket socket;
  /// Whether the socket has failed, because there was no memory to watch it with.
  bool out_of_memory = false;
  stream_observer* reader = nullptr;
  stream_observer* writer = nullptr;
  /// The number of bytes that were read and written since an observer was called last.
  std::size_t moved = 0;
  /// Whether the loop is to call the reader, or the writer.
  bool reader_is_due = false;
  bool writer_is_due = false;
};

} // namespace devp2p::net
