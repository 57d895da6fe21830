// SPDX-License-Identifier: BSL-1.0

// Goal: a text for the way through a NAT, as a person writes it, is refused or has one meaning.
//
// Method: an accepted text, written and read again, must be the same. An address in it must be of a
// kind that the method takes, and there must be gateways for it.

#include "target.hpp"

#include "devp2p/nat/address.hpp"
#include "devp2p/nat/method.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace devp2p::fuzz::nat_method_target {

using namespace nat;

static int run(const std::uint8_t* data, std::size_t size) {
  auto x = method::parse({reinterpret_cast<const char*>(data), size});
  if (!x)
    return 0;
  const auto text = to_string(*x);
  require(
    std::all_of(text.begin(), text.end(), [](unsigned char c) { return c > 0x20 && c < 0x7f; }));
  auto again = method::parse(text);
  require(again && *again == *x && to_string(*again) == text);
  using kind = method::kind;
  const auto v6 = is_ipv6(x->address);
  const auto v4 = endpoint{x->address, 0}.is_address() && !v6;
  switch (x->how) {
  case kind::none:
  case kind::any:
    require(x->address.empty());
    break;
  case kind::upnp:
  case kind::natpmp:
    require(x->address.empty() || v4);
    break;
  case kind::pcp:
    require(x->address.empty() || v4 || v6);
    break;
  case kind::fixed:
    require(v4 || v6);
    break;
  case kind::stun:
    require(x->address.empty() == (x->port == 0));
  }
  auto by = gateways(*x);
  require(by.size() == (x->how == kind::none ? 0u : x->how == kind::any ? 3u : 1u));
  require(
    std::all_of(by.begin(), by.end(), [](const auto& each) { return !each->name().empty(); }));
  return 0;
}

static const target registered{"nat_method", run};

} // namespace devp2p::fuzz::nat_method_target
