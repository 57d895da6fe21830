// SPDX-License-Identifier: BSL-1.0

// Goal: no datagram that is sent in the name of a gateway, or of a STUN server, does harm.
//
// Method: gives the input to each reader of datagrams. A result that is meant as an address must be
// one.

#include "target.hpp"

#include "devp2p/nat/byte_order.hpp"
#include "devp2p/nat/pcp_message.hpp"
#include "devp2p/nat/ssdp.hpp"
#include "devp2p/nat/stun_message.hpp"

#include <algorithm>
#include <cstdlib>

namespace devp2p::fuzz::gateway_reply_target {

using namespace nat;

static int run(const std::uint8_t* data, std::size_t size) {
  byte_view input{data, size};
  if (auto x = pcp::decode(input); x && x->map)
    require(to_address_bytes(x->map->external.host).has_value());
  // The transaction's id is taken from the input's header, as if a stranger had guessed it.
  stun::transaction_id id{};
  if (size >= 20)
    std::copy_n(data + 8, id.size(), id.begin());
  if (auto x = stun::decode_response(input, id))
    require(to_address_bytes(x->host).has_value());
  if (auto x = ssdp::decode(input))
    if (auto where = ssdp::url::parse(x->location))
      require(where->path.starts_with('/') && to_address_bytes(where->server.host).has_value());
  return 0;
}

static const target registered{"gateway_reply", run};

} // namespace devp2p::fuzz::gateway_reply_target
