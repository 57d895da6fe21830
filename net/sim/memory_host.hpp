// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/sim/accept_queue.hpp"
#include "devp2p/net/sim/datagram_queue.hpp"
#include "devp2p/net/sim/memory_world.hpp"
#include "devp2p/net/sim/nat_box.hpp"

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

  /// From now on all that goes to other hosts and comes from them passes a NAT.
  void put_behind(nat_kind kind, const chance& luck);
  /// The NAT forgets all that it knows, if there is one.
  void restart_nat();

  /// Sends a datagram from that port, or loses it.
  void send(std::uint16_t port, const endpoint& to, byte_view content);

  /// A datagram has come for that port.
  void take(std::uint16_t port, datagram what);

  /// Nobody takes datagrams there any more.
  void unbind(std::uint16_t port) { bound_.erase(port); }

  /// A dial from elsewhere or here has come: answers it.
  void knock(const endpoint& from, std::uint16_t port, std::uint64_t number);

  /// The answer to a dial of ours has come.
  void answered(const parcel& what);

  /// The dial of ours with that number was not let in: nobody answers it.
  void unheard(std::uint64_t number);

  /// How many dials of ours are remembered.
  [[nodiscard]] std::size_t dials() const { return dials_.size(); }

  /// A dial under way: whoever has it owns what becomes of it, so that one that was given up leaves
  /// nothing behind.
  struct attempt;

private:
  /// Which may be chosen for who wants any (RFC 6335, section 6).
  static constexpr std::uint16_t first_ephemeral_port = 49152;
  static constexpr std::uint16_t last_port = 65535;
  static constexpr std::size_t ephemeral_ports = last_port - first_ephemeral_port + 1;

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
    event_queue::time begun{0};
    /// The number of our end.
    std::optional<std::uint64_t> met = std::nullopt;
    unsigned repeats = 0;
    /// When it is repeated, or given up.
    std::optional<event_queue::timer> next = std::nullopt;
  };
  using dial_place = std::map<std::uint64_t, asked>::iterator;

  /// A NAT, by protocol.
  struct nat {
    nat_box streams;
    nat_box datagrams;
  };

  /// The port at which something comes out that goes there from a port of ours, and the port of
  /// ours that something is for which comes in; nothing if the NAT lets it not pass.
  std::optional<std::uint16_t> outside(nat_box nat::*protocol, std::uint16_t port,
                                       const endpoint& to);
  std::optional<std::uint16_t> inside(nat_box nat::*protocol, std::uint16_t port,
                                      const endpoint& from) const;

  static bool is_wanted(const asked& dial);
  void send_dial(dial_place which);
  /// Has it repeated when TCP would do so, or given up when TCP would.
  void wait(dial_place which);
  void repeat(dial_place which);
  void go_on(dial_place which);
  void expect(dial_place which);
  void forget(dial_place which);

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

  /// The next ephemeral port that nobody has. As there are few, a port
  /// comes back while its connection may still be there.
  std::optional<std::uint16_t> choose_port();

  memory_world& world_;
  std::string address_;
  std::map<std::uint16_t, std::shared_ptr<accept_queue>> listening_;
  std::map<std::uint16_t, std::shared_ptr<datagram_queue>> bound_;
  std::map<std::uint64_t, asked> dials_;
  std::uint64_t next_dial_ = 0;
  std::uint16_t next_port_;
  std::unique_ptr<nat> nat_;
};

} // namespace devp2p::net
