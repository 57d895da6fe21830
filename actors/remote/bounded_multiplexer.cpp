// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/remote/bounded_multiplexer.hpp"

#include <caf/io/network/scribe_impl.hpp>

namespace devp2p {

bounded_multiplexer::bounded_multiplexer(caf::actor_system& system, const connection_bounds& bounds)
  : default_multiplexer(&system),
    bounds_(bounds) {}

caf::io::scribe_ptr bounded_multiplexer::new_scribe(caf::io::network::native_socket socket) {
  return make_bounded<caf::io::network::scribe_impl>(bounds_, *this, socket);
}

} // namespace devp2p
