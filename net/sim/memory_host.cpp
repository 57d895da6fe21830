// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/sim/memory_host.hpp"

#include "devp2p/net/sim/memory_network.hpp"

#include <utility>

namespace devp2p::net {

namespace {

constexpr std::uint16_t first_ephemeral_port = 49152;
constexpr std::uint16_t last_port = 65535;
constexpr std::size_t ephemeral_ports = last_port - first_ephemeral_port + 1;

class memory_listener : public listener {
public:
  memory_listener(memory_host& host, std::shared_ptr<accept_queue> queue, endpoint local)
    : host_(host),
      queue_(std::move(queue)),
      local_(std::move(local)) {}

  ~memory_listener() override {
    host_.close(local_.port);
    queue_->close();
  }

  memory_listener(const memory_listener&) = delete;
  memory_listener& operator=(const memory_listener&) = delete;

  [[nodiscard]] const endpoint& local() const override { return local_; }
  void accept(stream_handler handler) override { queue_->accept(std::move(handler)); }

private:
  memory_host& host_;
  std::shared_ptr<accept_queue> queue_;
  endpoint local_;
};

/// Owns the handler alone, so that the queued event of a dial that was given up finds none.
class memory_dial : public pending_dial {
public:
  explicit memory_dial(std::shared_ptr<stream_handler> handler) : handler_(std::move(handler)) {}

private:
  std::shared_ptr<stream_handler> handler_;
};

} // namespace

memory_host::memory_host(memory_world& world, std::string address)
  : world_(world),
    address_(std::move(address)),
    next_port_(first_ephemeral_port) {}

expected<std::unique_ptr<listener>> memory_host::listen(const endpoint& at) {
  if (!at.is_address())
    return errc::invalid_endpoint;
  if (at.host != address_ && at.host != "0.0.0.0" && at.host != "::")
    return errc::address_not_available;
  auto port = at.port == 0 ? choose_port() : at.port;
  if (!port)
    return errc::address_in_use;
  auto [place, is_free] = listening_.try_emplace(*port);
  if (!is_free)
    return errc::address_in_use;
  place->second = std::make_shared<accept_queue>(world_.events);
  return std::unique_ptr<listener>{
    std::make_unique<memory_listener>(*this, place->second, endpoint{at.host, *port})};
}

std::unique_ptr<pending_dial> memory_host::dial(const endpoint& to, stream_handler handler) {
  auto shared = std::make_shared<stream_handler>(std::move(handler));
  world_.events.push([this, to, there = std::weak_ptr{shared}] {
    if (auto waiting = there.lock()) {
      // The handler may destroy the dial and with it itself.
      auto call = std::exchange(*waiting, nullptr);
      call(connect(to));
    }
  });
  return std::make_unique<memory_dial>(std::move(shared));
}

expected<std::unique_ptr<stream>> memory_host::connect(const endpoint& to) {
  if (!to.is_address())
    return errc::no_such_host;
  auto remote = world_.hosts.find(to.host);
  if (remote == world_.hosts.end())
    return errc::host_unreachable;
  auto& listening = remote->second->listening_;
  auto found = listening.find(to.port);
  if (found == listening.end() || found->second->size() >= memory_network::max_backlog)
    return errc::connection_refused;
  auto port = choose_port();
  if (!port)
    return errc::address_not_available;
  endpoint from{address_, *port};
  auto there = std::make_shared<pipe>(world_.events, world_.pipe_capacity);
  auto back = std::make_shared<pipe>(world_.events, world_.pipe_capacity);
  found->second->push(std::make_unique<memory_stream>(there, back, to, from));
  return std::unique_ptr<stream>{std::make_unique<memory_stream>(back, there, from, to)};
}

std::optional<std::uint16_t> memory_host::choose_port() {
  for (std::size_t tries = 0; tries < ephemeral_ports; ++tries) {
    auto port = next_port_;
    next_port_ = port == last_port ? first_ephemeral_port : static_cast<std::uint16_t>(port + 1);
    if (!listening_.contains(port))
      return port;
  }
  return std::nullopt;
}

} // namespace devp2p::net
