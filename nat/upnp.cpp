// SPDX-License-Identifier: BSL-1.0
#include "devp2p/nat/upnp.hpp"

#include "devp2p/messages/capability.hpp"
#include "devp2p/nat/address.hpp"
#include "devp2p/nat/byte_order.hpp"
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

/// The times of the search requests, from the start of the search. A device takes up to a second to
/// answer (MX).
constexpr auto search_rounds = std::to_array<std::chrono::milliseconds>(
  {std::chrono::milliseconds{0}, std::chrono::milliseconds{400}, std::chrono::milliseconds{1200}});
/// The end of the search.
constexpr std::chrono::milliseconds search_end{2200};
/// The maximum number of descriptions that are tried. A device answers for each of its types,
/// usually with the same description.
constexpr std::size_t max_locations = 4;
/// The port of a location that names none.
constexpr std::uint16_t http_port = 80;
constexpr std::size_t max_answers = 32;
/// The time to wait for further answers after the first.
constexpr std::chrono::milliseconds settling{100};

/// The limit of all requests of one call.
constexpr std::chrono::seconds call_limit{5};

/// The limit of a request that some routers do not answer.
constexpr std::chrono::milliseconds find_limit{1500};

/// The maximum number of external ports that are tried, one after the other.
constexpr unsigned max_ports = 4;

class upnp_gateway final : public gateway {
public:
  explicit upnp_gateway(std::optional<std::string> address) : given_(std::move(address)) {}

  [[nodiscard]] std::string name() const override {
    return server_.empty() ? "UPnP" : "UPnP at " + server_;
  }

  std::optional<failure> find() override {
    device_.reset();
    auto router = router_address(given_);
    if (!router)
      return router.error();
    server_ = *router;
    auto local = local_address_towards(server_);
    if (!local)
      return failure{errc::no_gateway, "there is no way to " + server_};
    client_ = *local;
    auto locations = search();
    if (!locations)
      return locations.error();
    auto out = failure{errc::no_gateway, name() + " does not answer"};
    const auto end = deadline::clock::now() + call_limit;
    auto left = locations->size();
    for (const auto& x : *locations) {
      auto found = igd::connection::describe(x, stop_, share_of(end, left--));
      if (found) {
        device_ = std::move(*found);
        return std::nullopt;
      }
      if (found.error() == errc::too_many_files)
        return failure{found.error(), name() + ": " + std::string{to_string(found.error())}};
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
    const local_port external{wish.internal.protocol, port->number};
    auto entry = find(external);
    if (!answers(entry, wish.internal))
      return port_mapping{wish.internal, {*address, port->number}, port->lease, name(), false};
    if (!is_ours(entry, wish.internal) || !entry.enabled) {
      if (entry.status != 0 || entry.client == client_)
        call.remove(external); // If the mapping exists, no caller would know of it.
      return failure{errc::mapping_not_kept, name() + why_not(entry)};
    }
    return port_mapping{wish.internal, {*address, port->number}, entry.lease, name()};
  }

  std::optional<failure> unmap(const port_mapping& granted) override {
    if (auto why = find_once())
      return why;
    // The mapping may belong to another host by now.
    const local_port external{granted.internal.protocol, granted.external.port};
    auto entry = find(external);
    auto ours =
      is_ours(entry, granted.internal) || (!granted.verified && !answers(entry, granted.internal));
    auto status = entry.status;
    if (ours)
      status = igd::call{*device_, stop_, deadline::clock::now() + call_limit}.remove(external);
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

  /// Returns whether the router can tell the owner of a mapping. Some routers lack the action,
  /// forbid it, or answer with a host name.
  [[nodiscard]] static bool answers(const igd::entry& x, local_port internal) {
    if (x.status != 0)
      return x.status == igd::no_such_entry;
    return to_address_bytes(x.client) || (x.port != 0 && x.port != internal.number);
  }

  /// Reads a mapping, within its own deadline: a missing answer must not use up the time of the
  /// other requests.
  igd::entry find(local_port external) const {
    return igd::call{*device_, stop_, deadline::clock::now() + find_limit}.find(external);
  }

  static std::string why_not(const igd::entry& x) {
    if (x.status != 0)
      return ": " + igd::text_for(x.status);
    return x.enabled ? ": it belongs to " + x.client : ": it is not enabled";
  }

  /// Looks for the router again if our address or the router's has changed.
  std::optional<failure> find_once() {
    auto same = device_ && (given_ ? given_ : default_gateway()) == server_ &&
                local_address_towards(server_) == client_;
    return same ? std::nullopt : find();
  }

  /// Returns the URLs of the router's descriptions.
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
        // Host firewalls accept answers only from an address to which we have sent.
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
    // Further answers follow at once.
    const auto settled = deadline::clock::now() + settling;
    for (std::size_t i = 0; i < max_answers; ++i)
      if (auto more = socket->receive(stop_, settled))
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
    // A location at another host is ignored.
    ssdp::url own;
    own.server = {server_, http_port};
    own.path = "/";
    auto location = own.resolve(notice->location);
    if (!notice->location.empty() && location && location->server.host == server_ &&
        found.size() < max_locations &&
        std::find(found.begin(), found.end(), *location) == found.end())
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

  /// The port and lease that the router reports.
  struct external_port {
    std::uint16_t number = 0;
    std::chrono::seconds lease{0};
  };

  outcome<external_port> add(igd::call& call, const port_mapping& wish) {
    const local_port internal = wish.internal;
    external_port asked{wish.external.port != 0 ? wish.external.port : internal.number,
                        std::chrono::duration_cast<std::chrono::seconds>(wish.lifetime)};
    // Some routers reassign the external port of one of our ports to another one, without an error.
    auto other = find({internal.protocol, asked.number});
    if (other.status == 0 && other.client == client_ && other.port != internal.number)
      asked.number = random_port();
    const auto first = asked.number;
    auto status = try_ports(call, internal, asked, max_ports);
    if (status != 0 && asked.lease.count() != 0) {
      // Routers use many codes to say that they support only mappings without an end.
      if (status != igd::conflict)
        asked.number = first;
      asked.lease = std::chrono::seconds{0};
      if (auto second = try_ports(call, internal, asked, status == igd::conflict ? 1 : max_ports);
          second == 0 || status == igd::only_permanent_leases)
        status = second;
    }
    // The answer to the request may have been lost.
    if (status < 0 && is_ours(find({internal.protocol, asked.number}), internal))
      status = 0;
    return status == 0 ? outcome<external_port>{asked} : because(status);
  }

  /// Tries to map a port. Returns the last status, and leaves in `asked` the last request.
  int try_ports(igd::call& call, local_port internal, external_port& asked, unsigned tries) {
    int status = 0;
    for (; tries > 0; --tries) {
      const auto number = asked.number;
      status = call.add({internal.protocol, number}, client_, internal.number, asked.lease);
      if (status == igd::same_ports_required && number != internal.number)
        asked.number = internal.number;
      else if (status == igd::conflict &&
               call.add_any(asked.number, internal, client_, asked.lease) == 0)
        return 0;
      else if (status == igd::conflict || status == igd::action_failed)
        asked.number = random_port();
      else
        break;
    }
    return status;
  }

  static std::uint16_t random_port() {
    std::random_device random;
    return static_cast<std::uint16_t>(40000 + random() % 10000);
  }

  failure because(int status) {
    if (status < 0) // It did not answer, or not as a gateway: look again.
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
