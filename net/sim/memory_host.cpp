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

class memory_datagram_socket : public datagram_socket {
public:
  memory_datagram_socket(memory_host& host, memory_world& world, std::string address,
                         std::shared_ptr<datagram_queue> queue, endpoint local)
    : host_(host),
      world_(world),
      address_(std::move(address)),
      queue_(std::move(queue)),
      local_(std::move(local)) {}

  ~memory_datagram_socket() override {
    host_.unbind(local_.port);
    queue_->close();
  }

  memory_datagram_socket(const memory_datagram_socket&) = delete;
  memory_datagram_socket& operator=(const memory_datagram_socket&) = delete;

  [[nodiscard]] const endpoint& local() const override { return local_; }

  void send(const endpoint& to, byte_view content) override {
    if (to.is_address() && content.size() <= max_size)
      world_.way(address_, to.host)
        .send_datagram(
          world_.datagram_to(to, {{address_, local_.port}, {content.begin(), content.end()}}));
  }

  void receive(datagram_handler handler) override { queue_->receive(std::move(handler)); }

private:
  memory_host& host_;
  memory_world& world_;
  std::string address_;
  std::shared_ptr<datagram_queue> queue_;
  endpoint local_;
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

struct memory_host::attempt {
  endpoint to;
  stream_handler handler;
  std::optional<endpoint> from = std::nullopt;
  expected<std::unique_ptr<stream>> outcome = errc::no_such_host;
  /// Whether the outcome is known, though perhaps not here yet.
  bool decided = false;

  void decide(expected<std::unique_ptr<stream>> what) {
    outcome = std::move(what);
    decided = true;
  }

  void answer() {
    // The handler may destroy the dial and with it this.
    if (auto call = std::exchange(handler, nullptr))
      call(std::move(outcome));
  }
};

namespace {

class memory_dial : public pending_dial {
public:
  explicit memory_dial(std::shared_ptr<memory_host::attempt> made) : made_(std::move(made)) {}

private:
  std::shared_ptr<memory_host::attempt> made_;
};

} // namespace

memory_host::memory_host(memory_world& world, std::string address)
  : world_(world),
    address_(std::move(address)),
    next_port_(first_ephemeral_port) {}

expected<std::unique_ptr<listener>> memory_host::listen(const endpoint& at) {
  if (!at.is_address())
    return errc::invalid_endpoint;
  if (!has(at.host))
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
  return dial(attempt{to, std::move(handler)});
}

std::unique_ptr<pending_dial> memory_host::dial_from(const endpoint& from, const endpoint& to,
                                                     stream_handler handler) {
  attempt made{to, std::move(handler), endpoint{address_, from.port}};
  if (!from.is_address())
    made.decide(errc::invalid_endpoint);
  else if (!has(from.host))
    made.decide(errc::address_not_available);
  return dial(std::move(made));
}

std::unique_ptr<pending_dial> memory_host::dial(attempt asked) {
  auto made = std::make_shared<attempt>(std::move(asked));
  std::weak_ptr there{made};
  auto answer = [there] {
    if (auto waiting = there.lock())
      waiting->answer();
  };
  auto knock = [this, there, answer] {
    auto waiting = there.lock();
    if (!waiting)
      return;
    if (!waiting->decided)
      waiting->decide(connect(*waiting));
    auto& back = world_.way(waiting->to.host, address_);
    if (back.instant())
      waiting->answer();
    else
      back.send(std::make_shared<errand>(world_.events, answer), news::errand);
  };
  const auto& [to, handler, from, outcome, decided] = *made;
  if (!to.is_address() || decided) {
    world_.events.push(answer);
  } else {
    if (from && from->port != 0) {
      std::erase_if(dialling_, [](const auto& x) { return x.second.expired(); });
      dialling_[{from->port, to}] = made;
    }
    world_.way(address_, to.host)
      .send(std::make_shared<errand>(world_.events, knock), news::errand);
  }
  return std::make_unique<memory_dial>(std::move(made));
}

expected<std::unique_ptr<stream>> memory_host::connect(const attempt& made) {
  const auto& to = made.to;
  auto remote = world_.hosts.find(to.host);
  if (remote == world_.hosts.end())
    return errc::host_unreachable;
  auto port = made.from && made.from->port != 0 ? made.from->port : choose_port();
  if (!port)
    return errc::address_not_available;
  const endpoint from{address_, *port};
  auto& listening = remote->second->listening_;
  auto found = listening.find(to.port);
  if (found == listening.end())
    if (auto met = meet(from, *remote->second, to))
      return met;
  if (found == listening.end() || found->second->size() >= memory_network::max_backlog)
    return errc::connection_refused;
  auto [ours, theirs] = join(from, to);
  found->second->push(std::move(theirs));
  return std::unique_ptr<stream>{std::move(ours)};
}

std::unique_ptr<stream> memory_host::meet(const endpoint& from, memory_host& remote,
                                          const endpoint& to) {
  auto found = remote.dialling_.find({to.port, from});
  auto other = found == remote.dialling_.end() ? nullptr : found->second.lock();
  // What goes to itself meets nobody.
  if (!other || other->decided || from == to)
    return nullptr;
  auto [ours, theirs] = join(from, to);
  other->decide(std::unique_ptr<stream>{std::move(theirs)});
  return std::unique_ptr<stream>{std::move(ours)};
}

memory_host::stream_pair memory_host::join(const endpoint& from, const endpoint& to) {
  auto there =
    std::make_shared<pipe>(world_.way(address_, to.host), world_.next_pipe++, world_.pipe_capacity);
  auto back =
    std::make_shared<pipe>(world_.way(to.host, address_), world_.next_pipe++, world_.pipe_capacity);
  return {std::make_unique<memory_stream>(back, there, from, to),
          std::make_unique<memory_stream>(there, back, to, from)};
}

expected<std::unique_ptr<datagram_socket>> memory_host::bind(const endpoint& at) {
  if (!at.is_address())
    return errc::invalid_endpoint;
  if (!has(at.host))
    return errc::address_not_available;
  auto port = at.port == 0 ? choose_port() : at.port;
  if (!port)
    return errc::address_in_use;
  auto [place, is_free] = bound_.try_emplace(*port);
  if (!is_free)
    return errc::address_in_use;
  place->second = std::make_shared<datagram_queue>(world_.events);
  return std::unique_ptr<datagram_socket>{std::make_unique<memory_datagram_socket>(
    *this, world_, address_, place->second, endpoint{at.host, *port})};
}

void memory_host::take(std::uint16_t port, datagram what) {
  if (auto found = bound_.find(port); found != bound_.end())
    found->second->push(std::move(what));
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
