// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/asio/watched_socket.hpp"

#include "devp2p/net/asio/event_loop.hpp"
#include "devp2p/net/asio/if_alive.hpp"

#include <poll.h>

#include <new>
#include <utility>

namespace devp2p::net {

namespace {

/// The number of bytes in a turn from which on a socket lets others go first.
constexpr std::size_t busy_size = std::size_t{16} << 10;

} // namespace

bool watched_socket::has_bytes() const {
  std::error_code closed;
  return socket.available(closed) > 0;
}

bool watched_socket::has_news() {
  // A read, even one that leaves the bytes, would take away the error.
  pollfd asked{socket.native_handle(), POLLIN, 0};
  return ::poll(&asked, 1, 0) > 0;
}

void watched_socket::watch_for_reader() {
  if (reader == nullptr)
    return;
  try {
    socket.async_wait(socket.wait_read, if_alive<&watched_socket::on_readable>(weak_from_this()));
  } catch (const std::bad_alloc&) {
    out_of_memory = true;
    call_reader();
  }
}

void watched_socket::watch_for_writer() {
  socket.async_wait(socket.wait_write, if_alive<&watched_socket::on_writable>(weak_from_this()));
}

void watched_socket::on_readable() {
  if (moved < busy_size || !home.call_later(shared_from_this()))
    return call_reader();
  reader_is_due = true;
}

void watched_socket::on_writable() {
  if (moved < busy_size || !home.call_later(shared_from_this()))
    return call_writer();
  writer_is_due = true;
}

void watched_socket::call_those_due() {
  if (std::exchange(reader_is_due, false))
    call_reader();
  if (std::exchange(writer_is_due, false))
    call_writer();
}

void watched_socket::call_reader() {
  moved = 0;
  if (auto* who = std::exchange(reader, nullptr))
    who->on_readable();
}

void watched_socket::call_writer() {
  moved = 0;
  if (auto* who = std::exchange(writer, nullptr))
    who->on_writable();
}

void watched_socket::close() {
  reader = writer = nullptr;
  std::error_code ignored;
  socket.close(ignored);
}

} // namespace devp2p::net
