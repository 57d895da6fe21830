// SPDX-License-Identifier: BSL-1.0
#include "devp2p/nat/method.hpp"

#include "devp2p/nat/address.hpp"
#include "devp2p/nat/fixed.hpp"
#include "devp2p/nat/natpmp.hpp"
#include "devp2p/nat/pcp.hpp"
#include "devp2p/nat/stun.hpp"
#include "devp2p/nat/stun_message.hpp"
#include "devp2p/nat/upnp.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace devp2p::nat {

namespace {

using kind = method::kind;

constexpr auto words = std::to_array<std::pair<std::string_view, kind>>({
  {"none", kind::none},
  {"off", kind::none},
  {"any", kind::any},
  {"auto", kind::any},
  {"upnp", kind::upnp},
  {"pmp", kind::natpmp},
  {"natpmp", kind::natpmp},
  {"nat-pmp", kind::natpmp},
  {"pcp", kind::pcp},
  {"extip", kind::fixed},
  {"stun", kind::stun},
});

/// Returns the address without brackets, in canonical form; `nullopt` if it is no address.
std::optional<std::string> read_address(std::string_view text) {
  if (text.starts_with('[') && text.ends_with(']'))
    text = text.substr(1, text.size() - 2);
  auto v6 = text.find(':') != text.npos;
  auto whole = endpoint::parse((v6 ? '[' + std::string{text} + ']' : std::string{text}) + ":0");
  return whole && whole->is_address() ? std::optional{whole->host} : std::nullopt;
}

/// Reads HOST or HOST:PORT.
std::optional<endpoint> read_server(std::string_view text) {
  if (auto whole = endpoint::parse(text); whole && whole->port != 0)
    return *whole;
  auto host = endpoint::parse(std::string{text} + ":0");
  return host ? std::optional{endpoint{host->host, stun::server_port}} : std::nullopt;
}

std::string in_brackets(const std::string& address) {
  return is_ipv6(address) ? '[' + address + ']' : address;
}

bool takes_ipv6(kind how) {
  return how == kind::pcp || how == kind::fixed;
}

} // namespace

expected<method> method::parse(std::string_view text) {
  const auto colon = text.find(':');
  std::string word{text.substr(0, colon)};
  std::transform(word.begin(), word.end(), word.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const auto* found =
    std::find_if(words.begin(), words.end(), [&](const auto& x) { return x.first == word; });
  if (found == words.end())
    return errc::invalid_nat_method;
  method out{found->second, {}, 0};
  if (colon == text.npos)
    return out.how == kind::fixed ? expected<method>{errc::invalid_nat_method} : out;
  const auto argument = text.substr(colon + 1);
  if (out.how == kind::none || out.how == kind::any)
    return errc::invalid_nat_method;
  if (out.how == kind::stun) {
    auto server = read_server(argument);
    if (!server)
      return errc::invalid_nat_method;
    return method{out.how, server->host, server->port};
  }
  auto address = read_address(argument);
  auto nobody = address && (*address == "0.0.0.0" || *address == "::");
  if (!address || nobody || (is_ipv6(*address) && !takes_ipv6(out.how)))
    return errc::invalid_nat_method;
  return method{out.how, *address, 0};
}

std::string to_string(const method& x) {
  const auto with_address = [&](const std::string& word) {
    return x.address.empty() ? word : word + ':' + in_brackets(x.address);
  };
  switch (x.how) {
  case kind::none:
    return "none";
  case kind::any:
    return "any";
  case kind::upnp:
    return with_address("upnp");
  case kind::natpmp:
    return with_address("pmp");
  case kind::pcp:
    return with_address("pcp");
  case kind::fixed:
    return with_address("extip");
  case kind::stun:
    return x.address.empty() ? "stun" : "stun:" + to_string(endpoint{x.address, x.port});
  }
  return "?";
}

std::vector<std::shared_ptr<gateway>> gateways(const method& x) {
  const auto address = x.address.empty() ? std::nullopt : std::optional{x.address};
  std::vector<std::shared_ptr<gateway>> out;
  switch (x.how) {
  case kind::none:
    break;
  case kind::any:
    out.push_back(make_pcp_v4());
    out.push_back(make_natpmp());
    out.push_back(make_upnp());
    break;
  case kind::upnp:
    out.push_back(make_upnp(address));
    break;
  case kind::natpmp:
    out.push_back(make_natpmp(address));
    break;
  case kind::pcp:
    out.push_back(make_pcp(address));
    break;
  case kind::fixed:
    out.push_back(make_fixed(x.address));
    break;
  case kind::stun:
    out.push_back(
      make_stun(address ? std::vector{endpoint{x.address, x.port}} : public_stun_servers()));
    break;
  }
  return out;
}

} // namespace devp2p::nat
