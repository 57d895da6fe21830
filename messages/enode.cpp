// SPDX-License-Identifier: BSL-1.0
#include "devp2p/messages/enode.hpp"

#include <algorithm>

namespace devp2p {

expected<enode> enode::parse(std::string_view text) {
  constexpr std::string_view scheme = "enode://";
  constexpr std::string_view discovery = "?discport=";
  constexpr auto digits = node_id::size * 2;
  if (!text.starts_with(scheme))
    return errc::invalid_enode;
  text.remove_prefix(scheme.size());
  if (text.size() <= digits || text[digits] != '@')
    return errc::invalid_enode;
  auto id = node_id::parse(text.substr(0, digits));
  auto rest = text.substr(digits + 1);
  auto question = std::min(rest.find('?'), rest.size());
  auto address = endpoint::parse(rest.substr(0, question));
  if (!id || !address)
    return errc::invalid_enode;
  enode out{*id, *address, address->port};
  if (auto query = rest.substr(question); !query.empty()) {
    if (!query.starts_with(discovery))
      return errc::invalid_enode;
    auto port = parse_port(query.substr(discovery.size()));
    if (!port)
      return errc::invalid_enode;
    out.discovery_port = *port;
  }
  return out;
}

std::string to_string(const enode& x) {
  auto out = "enode://" + to_string(x.id) + '@' + to_string(x.address);
  if (x.discovery_port != x.address.port)
    out += "?discport=" + std::to_string(x.discovery_port);
  return out;
}

} // namespace devp2p
