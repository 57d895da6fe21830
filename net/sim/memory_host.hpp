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

  /// Stops listening at `port`.
  void close(std::uint16_t port) { listening_.erase(port); }

  /// Lets everything between this host and others pass a NAT from now on.
  void put_behind(nat_kind kind, const seeded_rng& rng);
  /// Lets the NAT, if there is one, forget everything.
  void restart_nat();

  /// Sends a datagram from that port, or loses it.
  void send(std::uint16_t port, const endpoint& to, byte_view content);

  /// Takes a datagram that has come for that port.
  void take(std::uint16_t port, datagram what);

  /// Takes no datagrams at `port` any more.
  void unbind(std::uint16_t port) { bound_.erase(port); }

  /// Answers a dial that has come, from elsewhere or from here.
  void on_syn(const endpoint& from, std::uint16_t port, std::uint64_t number);

  /// Takes the answer to a dial of ours.
  void answered(const segment& what);

  /// Learns that a NAT did not let in the dial of ours with that number: no answer will come.
  void unheard(std::uint64_t number);

  /// Returns the number of our dials that are remembered.
  [[nodiscard]] std::size_t dials() const { return dials_.size(); }

  /// A dial under way. Its holder owns its outcome, so that a dial that was given up leaves nothing
  /// behind.
  struct attempt;

private:
  /// The first port that may be chosen if any will do (RFC 6335, section 6).
  static constexpr std::uint16_t first_ephemeral_port = 49152;
  static constexpr std::uint16_t last_port = 65535;
  static constexpr std::size_t ephemeral_ports = last_port - first_ephemeral_port + 1;

  /// Returns whether this host has that address.
  [[nodiscard]] bool has(const std::string& host) const;

  std::unique_ptr<pending_dial> dial(attempt asked);
  /// Queues the attempt's answer, so that it never comes from within a call.
  void announce(const std::shared_ptr<attempt>& made);

  /// A dial that was not answered yet; or one that has met another, until both its own answer and
  /// that other dial have come.
  struct asked {
    endpoint from;
    endpoint to;
    std::weak_ptr<attempt> made;
    event_queue::time begun{0};
    /// The number of our end, if the dial has met another.
    std::optional<std::uint64_t> met = std::nullopt;
    unsigned repeats = 0;
    /// The timer at which the dial is repeated, or given up.
    std::optional<event_queue::timer> next = std::nullopt;
  };
  using dial_place = std::map<std::uint64_t, asked>::iterator;

  /// A NAT, one part for each protocol.
  struct nat {
    nat_box streams;
    nat_box datagrams;
  };

  /// Returns the external port of a message that goes to `to` from our `port`. Returns `nullopt` if
  /// the NAT does not let it pass.
  std::optional<std::uint16_t> outside(nat_box nat::*protocol, std::uint16_t port,
                                       const endpoint& to);
  /// Returns our port for a message that comes from `from` to the external `port`. Returns
  /// `nullopt` if the NAT does not let it pass.
  std::optional<std::uint16_t> inside(nat_box nat::*protocol, std::uint16_t port,
                                      const endpoint& from) const;

  static bool is_wanted(const asked& dial);
  void send_dial(dial_place which);
  /// Has the dial repeated when TCP would do so, or given up when TCP would.
  void wait(dial_place which);
  void repeat(dial_place which);
  void go_on(dial_place which);
  void expect(dial_place which);
  void forget(dial_place which);

  /// Takes a dial that has come to `to` here. Returns why it fails, if it does.
  std::optional<errc> receive(const endpoint& from, const endpoint& to, std::uint64_t number);
  /// Makes one connection of a dial that has come and our own dial the same way back, if there is
  /// one at this moment. Returns the number of our end.
  std::optional<std::uint64_t> meet(const endpoint& from, const endpoint& to, std::uint64_t number);
  /// Fails the dial.
  void refuse(asked& dial, errc why);
  /// Answers the dial with a connection, whose end here has that number.
  void connect(asked& dial, std::uint64_t number);
  /// Makes our end, with that number, of a connection.
  std::unique_ptr<memory_stream> join(const endpoint& local, const endpoint& remote,
                                      std::uint64_t number);

  /// Opens a socket at a free port of `ports`.
  template <class Socket, class Base, class Queue>
  expected<std::unique_ptr<Base>> open(std::map<std::uint16_t, std::shared_ptr<Queue>>& ports,
                                       const endpoint& at);

  /// Returns the next ephemeral port that is free. As there are few, a port comes back while its
  /// connection may still be there.
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
