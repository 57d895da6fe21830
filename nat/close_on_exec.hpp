// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <asio/error.hpp>
#include <asio/ip/tcp.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

/// Sockets that are not inherited by programs that the application starts. Asio 1.22 opens and
/// accepts without `SOCK_CLOEXEC`; a flag set afterwards is too late for a program that another
/// thread starts in between.
namespace devp2p::nat {

/// Opens `socket`, as its member `open` does.
template <class Socket>
void open(Socket& socket, const typename Socket::protocol_type& protocol, std::error_code& error) {
  auto descriptor =
    ::socket(protocol.family(), protocol.type() | SOCK_CLOEXEC, protocol.protocol());
  if (descriptor < 0) {
    error.assign(errno, asio::error::get_system_category());
    return;
  }
  socket.assign(protocol, descriptor, error);
  if (error)
    ::close(descriptor);
}

/// Returns a TCP socket that listens at a port of 127.0.0.1 and does not block. Throws
/// `std::system_error`.
[[nodiscard]] asio::ip::tcp::acceptor listen_on_loopback(asio::io_context& context);

/// Accepts a connection from `acceptor`, which must not block.
void accept(asio::ip::tcp::acceptor& acceptor, asio::ip::tcp::socket& into, std::error_code& error);

/// Sets the close-on-exec flag on the socket of this process that is bound to `local`, for a socket
/// that a library has opened without exposing it. A program started before this call has inherited
/// the socket.
void set_close_on_exec(const asio::ip::tcp::endpoint& local);

} // namespace devp2p::nat
