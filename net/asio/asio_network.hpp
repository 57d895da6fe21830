// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/network.hpp"

namespace devp2p::net {

class loop_pool;

/// The network of the operating system: TCP and UDP, on loops with a thread each. Each stream lives
/// on one loop; the loops take turns.
///
/// A loop whose sleeps are short, because messages come in quick succession, stays awake for up to
/// 100 µs after each message, unless other threads need its processor. If the messages come over
/// one connection, the loop then asks that socket, and not the system.
///
/// Each name that is being resolved has a thread of its own, up to 128 of them.
class asio_network : public network {
public:
  static constexpr std::size_t max_loops = 64;

  /// Starts `loops` threads, but at least 1 and at most `max_loops`. Throws `std::system_error` if
  /// the system has no thread to give.
  explicit asio_network(std::size_t loops = 1);

  /// Ends the loops, and drops the tasks that have not run. Must not be called on one of the loops.
  /// Does not wait for names that are being resolved: a lookup cannot be called off, and its thread
  /// ends by itself, within half a minute or so.
  ~asio_network() override;

  asio_network(const asio_network&) = delete;
  asio_network& operator=(const asio_network&) = delete;

  [[nodiscard]] net::loop* loop() const override;

  /// Listens at IPv4 as well if the host is `[::]`, where the system allows it.
  expected<std::unique_ptr<listener>> listen(const endpoint& at) override;

  /// Tries the addresses of a name (RFC 8305, "Happy Eyeballs"): in the order that the system
  /// gives, but with IPv4 and IPv6 taking turns. The next one is tried after 250 ms, or at once if
  /// one fails. The first that is connected is taken. A host that no URL may hold
  /// (`endpoint::has_valid_host`) is not passed to the system: the dial fails with
  /// `errc::invalid_endpoint`.
  [[nodiscard]] std::unique_ptr<pending_dial> dial(const endpoint& to,
                                                   stream_handler handler) override;
  [[nodiscard]] std::unique_ptr<pending_dial> dial_from(const endpoint& from, const endpoint& to,
                                                        stream_handler handler) override;

  /// Binds to IPv6 alone if the host is `[::]`.
  expected<std::unique_ptr<datagram_socket>> bind(const endpoint& at) override;

private:
  std::unique_ptr<loop_pool> loops_;
};

} // namespace devp2p::net
