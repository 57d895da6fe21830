// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/endpoint.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <optional>
#include <string>

namespace devp2p::test {

/// A TCP connection to a port of 127.0.0.1, which waits 10 s at most for each answer.
class plain_client {
public:
  explicit plain_client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    timeval patience{10, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
  }
  plain_client(const plain_client&) = delete;
  plain_client& operator=(const plain_client&) = delete;
  ~plain_client() { ::close(socket_); }

  [[nodiscard]] bool is_connected() const { return connected_; }

  void send(const std::string& what) const {
    ::send(socket_, what.data(), what.size(), MSG_NOSIGNAL);
  }

  /// Returns all that comes until the other side closes, or nothing comes any more.
  [[nodiscard]] std::string read_all() const {
    std::string out;
    char buffer[4096];
    for (;;) {
      auto count = ::recv(socket_, buffer, sizeof buffer, 0);
      if (count <= 0)
        return out;
      out.append(buffer, static_cast<std::size_t>(count));
    }
  }

private:
  int socket_;
  bool connected_ = false;
};

/// Returns the body of an answer with status 200.
inline std::optional<std::string> http_get(std::uint16_t port, const std::string& target) {
  plain_client client{port};
  if (!client.is_connected())
    return std::nullopt;
  client.send("GET " + target + " HTTP/1.0\r\nHost: localhost\r\n\r\n");
  auto answer = client.read_all();
  auto body = answer.find("\r\n\r\n");
  auto is_good = answer.starts_with("HTTP/1.0 200 ") || answer.starts_with("HTTP/1.1 200 ");
  if (!is_good || body == std::string::npos)
    return std::nullopt;
  return answer.substr(body + 4);
}

} // namespace devp2p::test
