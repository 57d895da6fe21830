// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/sim/accept_queue.hpp"
#include "devp2p/net/sim/datagram_queue.hpp"
#include "devp2p/net/sim/memory_world.hpp"

namespace devp2p::net {

/// One host of a `memory_network`: an address and its ports.
class memory_host : public network {
public:
  memory_host(memory_world& world, std::string address);

  [[nodiscard]] net::loop* loop() const override { return nullptr; }
  expected<std::unique_ptr<listener>> listen(const endpoint& at) override;
  [[nodiscard]] std::unique_ptr<pending_dial> dial(const endpoint& to,
                                                   stream_handler handler) override;
  [[nodiscard]] std::unique_ptr<pending_dial> dial_from(const endpoint& from, const endpoint& to,
                                                        stream_handler handler) override;
  expected<std::unique_ptr<datagram_socket>> bind(const endpoint& at) override;

  /// Nobody listens at `port` any more.
  void close(std::uint16_t port) { listening_.erase(port); }

  /// A datagram has come for that port.
  void take(std::uint16_t port, datagram what);

  /// Nobody takes datagrams there any more.
  void unbind(std::uint16_t port) { bound_.erase(port); }

  /// A dial under way: whoever has it owns what becomes of it, so that one that was given up leaves
  /// nothing behind.
  struct attempt;

private:
  using stream_pair = std::pair<std::unique_ptr<memory_stream>, std::unique_ptr<memory_stream>>;

  /// Whether this host has that address.
  [[nodiscard]] bool has(const std::string& host) const;

  /// What becomes of a dial that has come to the host `to`, which is an address.
  expected<std::unique_ptr<stream>> connect(const attempt& made);
  /// If who is there dials the same way back at this moment: their connection.
  std::unique_ptr<stream> meet(const endpoint& from, memory_host& remote, const endpoint& to);
  /// Our end of a connection, and the other's.
  stream_pair join(const endpoint& from, const endpoint& to);
  std::unique_ptr<pending_dial> dial(attempt made);

  /// The next ephemeral port (RFC 6335, section 6) that nobody has. As there are few, a port
  /// comes back while its connection may still be there.
  std::optional<std::uint16_t> choose_port();

  memory_world& world_;
  std::string address_;
  std::map<std::uint16_t, std::shared_ptr<accept_queue>> listening_;
  std::map<std::uint16_t, std::shared_ptr<datagram_queue>> bound_;
  /// The dials that go from a given port, by that and by where they go to.
  std::map<std::pair<std::uint16_t, endpoint>, std::weak_ptr<attempt>> dialling_;
  std::uint16_t next_port_;
};

} // namespace devp2p::net
