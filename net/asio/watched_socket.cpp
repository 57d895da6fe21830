// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/asio/watched_socket.hpp"

#include "devp2p/net/asio/if_alive.hpp"

#include <new>
#include <utility>

namespace devp2p::net {

bool watched_socket::has_bytes() const {
  std::error_code closed;
  return socket.available(closed) > 0;
}

void watched_socket::watch_for_reader() {
  if (reader == nullptr)
    return;
  try {
    socket.async_wait(socket.wait_read, if_alive<&watched_socket::call_reader>(weak_from_this()));
  } catch (const std::bad_alloc&) {
    out_of_memory = true;
    call_reader();
  }
}

void watched_socket::watch_for_writer() {
  socket.async_wait(socket.wait_write, if_alive<&watched_socket::call_writer>(weak_from_this()));
}

void watched_socket::call_reader() {
  if (auto* who = std::exchange(reader, nullptr))
    who->on_readable();
}

void watched_socket::call_writer() {
  if (auto* who = std::exchange(writer, nullptr))
    who->on_writable();
}

void watched_socket::close() {
  reader = writer = nullptr;
  std::error_code ignored;
  socket.close(ignored);
}

} // namespace devp2p::net
