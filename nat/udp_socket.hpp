// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"
#include "devp2p/nat/gateway.hpp"
#include "devp2p/nat/interrupt.hpp"

#include <memory>

namespace devp2p::nat {

/// A datagram, and who sent it.
struct datagram {
  endpoint from;
  bytes content;
};

/// Sends and receives datagrams, and waits for them.
class udp_socket {
public:
  /// Larger ones are cut, and with that unusable; all that we speak with fit in (RFC 6887,
  /// section 7).
  static constexpr std::size_t max_datagram = 2048;

  /// Bound to a port of its own at this address.
  static outcome<udp_socket> open(const std::string& local_address);

  /// Bound to `port` at all IPv4 addresses, beside others, and a member of `group` on the interface
  /// that has the IPv4 address `interface`.
  static outcome<udp_socket> join(const std::string& group, std::uint16_t port,
                                  const std::string& interface);

  udp_socket(udp_socket&&) noexcept;
  udp_socket& operator=(udp_socket&&) noexcept;
  ~udp_socket();

  /// Failures are the same as loss.
  void send(byte_view content, const endpoint& to);

  /// One that has come; nothing if none has.
  std::optional<datagram> receive();

  /// The next one until then; nothing if none comes, or the wait is interrupted.
  std::optional<datagram> receive(const interrupt& stop, deadline until);

  [[nodiscard]] int descriptor() const;
  [[nodiscard]] endpoint local() const;

private:
  struct parts;
  explicit udp_socket(std::unique_ptr<parts> all);

  std::unique_ptr<parts> parts_;
};

/// Sends `question` until `answer(datagram)` returns something, `first_wait` after the first time
/// and twice as long after each further one.
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
