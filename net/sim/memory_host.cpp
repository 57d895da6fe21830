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

/// A dial under way: whoever has it owns what becomes of it, so that one that was given up leaves
/// nothing behind.
struct attempt {
  endpoint to;
  stream_handler handler;
  expected<std::unique_ptr<stream>> outcome = errc::no_such_host;

  void answer() {
    // The handler may destroy the dial and with it this.
    auto call = std::exchange(handler, nullptr);
    call(std::move(outcome));
  }
};

class memory_dial : public pending_dial {
public:
  explicit memory_dial(std::shared_ptr<attempt> made) : made_(std::move(made)) {}

private:
  std::shared_ptr<attempt> made_;
};

/// Queues an event when it arrives.
class errand final : public addressee {
public:
  errand(event_queue& events, std::function<void()> event)
    : events_(events),
      event_(std::move(event)) {}

private:
  void arrive(news, std::size_t) override { events_.push(std::move(event_)); }

  event_queue& events_;
  std::function<void()> event_;
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
  auto made = std::make_shared<attempt>(attempt{to, std::move(handler)});
  std::weak_ptr there{made};
  auto answer = [there] {
    if (auto waiting = there.lock())
      waiting->answer();
  };
  auto knock = [this, there, answer] {
    auto waiting = there.lock();
    if (!waiting)
      return;
    waiting->outcome = connect(waiting->to);
    auto& back = world_.way(waiting->to.host, address_);
    if (back.instant())
      waiting->answer();
    else
      back.send(std::make_shared<errand>(world_.events, answer), news::errand);
  };
  if (to.is_address())
    world_.way(address_, to.host)
      .send(std::make_shared<errand>(world_.events, knock), news::errand);
  else
    world_.events.push(answer);
  return std::make_unique<memory_dial>(std::move(made));
}

expected<std::unique_ptr<stream>> memory_host::connect(const endpoint& to) {
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
  auto there =
    std::make_shared<pipe>(world_.way(address_, to.host), world_.next_pipe++, world_.pipe_capacity);
  auto back =
    std::make_shared<pipe>(world_.way(to.host, address_), world_.next_pipe++, world_.pipe_capacity);
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
