// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/endpoint.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace devp2p::test {

/// Connects, sends data that is no handshake, and closes.
inline void disturb(const endpoint& where) {
  auto socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(where.port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0)
    (void)::send(socket, "nonsense", 8, MSG_NOSIGNAL);
  ::close(socket);
}

} // namespace devp2p::test
