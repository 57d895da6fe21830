// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/traversal.hpp"

#include <caf/actor.hpp>
#include <caf/system_messages.hpp>

namespace devp2p {

/// Reports the end of the hole keeper or simultaneous open `who`, which must call this before it
/// tells its callers: a caller may ask again at once, and must find `who` forgotten. `puncher` then
/// ends it; until then it still receives earlier requests.
inline void retire(const puncher_self_actor& puncher, const caf::actor_addr& who) {
  // CAF's own down message would come too late.
  anon_send_to(caf::actor_cast<caf::actor>(puncher), caf::down_msg{who, {}});
}

} // namespace devp2p
