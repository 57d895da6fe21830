// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/blob.hpp"
#include "devp2p/messages/inspect.hpp"
#include "devp2p/messages/type_ids.hpp"
#include "devp2p/net/rlp/shape.hpp"

#include <cstdint>
#include <vector>

/// The messages of gossip.
namespace devp2p::simulator {

struct rumour {
  std::uint64_t number = 0;
  blob content = {};

  friend auto inspect(auto& f, rumour& x) {
    return inspect_fields(f, {"number", "content"}, x.number, x.content);
  }
};

/// The numbers of the rumours that a node knows.
struct rumour_numbers {
  std::vector<std::uint64_t> all = {};

  friend auto inspect(auto& f, rumour_numbers& x) { return inspect_fields(f, {"all"}, x.all); }
};

} // namespace devp2p::simulator

template <>
struct devp2p::rlp::representation<devp2p::simulator::rumour_numbers> {
  static auto& of(auto& x) { return x.all; }
};

// Values that do not leave the process.
CAF_BEGIN_TYPE_ID_BLOCK(devp2p_gossip, ::devp2p::first_type_id + 96)

CAF_ADD_TYPE_ID(devp2p_gossip, (devp2p::simulator::rumour_numbers))
CAF_ADD_TYPE_ID(devp2p_gossip, (std::vector<devp2p::simulator::rumour>))

CAF_END_TYPE_ID_BLOCK(devp2p_gossip)

static_assert(caf::id_block::devp2p_gossip::end <= devp2p::end_type_id);
