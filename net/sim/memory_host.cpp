// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/sim/memory_host.hpp"

#include "devp2p/net/sim/memory_network.hpp"

#include <algorithm>
#include <utility>

namespace devp2p::net {

namespace {

/// The time for which a NAT remembers an outgoing dial (RFC 5382, REQ-5).
constexpr std::chrono::minutes opening_lifetime{4};
/// The time for which a NAT remembers an outgoing datagram. RFC 4787 wants two minutes, but there
/// are NATs that forget sooner, and those decide how often to send.
constexpr std::chrono::seconds datagram_lifetime{30};

/// A socket that holds a port of a host until it is destroyed. `Base` is its interface, `Release`
/// the function that frees the port.
template <class Base, class Queue, void (memory_host::*Release)(std::uint16_t)>
class memory_socket : public Base {
public:
  memory_socket(memory_host& host, std::shared_ptr<Queue> queue, endpoint local)
    : host_(host),
      queue_(std::move(queue)),
      local_(std::move(local)) {}

  ~memory_socket() override {
    (host_.*Release)(local_.port);
    queue_->close();
  }

  memory_socket(const memory_socket&) = delete;
  memory_socket& operator=(const memory_socket&) = delete;

  [[nodiscard]] const endpoint& local() const override { return local_; }

protected:
  memory_host& host_;
  std::shared_ptr<Queue> queue_;
  endpoint local_;
};

class memory_listener : public memory_socket<listener, accept_queue, &memory_host::close> {
public:
  using memory_socket::memory_socket;

  void accept(std::size_t most, accept_handler handler) override {
    queue_->accept(most, std::move(handler));
  }
};

class memory_datagram_socket
  : public memory_socket<datagram_socket, datagram_queue, &memory_host::unbind> {
public:
  using memory_socket::memory_socket;

  void send(const endpoint& to, byte_view content) override {
    if (to.is_address() && content.size() <= max_size)
      host_.send(local_.port, to, content);
  }

  void receive(datagram_handler handler) override { queue_->receive(std::move(handler)); }
};

} // namespace

memory_host::memory_host(memory_world& world, std::string address)
  : world_(world),
    address_(std::move(address)),
    next_port_(first_ephemeral_port) {}

template <class Socket, class Base, class Queue>
expected<std::unique_ptr<Base>>
memory_host::open(std::map<std::uint16_t, std::shared_ptr<Queue>>& ports, const endpoint& at) {
  if (!at.is_address())
    return errc::invalid_endpoint;
  if (!has(at.host))
    return errc::address_not_available;
  auto port = at.port == 0 ? choose_port() : at.port;
  if (!port)
    return errc::address_in_use;
  auto [place, is_free] = ports.try_emplace(*port);
  if (!is_free)
    return errc::address_in_use;
  place->second = std::make_shared<Queue>(world_.events);
  return std::unique_ptr<Base>{
    std::make_unique<Socket>(*this, place->second, endpoint{at.host, *port})};
}

expected<std::unique_ptr<listener>> memory_host::listen(const endpoint& at) {
  return open<memory_listener, listener>(listening_, at);
}

expected<std::unique_ptr<datagram_socket>> memory_host::bind(const endpoint& at) {
  return open<memory_datagram_socket, datagram_socket>(bound_, at);
}

void memory_host::send(std::uint16_t port, const endpoint& to, byte_view content) {
  if (auto external = outside(&nat::datagrams, port, to))
    world_.way(address_, to.host)
      .send_datagram({.what = segment_kind::datagram,
                      .from_port = *external,
                      .to_port = to.port,
                      .content{content.begin(), content.end()}});
}

void memory_host::take(std::uint16_t port, datagram what) {
  auto internal = inside(&nat::datagrams, port, what.from);
  if (auto found = internal ? bound_.find(*internal) : bound_.end(); found != bound_.end())
    found->second->push(std::move(what));
}

void memory_host::put_behind(nat_kind kind, const seeded_rng& rng) {
  nat_ = std::make_unique<nat>(
    nat{{kind, rng.apart(0), opening_lifetime}, {kind, rng.apart(1), datagram_lifetime}});
}

void memory_host::restart_nat() {
  if (!nat_)
    return;
  nat_->streams.restart();
  nat_->datagrams.restart();
}

std::optional<std::uint16_t> memory_host::outside(nat_box nat::*protocol, std::uint16_t port,
                                                  const endpoint& to) {
  if (!nat_ || to.host == address_)
    return port;
  return (nat_.get()->*protocol).outbound(port, to, world_.events.now());
}

std::optional<std::uint16_t> memory_host::inside(nat_box nat::*protocol, std::uint16_t port,
                                                 const endpoint& from) const {
  if (!nat_ || from.host == address_)
    return port;
  return (nat_.get()->*protocol).inbound(port, from, world_.events.now());
}

bool memory_host::has(const std::string& host) const {
  return host == address_ || host == "0.0.0.0" || host == "::";
}

std::optional<std::uint16_t> memory_host::choose_port() {
  for (std::size_t tries = 0; tries < ephemeral_ports; ++tries) {
    auto port = next_port_;
    next_port_ = port == last_port ? first_ephemeral_port : static_cast<std::uint16_t>(port + 1);
    if (!listening_.contains(port) && !bound_.contains(port))
      return port;
  }
  return std::nullopt;
}

} // namespace devp2p::net
