// SPDX-License-Identifier: BSL-1.0
#include "relay.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace devp2p::test {

namespace {

/// The interval in milliseconds at which the end and a cut are noticed.
constexpr int look_up_ms = 10;

int check(int result) {
  if (result < 0)
    throw std::system_error{errno, std::generic_category(), "relay"};
  return result;
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(port);
  out.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return out;
}

bool is_ready(int socket) {
  pollfd one{socket, POLLIN, 0};
  return ::poll(&one, 1, look_up_ms) > 0;
}

/// Passes on available data. Returns false when no more will come.
bool carry(int from, int to) {
  std::array<char, 65536> buffer{};
  auto got = ::recv(from, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (got <= 0)
    return got < 0 && errno == EAGAIN;
  for (ssize_t put = 0; put < got;) {
    auto more = ::send(to, buffer.data() + put, static_cast<std::size_t>(got - put), MSG_NOSIGNAL);
    if (more <= 0)
      return false;
    put += more;
  }
  return true;
}

} // namespace

relay::relay(std::uint16_t target)
  : target_(target),
    listener_(check(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))) {
  auto at = loopback(0);
  socklen_t size = sizeof(at);
  check(::bind(listener_, reinterpret_cast<sockaddr*>(&at), size));
  check(::listen(listener_, 1));
  check(::getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size));
  port_ = ntohs(at.sin_port);
  thread_ = std::thread{[this] { run(); }};
}

relay::~relay() {
  done_ = true;
  thread_.join();
  ::close(listener_);
}

void relay::run() {
  while (!done_)
    if (is_ready(listener_))
      carry_connection(::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC));
}

void relay::carry_connection(int near) {
  auto far = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto to = loopback(target_);
  auto open = ::connect(far, reinterpret_cast<sockaddr*>(&to), sizeof(to)) == 0;
  while (open && !done_) {
    std::array<pollfd, 2> both{{{near, POLLIN, 0}, {far, POLLIN, 0}}};
    ::poll(both.data(), cut_ ? 0 : both.size(), look_up_ms);
    if (!cut_)
      open = carry(near, far) && carry(far, near);
  }
  ::close(near);
  ::close(far);
}

} // namespace devp2p::test
