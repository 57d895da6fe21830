// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/sim/memory_host.hpp"

#include "devp2p/net/sim/memory_network.hpp"

#include <algorithm>
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
        .send_datagram({.what = news::datagram,
                        .from_port = local_.port,
                        .to_port = to.port,
                        .content{content.begin(), content.end()}});
  }

  void receive(datagram_handler handler) override { queue_->receive(std::move(handler)); }

private:
  memory_host& host_;
  memory_world& world_;
  std::string address_;
  std::shared_ptr<datagram_queue> queue_;
  endpoint local_;
};

} // namespace

struct memory_host::attempt {
  endpoint to;
  stream_handler handler;
  endpoint from = {};
  std::optional<expected<std::unique_ptr<stream>>> outcome = std::nullopt;

  void answer() {
    // The handler may destroy the dial and with it this.
    if (auto call = std::exchange(handler, nullptr))
      call(std::move(*outcome));
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
  attempt made{to, std::move(handler), {address_, from.port}};
  if (!from.is_address())
    made.outcome = errc::invalid_endpoint;
  else if (!has(from.host))
    made.outcome = errc::address_not_available;
  return dial(std::move(made));
}

std::unique_ptr<pending_dial> memory_host::dial(attempt asked) {
  auto made = std::make_shared<attempt>(std::move(asked));
  auto& [to, handler, from, outcome] = *made;
  if (!outcome && !to.is_address())
    outcome = errc::no_such_host;
  if (from.port == 0) {
    auto port = choose_port();
    from = {address_, port.value_or(0)};
    if (!outcome && !port)
      outcome = errc::address_not_available;
  }
  // Those that were given up are there until they are answered.
  if (!outcome && dials_.size() >= ephemeral_ports)
    outcome = errc::address_not_available;
  if (outcome) {
    announce(made);
  } else {
    auto number = next_dial_++;
    dials_.emplace(number, memory_host::asked{from, to, made});
    world_.way(address_, to.host)
      .send({.what = news::dial, .number = number, .from_port = from.port, .to_port = to.port});
  }
  return std::make_unique<memory_dial>(std::move(made));
}

void memory_host::announce(const std::shared_ptr<attempt>& made) {
  world_.events.push([there = std::weak_ptr{made}] {
    if (auto waiting = there.lock())
      waiting->answer();
  });
}

void memory_host::knock(const endpoint& from, std::uint16_t port, std::uint64_t number) {
  const endpoint to{address_, port};
  parcel answer{.what = news::answer, .number = number};
  if (auto ours = meet(from, to, number))
    answer.met = *ours ^ 1;
  else
    answer.error = receive(from, to, number);
  world_.way(address_, from.host).send(std::move(answer));
}

// The dialling end has an even number, and the other the next.
std::optional<errc> memory_host::receive(const endpoint& from, const endpoint& to,
                                         std::uint64_t number) {
  auto found = listening_.find(to.port);
  if (found == listening_.end() || found->second->size() >= memory_network::max_backlog)
    return errc::connection_refused;
  found->second->push(join(to, from, number * 2 + 1));
  return std::nullopt;
}

std::optional<std::uint64_t> memory_host::meet(const endpoint& from, const endpoint& to,
                                               std::uint64_t number) {
  auto goes_there = [&](const auto& x) { return x.second.from == to && x.second.to == from; };
  auto found = std::find_if(dials_.begin(), dials_.end(), goes_there);
  // What goes to itself meets nobody.
  if (found == dials_.end() || from == to)
    return std::nullopt;
  auto& [ours, dial] = *found;
  if (dial.met) // Its answer has overtaken this one.
    return dials_.extract(found).mapped().met;
  if (dial.made.expired())
    return std::nullopt;
  // Both ends take the dial of the smaller endpoint for the one that counts.
  dial.met = to < from ? ours * 2 : number * 2 + 1;
  connect(dial, *dial.met);
  return dial.met;
}

void memory_host::answered(const parcel& what) {
  auto found = dials_.find(what.number);
  if (found == dials_.end())
    return;
  auto& dial = found->second;
  auto was_met = std::exchange(dial.met, dial.met ? dial.met : what.met).has_value();
  if (what.error && was_met) {
    // Who is there had given up before our dial came.
    parcel broken{.what = news::broken, .number = *dial.met};
    world_.arrive(world_.way(dial.to.host, address_), broken);
  } else if (what.error) {
    refuse(dial, *what.error);
  } else if (!was_met) {
    connect(dial, dial.met.value_or(what.number * 2));
    if (dial.met)
      return; // The other dial is to come yet, and to find this one.
  }
  dials_.erase(found);
}

void memory_host::refuse(asked& dial, errc why) {
  if (auto made = dial.made.lock()) {
    made->outcome = why;
    announce(made);
  }
}

void memory_host::connect(asked& dial, std::uint64_t number) {
  if (auto made = dial.made.lock()) {
    made->outcome = std::unique_ptr<stream>{join(dial.from, dial.to, number)};
    announce(made);
  } else {
    // It was given up.
    world_.way(address_, dial.to.host).send({.what = news::broken, .number = number ^ 1});
  }
}

std::unique_ptr<memory_stream> memory_host::join(const endpoint& local, const endpoint& remote,
                                                 std::uint64_t number) {
  return std::make_unique<memory_stream>(world_.join(address_, remote.host, number), local, remote);
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
