// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/asio/watched_socket.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <new>
#include <system_error>

/// Sockets that programs which the application starts do not inherit. Asio 1.22 opens and accepts
/// sockets without `SOCK_CLOEXEC`. A flag that is set afterwards is too late for a program that
/// another thread starts in between.
namespace devp2p::net {

/// Gives `descriptor` to `socket`, or closes it if that fails.
template <class Socket>
void assign(Socket& socket, const typename Socket::protocol_type& protocol, int descriptor,
            std::error_code& error) {
  try {
    socket.assign(protocol, descriptor, error);
  } catch (const std::bad_alloc&) {
    error = std::make_error_code(std::errc::not_enough_memory);
  }
  if (error)
    ::close(descriptor);
}

/// Opens `socket`, as its member `open` does.
template <class Socket>
void open(Socket& socket, const typename Socket::protocol_type& protocol, std::error_code& error) {
  auto descriptor =
    ::socket(protocol.family(), protocol.type() | SOCK_CLOEXEC, protocol.protocol());
  if (descriptor < 0) {
    error.assign(errno, asio::error::get_system_category());
    return;
  }
  assign(socket, protocol, descriptor, error);
}

/// Accepts a connection for `home` from `acceptor`, which must not block. `remote` is set to the
/// address of the other end.
inline tcp_socket accept(asio::ip::tcp::acceptor& acceptor, asio::io_context& home,
                         asio::ip::tcp::endpoint& remote, std::error_code& error) {
  tcp_socket out{home};
  auto size = static_cast<socklen_t>(remote.capacity());
  auto descriptor = ::accept4(acceptor.native_handle(), remote.data(), &size, SOCK_CLOEXEC);
  if (descriptor < 0) {
    error.assign(errno, asio::error::get_system_category());
    return out;
  }
  remote.resize(size);
  assign(out, remote.protocol(), descriptor, error);
  return out;
}

} // namespace devp2p::net
