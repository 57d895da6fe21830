// SPDX-License-Identifier: BSL-1.0
#include "devp2p/nat/pcp.hpp"

#include "devp2p/nat/address.hpp"
#include "devp2p/nat/epoch.hpp"
#include "devp2p/nat/pcp_message.hpp"
#include "devp2p/nat/udp_socket.hpp"
#include "devp2p/nat/unpredictable.hpp"

#include <algorithm>
#include <utility>

namespace devp2p::nat {

namespace {

using std::chrono::duration_cast;
using std::chrono::seconds;

/// The wait after the first request. It doubles with each further one, which makes 1.75 s in all. A
/// router is near, so a later answer is unlikely.
constexpr std::chrono::milliseconds first_wait{250};
constexpr unsigned max_tries = 3;

/// The lifetime of a mapping that is requested only to learn the external address (RFC 6887,
/// section 11.6).
constexpr seconds glance{120};

errc code_for(pcp::result x) {
  switch (x) {
  case pcp::result::not_authorized:
  case pcp::result::user_exceeded_quota:
    return errc::gateway_refused;
  case pcp::result::cannot_provide_external:
    return errc::mapping_conflict;
  case pcp::result::unsupported_version: // Only NAT-PMP, or a later PCP.
    return errc::no_gateway;
  default:
    return errc::gateway_failed;
  }
}

class pcp_gateway final : public gateway {
public:
  pcp_gateway(std::optional<std::string> address, bool or_ipv6)
    : given_(std::move(address)),
      or_ipv6_(or_ipv6) {}

  [[nodiscard]] std::string name() const override {
    return server_.empty() ? "PCP" : "PCP at " + server_;
  }

  std::optional<failure> find() override {
    socket_.reset();
    auto router = router_address(given_, or_ipv6_);
    if (!router)
      return router.error();
    server_ = *router;
    auto local = own_address();
    if (!local)
      return failure{errc::no_gateway, "there is no way to " + server_};
    auto socket = udp_socket::open(*local);
    if (!socket)
      return socket.error();
    client_ = *local;
    socket_.emplace(std::move(*socket));
    auto why = failure_in(ask_server(*pcp::encode_announce(client_), std::nullopt));
    if (why)
      socket_.reset();
    return why;
  }

  outcome<std::string> external_address() override {
    if (auto why = find_once())
      return *why;
    // The port of our own socket certainly belongs to us.
    local_port asking{transport::udp, socket_->local().port};
    auto granted = map({asking, {}, glance, {}});
    if (!granted)
      return granted.error();
    unmap(*granted);
    return granted->external.host;
  }

  outcome<port_mapping> map(const port_mapping& wish) override {
    if (auto why = find_once())
      return *why;
    auto asked = request(wish, std::max(duration_cast<seconds>(wish.lifetime), seconds{1}));
    asked.external.port = wish.external.port;
    auto answer = ask_server(*pcp::encode(asked), wish.internal);
    if (auto why = failure_in(answer))
      return *why;
    const auto& external = answer->map->external;
    if (external.port == 0 || answer->lifetime == seconds{0})
      return failure{errc::gateway_failed, name() + " grants no port, or no lifetime"};
    if (!is_public(external.host)) {
      failure why{errc::address_not_public, name() + " has " + external.host};
      unmap({wish.internal, external, {}, {}});
      return why;
    }
    return port_mapping{wish.internal, external, answer->lifetime, name()};
  }

  std::optional<failure> unmap(const port_mapping& granted) override {
    if (auto why = find_once())
      return why;
    auto answer = ask_server(*pcp::encode(request(granted, seconds{0})), granted.internal);
    // miniupnpd's result for a mapping that it does not have.
    if (answer && answer->result == pcp::result::no_resources)
      return std::nullopt;
    return failure_in(answer);
  }

  [[nodiscard]] bool has_restarted() override { return std::exchange(restarted_, false); }

  void call_off() override { stop_.raise(); }
  void resume() override { stop_.clear(); }

private:
  /// Returns our address that is to be reached. The route to a link-local router would give our own
  /// link-local address; therefore the route to a global address is used over IPv6.
  std::optional<std::string> own_address() const {
    constexpr auto anywhere = "2000::";
    return local_address_towards(is_ipv6(server_) ? anywhere : server_);
  }

  /// Looks for the router again if our address or the router's has changed.
  std::optional<failure> find_once() {
    auto router = router_address(given_, or_ipv6_);
    auto same = socket_ && router && *router == server_ && own_address() == client_;
    return same ? std::nullopt : find();
  }

  pcp::map_request request(const port_mapping& x, seconds lifetime) const {
    return {client_, nonce_, x.internal, {}, lifetime};
  }

  /// Returns the server's answer, including failures. An answer about a mapping must concern this
  /// port.
  std::optional<pcp::response> ask_server(const bytes& question, std::optional<local_port> port) {
    auto fits = [&](const datagram& got) -> std::optional<pcp::response> {
      auto out = pcp::decode(got.content);
      if (!out || out->result == pcp::result::unsupported_version)
        return out;
      auto about = out->map ? std::optional{out->map->internal} : std::nullopt;
      return about == port && (!port || out->map->nonce == nonce_) ? out : std::nullopt;
    };
    auto answer =
      ask(*socket_, {server_, pcp::server_port}, question, stop_, first_wait, max_tries, fits);
    if (!answer)
      socket_.reset(); // Our address or the router may have changed: look again.
    else if (!epochs_.on_answer(answer->epoch, deadline::clock::now()))
      restarted_ = true;
    return answer;
  }

  std::optional<failure> failure_in(const std::optional<pcp::response>& answer) const {
    if (!answer)
      return failure{errc::no_gateway, name() + " is silent"};
    if (answer->result != pcp::result::success)
      return failure{code_for(answer->result), name() + ": " + to_string(answer->result)};
    return std::nullopt;
  }

  const std::optional<std::string> given_;
  const bool or_ipv6_;
  // An attacker on the same network that guesses the nonce could delete our mappings.
  const pcp::nonce nonce_ = unpredictable_bytes<12>();
  interrupt stop_;
  epoch_watch epochs_;
  bool restarted_ = false;
  std::string server_;
  std::string client_;
  std::optional<udp_socket> socket_;
};

} // namespace

std::unique_ptr<gateway> make_pcp(std::optional<std::string> address) {
  return std::make_unique<pcp_gateway>(std::move(address), true);
}

std::unique_ptr<gateway> make_pcp_v4() {
  return std::make_unique<pcp_gateway>(std::nullopt, false);
}

} // namespace devp2p::nat
