// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/inspect.hpp"
#include "devp2p/messages/node_id.hpp"
#include "devp2p/messages/type_ids.hpp"

#include <caf/typed_actor.hpp>

#include <cstdint>

namespace devp2p {

/// A remote runs the protocol with us from now on.
struct member_joined {
  node_id id;
  /// The version that both ends agreed on.
  std::uint64_t version = 0;

  friend auto inspect(auto& f, member_joined& x) {
    return inspect_fields(f, {"id", "version"}, x.id, x.version);
  }
};

/// A remote runs the protocol with us no more.
struct member_left {
  node_id id;

  friend auto inspect(auto& f, member_left& x) { return inspect_fields(f, {"id"}, x.id); }
};

/// Receives the comings and goings of the members of a protocol.
using member_subscriber_actor = caf::typed_actor<reacts_to<member_joined>, reacts_to<member_left>>;

} // namespace devp2p

// Values that do not leave the process.
CAF_BEGIN_TYPE_ID_BLOCK(devp2p_members, ::devp2p::first_type_id + 98)

CAF_ADD_TYPE_ID(devp2p_members, (devp2p::member_joined))
CAF_ADD_TYPE_ID(devp2p_members, (devp2p::member_left))

CAF_END_TYPE_ID_BLOCK(devp2p_members)

static_assert(caf::id_block::devp2p_members::end <= devp2p::end_type_id);
