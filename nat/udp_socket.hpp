// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"
#include "devp2p/nat/gateway.hpp"
#include "devp2p/nat/interrupt.hpp"

#include <memory>

namespace devp2p::nat {

/// A datagram and its sender.
struct datagram {
  endpoint from;
  bytes content;
};

/// Sends and receives datagrams, and waits for them.
class udp_socket {
public:
  /// The maximum size of a datagram in bytes. Larger ones are truncated, and so unusable; no
  /// protocol used here sends them (RFC 6887, section 7).
  static constexpr std::size_t max_datagram = 2048;

  /// Opens a socket bound to a free port of this address.
  static outcome<udp_socket> open(const std::string& local_address);

  /// Opens a socket bound to `group` and `port`, which other sockets may share. It is a member of
  /// the group on the interface with the IPv4 address `interface`. Both addresses must be of IPv4.
  static outcome<udp_socket> join(const std::string& group, std::uint16_t port,
                                  const std::string& interface);

  udp_socket(udp_socket&&) noexcept;
  udp_socket& operator=(udp_socket&&) noexcept;
  ~udp_socket();

  /// Sends a datagram. A failure is treated like a loss.
  void send(byte_view content, const endpoint& to);

  /// Returns a datagram that has arrived; `nullopt` if none has.
  std::optional<datagram> receive();

  /// Returns the next datagram until then; `nullopt` if none arrives or the wait is interrupted.
  std::optional<datagram> receive(const interrupt& stop, deadline until);

  [[nodiscard]] int descriptor() const;
  [[nodiscard]] endpoint local() const;

private:
  struct parts;
  explicit udp_socket(std::unique_ptr<parts> all);

  std::unique_ptr<parts> parts_;
};

/// Sends `question`, and waits for a datagram from `whom` for which `answer(datagram)` returns a
/// value. Repeats it up to `tries` times in all. The first wait lasts `first_wait`, and each
/// further one twice as long. Returns the value, or an empty one.
template <class Answer>
auto ask(udp_socket& socket, const endpoint& whom, byte_view question, const interrupt& stop,
         std::chrono::milliseconds first_wait, unsigned tries, Answer answer)
  -> decltype(answer(datagram{})) {
  for (unsigned i = 0; i < tries; ++i) {
    socket.send(question, whom);
    const auto until = deadline::clock::now() + first_wait * (1 << i);
    while (auto got = socket.receive(stop, until))
      if (got->from == whom)
        if (auto out = answer(*got))
          return out;
    if (stop.raised())
      break;
  }
  return {};
}

} // namespace devp2p::nat
