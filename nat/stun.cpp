// SPDX-License-Identifier: BSL-1.0
#include "devp2p/nat/stun.hpp"

#include "devp2p/messages/capability.hpp"
#include "devp2p/nat/address.hpp"
#include "devp2p/nat/stun_message.hpp"
#include "devp2p/nat/udp_socket.hpp"
#include "devp2p/nat/unpredictable.hpp"

#include <asio/io_context.hpp>
#include <asio/ip/udp.hpp>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <future>
#include <map>
#include <thread>
#include <utility>

namespace devp2p::nat {

namespace {

/// The wait of the first round of requests, which go to all servers at once. It doubles each round.
constexpr std::chrono::milliseconds first_wait{400};
constexpr unsigned rounds = 3;
/// The maximum number of given servers that are used.
constexpr std::size_t max_servers = 8;

/// The limit of a look-up; the system's resolver has no limit and cannot be called off.
constexpr std::chrono::seconds resolver_limit{4};

/// Returns whether the system lacks a resource that is needed to tell whether a name exists.
bool is_short(errc why) {
  return why == errc::too_many_files || why == errc::out_of_memory;
}

/// Returns the first IPv4 address of a name.
expected<endpoint> resolve(const endpoint& x) {
  asio::io_context context;
  asio::ip::udp::resolver resolver{context};
  std::error_code error;
  errno = 0; // The resolver rarely reports that it could open no file or socket, but errno does.
  auto found = resolver.resolve(asio::ip::udp::v4(), x.host, std::to_string(x.port), error);
  if (error == std::error_code{asio::error::no_memory})
    return errc::out_of_memory;
  if (error)
    return is_short(from_errno(errno)) ? from_errno(errno) : errc::no_such_host;
  if (found.empty())
    return errc::no_such_host;
  return endpoint{found.begin()->endpoint().address().to_string(), x.port};
}

/// The answers of several servers that are asked from the same port.
class survey {
public:
  /// Asks until `enough(answers)` is true, or the rounds are over.
  template <class Predicate>
  std::optional<failure> run(const std::vector<endpoint>& servers, const interrupt& stop,
                             Predicate enough) {
    auto socket = udp_socket::open("0.0.0.0");
    if (!socket)
      return socket.error();
    local_ = socket->local();
    for (unsigned round = 0; round < rounds && !stop.raised() && !enough(answers_); ++round) {
      for (const auto& x : servers)
        if (!answers_.contains(x))
          socket->send(stun::encode_request(id_), x);
      const auto until = deadline::clock::now() + first_wait * (1 << round);
      while (answers_.size() < servers.size() && !enough(answers_)) {
        auto got = socket->receive(stop, until);
        if (!got)
          break;
        auto asked = std::find(servers.begin(), servers.end(), got->from) != servers.end();
        if (auto seen = stun::decode_response(got->content, id_); seen && asked)
          answers_.emplace(got->from, *seen);
      }
    }
    return std::nullopt;
  }

  [[nodiscard]] const std::map<endpoint, endpoint>& answers() const { return answers_; }
  [[nodiscard]] std::uint16_t port() const { return local_.port; }

private:
  // An attacker that guesses the id could send us a wrong address.
  const stun::transaction_id id_ = unpredictable_bytes<12>();
  endpoint local_;
  std::map<endpoint, endpoint> answers_;
};

/// Returns the servers whose address is known in time. Each name is resolved by a thread of its
/// own, which is detached and may outlive the call. Fails if a host is invalid, or if the system
/// lacks the resources to resolve any.
outcome<std::vector<endpoint>> resolved(const std::vector<endpoint>& servers,
                                        const interrupt& stop) {
  for (const auto& x : servers)
    if (!x.has_valid_host())
      return failure{errc::invalid_endpoint, printable(to_string(x))};
  std::vector<std::future<expected<endpoint>>> asked;
  for (const auto& x : servers) {
    if (asked.size() >= max_servers)
      break;
    std::promise<expected<endpoint>> found;
    asked.push_back(found.get_future());
    if (x.is_address())
      found.set_value(x);
    else
      std::thread{[x, found = std::move(found)]() mutable {
        try {
          found.set_value(resolve(x));
        } catch (const std::exception&) {
          found.set_value(errc::out_of_memory);
        }
      }}.detach();
  }
  const auto until = deadline::clock::now() + resolver_limit;
  std::vector<endpoint> out;
  std::optional<failure> why;
  for (auto& x : asked) {
    while (x.wait_for(std::chrono::seconds{0}) != std::future_status::ready &&
           deadline::clock::now() < until && !stop.raised())
      x.wait_for(std::chrono::milliseconds{20});
    if (x.wait_for(std::chrono::seconds{0}) != std::future_status::ready)
      continue;
    if (auto address = x.get())
      out.push_back(*address);
    else if (is_short(address.error()))
      why = failure{address.error(), "STUN servers cannot be looked up"};
  }
  if (out.empty() && why)
    return *why;
  return out;
}

class stun_gateway final : public gateway {
public:
  explicit stun_gateway(std::vector<endpoint> servers) : servers_(std::move(servers)) {}

  [[nodiscard]] std::string name() const override { return "STUN"; }

  std::optional<failure> find() override {
    auto address = external_address();
    return address ? std::nullopt : std::optional{address.error()};
  }

  outcome<std::string> external_address() override {
    const auto whom = resolved(servers_, stop_);
    if (!whom)
      return whom.error();
    const std::size_t wanted = std::min<std::size_t>(servers_.size(), 2);
    std::string agreed;
    auto agree = [&](const auto& answers) {
      std::map<std::string, std::size_t> votes;
      for (const auto& [server, seen] : answers)
        if (++votes[seen.host] >= wanted)
          agreed = seen.host;
      return !agreed.empty();
    };
    survey asked;
    if (auto why = asked.run(*whom, stop_, agree))
      return *why;
    if (agreed.empty())
      return failure{errc::address_unknown, text_of(asked.answers(), wanted)};
    if (!is_public(agreed))
      return failure{errc::address_not_public, "STUN servers see " + agreed};
    return agreed;
  }

  outcome<port_mapping> map(const port_mapping& wish) override {
    auto address = external_address();
    if (!address)
      return address.error();
    return port_mapping{wish.internal, {*address, wish.internal.number}, wish.lifetime, name()};
  }

  std::optional<failure> unmap(const port_mapping&) override { return std::nullopt; }

  void call_off() override { stop_.raise(); }
  void resume() override { stop_.clear(); }

private:
  std::string text_of(const std::map<endpoint, endpoint>& answers, std::size_t wanted) const {
    auto out = std::to_string(answers.size()) + " of " + std::to_string(servers_.size()) +
               " STUN servers answered, " + std::to_string(wanted) + " must agree";
    for (const auto& [server, seen] : answers)
      out += "; " + to_string(server) + " sees " + seen.host;
    return out;
  }

  const std::vector<endpoint> servers_;
  interrupt stop_;
};

} // namespace

const std::vector<endpoint>& public_stun_servers() {
  static const std::vector<endpoint> out{{"stun.l.google.com", 19302},
                                         {"stun.cloudflare.com", 3478},
                                         {"stun.nextcloud.com", 3478},
                                         {"stun.sipgate.net", 3478}};
  return out;
}

std::unique_ptr<gateway> make_stun(std::vector<endpoint> servers) {
  return std::make_unique<stun_gateway>(std::move(servers));
}

const char* to_string(mapping_behaviour x) {
  if (x == mapping_behaviour::no_nat)
    return "no NAT";
  return x == mapping_behaviour::endpoint_independent ? "NAT with endpoint-independent mapping"
                                                      : "symmetric NAT";
}

outcome<mapping_behaviour> observe_mapping(const std::vector<endpoint>& servers) {
  interrupt never;
  const auto whom = resolved(servers, never);
  if (!whom)
    return whom.error();
  survey asked;
  auto two = [](const auto& answers) { return answers.size() >= 2; };
  if (auto why = asked.run(*whom, never, two))
    return *why;
  if (!two(asked.answers()))
    return failure{errc::address_unknown,
                   "two STUN servers are needed to tell what the NAT does, " +
                     std::to_string(asked.answers().size()) + " answered"};
  const auto& one = asked.answers().begin()->second;
  const auto& other = std::next(asked.answers().begin())->second;
  if (one != other)
    return mapping_behaviour::address_dependent;
  auto ours = local_address_towards(asked.answers().begin()->first.host);
  return ours == one.host && asked.port() == one.port ? mapping_behaviour::no_nat
                                                      : mapping_behaviour::endpoint_independent;
}

} // namespace devp2p::nat
