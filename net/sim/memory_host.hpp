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

  /// A dial from elsewhere or here has come: answers it.
  void knock(const endpoint& from, std::uint16_t port, std::uint64_t number);

  /// The answer to a dial of ours has come.
  void answered(const parcel& what);

  /// A dial under way: whoever has it owns what becomes of it, so that one that was given up leaves
  /// nothing behind.
  struct attempt;

private:
  /// Whether this host has that address.
  [[nodiscard]] bool has(const std::string& host) const;

  std::unique_ptr<pending_dial> dial(attempt made);
  /// Has the attempt answered, never from within a call.
  void announce(const std::shared_ptr<attempt>& made);

  /// A dial that was not answered yet; or that has met another, until both its own answer and that
  /// other dial have come.
  struct asked {
    endpoint from;
    endpoint to;
    std::weak_ptr<attempt> made;
    /// The number of our end.
    std::optional<std::uint64_t> met = std::nullopt;
  };

  /// What becomes of a dial that has come to `to` here.
  std::optional<errc> receive(const endpoint& from, const endpoint& to, std::uint64_t number);
  /// If we dial back the same way at this moment, that is the connection of both: the number of our
  /// end.
  std::optional<std::uint64_t> meet(const endpoint& from, const endpoint& to, std::uint64_t number);
  /// There is none.
  void refuse(asked& dial, errc why);
  /// There is a connection, whose end here has that number.
  void connect(asked& dial, std::uint64_t number);
  /// Our end, with that number, of a connection.
  std::unique_ptr<memory_stream> join(const endpoint& local, const endpoint& remote,
                                      std::uint64_t number);

  /// The next ephemeral port (RFC 6335, section 6) that nobody has. As there are few, a port
  /// comes back while its connection may still be there.
  std::optional<std::uint16_t> choose_port();

  memory_world& world_;
  std::string address_;
  std::map<std::uint16_t, std::shared_ptr<accept_queue>> listening_;
  std::map<std::uint16_t, std::shared_ptr<datagram_queue>> bound_;
  std::map<std::uint64_t, asked> dials_;
  std::uint64_t next_dial_ = 0;
  std::uint16_t next_port_;
};

} // namespace devp2p::net
