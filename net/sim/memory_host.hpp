// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/sim/accept_queue.hpp"
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

  /// Nobody listens at `port` any more.
  void close(std::uint16_t port) { listening_.erase(port); }

private:
  /// What becomes of a dial that has come to the host `to`, which is an address.
  expected<std::unique_ptr<stream>> connect(const endpoint& to);

  /// The next ephemeral port (RFC 6335, section 6) that nobody listens at. As there are few, a port
  /// comes back while its connection may still be there.
  std::optional<std::uint16_t> choose_port();

  memory_world& world_;
  std::string address_;
  std::map<std::uint16_t, std::shared_ptr<accept_queue>> listening_;
  std::uint16_t next_port_;
};

} // namespace devp2p::net
