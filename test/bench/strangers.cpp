// SPDX-License-Identifier: BSL-1.0
#include "strangers.hpp"

#include "open_files.hpp"

#include "devp2p/net/crypto/system_random.hpp"
#include "devp2p/net/rlpx/handshake.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>

namespace devp2p::bench {

namespace {

sockaddr_in loopback(std::uint32_t address, std::uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(port);
  out.sin_addr.s_addr = htonl(address);
  return out;
}

bytes make_auth(const enode& target) {
  crypto::system_random random;
  auto key = crypto::private_key::generate(random);
  auto out = rlpx::handshake::initiator(key, target.id, random).start();
  if (!out)
    throw std::runtime_error("the auth cannot be made");
  return *std::move(out);
}

} // namespace

strangers::strangers(const enode& target) : port_(target.address.port), auth_(make_auth(target)) {
  // Both ends are of this process.
  allow_sockets(2 * max_held);
}

void strangers::come() {
  if (!held_.empty())
    held_.back().write(auth_);
  if (held_.size() >= max_held)
    held_.pop_front();
  held_.emplace_back(count_++, port_);
}

strangers::connection::connection(std::size_t number, std::uint16_t port)
  : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
  // Each comes from one of 250 networks of 127.0.0.0/8.
  constexpr std::uint32_t networks = 250;
  auto from = loopback(0x7f010001 + static_cast<std::uint32_t>(number % networks << 8), 0);
  auto to = loopback(INADDR_LOOPBACK, port);
  if (socket_ < 0 || ::bind(socket_, reinterpret_cast<sockaddr*>(&from), sizeof from) != 0)
    throw std::runtime_error("no socket for a stranger");
  if (::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0 && errno != EINPROGRESS)
    throw std::runtime_error("a stranger cannot connect");
}

strangers::connection::~connection() {
  if (socket_ < 0)
    return;
  // Without this option, each connection would occupy its port for a minute.
  const linger at_once{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  ::close(socket_);
}

/// Writes if the target takes it: it may have closed the connection, or not have accepted it.
void strangers::connection::write(byte_view content) const {
  static_cast<void>(::send(socket_, content.data(), content.size(), MSG_DONTWAIT | MSG_NOSIGNAL));
}

} // namespace devp2p::bench
