// SPDX-License-Identifier: BSL-1.0
#include "devp2p/nat/upnp.hpp"

#include "devp2p/messages/capability.hpp"
#include "devp2p/nat/address.hpp"
#include "devp2p/nat/igd.hpp"
#include "devp2p/nat/ssdp.hpp"
#include "devp2p/nat/udp_socket.hpp"

#include <algorithm>
#include <array>
#include <random>
#include <set>
#include <utility>

namespace devp2p::nat {

namespace {

/// When it is asked again who is there, and when nobody answers any more; a device takes up to a
/// second to answer (MX).
constexpr auto search_rounds = std::to_array<std::chrono::milliseconds>(
  {std::chrono::milliseconds{0}, std::chrono::milliseconds{400}, std::chrono::milliseconds{1200}});
constexpr std::chrono::milliseconds search_end{2200};
/// A device answers for each of its types; all have the same description, as a rule.
constexpr std::size_t max_locations = 4;
constexpr std::size_t max_answers = 32;

/// For all the questions of one call.
constexpr std::chrono::seconds call_limit{5};

/// External ports that are asked for, one after the other.
constexpr unsigned max_ports = 4;

class upnp_gateway final : public gateway {
public:
  explicit upnp_gateway(std::optional<std::string> address) : given_(std::move(address)) {}

  [[nodiscard]] std::string name() const override {
    return server_.empty() ? "UPnP" : "UPnP at " + server_;
  }

  std::optional<failure> find() override {
    device_.reset();
    if (given_ && !endpoint{*given_}.is_address())
      return failure{errc::invalid_endpoint, printable(*given_)};
    auto address = given_ ? given_ : default_gateway();
    if (!address)
      return failure{errc::no_gateway, "there is no default route"};
    server_ = *address;
    auto local = local_address_towards(server_);
    if (!local)
      return failure{errc::no_gateway, "there is no way to " + server_};
    client_ = *local;
    auto locations = search();
    if (!locations)
      return locations.error();
    auto out = failure{errc::no_gateway, name() + " does not answer"};
    const auto end = deadline::clock::now() + call_limit;
    for (const auto& x : *locations) {
      auto found = igd::connection::describe(x, stop_, end);
      if (found) {
        device_ = std::move(*found);
        return std::nullopt;
      }
      out = {found.error(), name() + ": its description is of no use"};
    }
    return out;
  }

  outcome<std::string> external_address() override {
    if (auto why = find_once())
      return *why;
    igd::call call{*device_, stop_, deadline::clock::now() + call_limit};
    return external_address(call);
  }

  outcome<port_mapping> map(const port_mapping& wish) override {
    if (auto why = find_once())
      return *why;
    igd::call call{*device_, stop_, deadline::clock::now() + call_limit};
    auto address = external_address(call);
    if (!address)
      return address.error();
    auto port = add(call, wish);
    if (!port)
      return port.error();
    auto entry = call.find({wish.internal.protocol, *port});
    if (!is_ours(entry, wish.internal) || !entry.enabled) {
      if (entry.status != 0 || entry.client == client_)
        call.remove({wish.internal.protocol, *port}); // If it is there, nobody would know of it.
      return failure{errc::mapping_not_kept, name() + why_not(entry)};
    }
    return port_mapping{wish.internal, {*address, *port}, entry.lease, name()};
  }

  std::optional<failure> unmap(const port_mapping& granted) override {
    if (auto why = find_once())
      return why;
    igd::call call{*device_, stop_, deadline::clock::now() + call_limit};
    // By now it may be somebody else's.
    const local_port external{granted.internal.protocol, granted.external.port};
    auto entry = call.find(external);
    auto status = is_ours(entry, granted.internal) ? call.remove(external) : entry.status;
    if (status == 0 || status == igd::no_such_entry)
      return std::nullopt;
    return because(status);
  }

  void call_off() override { stop_.raise(); }
  void resume() override { stop_.clear(); }

private:
  [[nodiscard]] bool is_ours(const igd::entry& x, local_port internal) const {
    return x.status == 0 && x.client == client_ && x.port == internal.number;
  }

  static std::string why_not(const igd::entry& x) {
    if (x.status != 0)
      return ": " + igd::text_for(x.status);
    return x.enabled ? ": it belongs to " + x.client : ": it is not enabled";
  }

  /// We, or the router, may have another address by now.
  std::optional<failure> find_once() {
    auto same = device_ && (given_ ? given_ : default_gateway()) == server_ &&
                local_address_towards(server_) == client_;
    return same ? std::nullopt : find();
  }

  /// Where the router's description is.
  outcome<std::vector<ssdp::url>> search() {
    auto socket = udp_socket::open(client_);
    if (!socket)
      return socket.error();
    std::vector<ssdp::url> found;
    std::set<std::string> others;
    const auto begin = deadline::clock::now();
    for (std::size_t round = 0; round < search_rounds.size() && found.empty(); ++round) {
      for (auto type : ssdp::gateway_types) {
        auto question = ssdp::search_request(type);
        socket->send(question, ssdp::group);
        // Firewalls of hosts let through only who was spoken to.
        socket->send(question, {server_, ssdp::group.port});
      }
      const auto until =
        begin + (round + 1 < search_rounds.size() ? search_rounds[round + 1] : search_end);
      while (found.empty())
        if (auto got = socket->receive(stop_, until))
          take(*got, found, others);
        else
          break;
      if (stop_.raised())
        break;
    }
    // What else it says has been said by now; the types have one description, as a rule.
    for (std::size_t i = 0; i < max_answers; ++i)
      if (auto more = socket->receive())
        take(*more, found, others);
      else
        break;
    if (!found.empty())
      return found;
    return failure{errc::no_gateway,
                   server_ + " does not answer as a UPnP gateway" +
                     (others.empty() ? ""
                                     : ", but " + *others.begin() + " does: ask for upnp:" +
                                         *others.begin() + " if you trust it")};
  }

  void take(const datagram& got, std::vector<ssdp::url>& found,
            std::set<std::string>& others) const {
    auto notice = ssdp::decode(got.content);
    if (!notice || notice->kind != ssdp::kind::answer)
      return;
    if (got.from.host != server_) {
      if (others.empty() && notice->type.find("InternetGatewayDevice") != std::string::npos)
        others.insert(got.from.host);
      return;
    }
    // Nobody may send us elsewhere.
    auto location = ssdp::url::parse(notice->location);
    auto known = [&](const ssdp::url& x) {
      return x.server == location->server && x.path == location->path;
    };
    if (location && location->server.host == server_ && found.size() < max_locations &&
        std::none_of(found.begin(), found.end(), known))
      found.push_back(*location);
  }

  outcome<std::string> external_address(igd::call& call) {
    std::string address;
    if (auto status = call.external_address(address); status != 0)
      return because(status);
    if (!is_public(address))
      return failure{
        errc::address_not_public,
        name() + (address.empty() ? " has no external address" : " has " + printable(address))};
    return address;
  }

  /// The external port that the router says it has given.
  outcome<std::uint16_t> add(igd::call& call, const port_mapping& wish) {
    auto internal = wish.internal.number;
    auto port = wish.external.port != 0 ? wish.external.port : internal;
    auto lease = std::chrono::duration_cast<std::chrono::seconds>(wish.lifetime);
    int status = 0;
    // A router gives to one port of ours what another has, without a word.
    auto other = call.find({wish.internal.protocol, port});
    if (other.status == 0 && other.client == client_ && other.port != internal)
      port = random_port();
    for (unsigned tries = 0; tries < max_ports; ++tries) {
      status = call.add({wish.internal.protocol, port}, client_, internal, lease);
      if (status == igd::only_permanent_leases && lease.count() != 0) {
        lease = std::chrono::seconds{0};
        continue;
      }
      if (status == 0)
        return port;
      if (status == igd::same_ports_required && port != internal)
        port = internal;
      else if (status == igd::conflict &&
               call.add_any(port, {wish.internal.protocol, internal}, client_, lease) == 0)
        return port;
      else if (status == igd::conflict || status == igd::action_failed)
        port = random_port();
      else
        break;
    }
    return because(status);
  }

  static std::uint16_t random_port() {
    std::random_device chance;
    return static_cast<std::uint16_t>(40000 + chance() % 10000);
  }

  failure because(int status) {
    if (status < 0) // It did not answer, or not like itself: look again.
      device_.reset();
    return {igd::code_for(status), name() + ": " + igd::text_for(status)};
  }

  const std::optional<std::string> given_;
  interrupt stop_;
  std::string server_;
  std::string client_;
  std::optional<igd::connection> device_;
};

} // namespace

std::unique_ptr<gateway> make_upnp(std::optional<std::string> address) {
  return std::make_unique<upnp_gateway>(std::move(address));
}

} // namespace devp2p::nat
