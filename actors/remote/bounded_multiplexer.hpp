// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/remote/bounded_scribe.hpp"

#include <caf/io/network/default_multiplexer.hpp>

namespace devp2p {

/// CAF's multiplexer with bounded connections. CAF itself allocates the size that the header of a
/// message announces, before the data arrives and whoever the remote is. It also waits without
/// limit for a stranger's handshake.
///
/// A connection that announces more than its bound, or whose handshake is late, is shut down.
class bounded_multiplexer : public caf::io::network::default_multiplexer {
public:
  bounded_multiplexer(caf::actor_system& system, const connection_bounds& bounds);

  caf::io::scribe_ptr new_scribe(caf::io::network::native_socket socket) override;

private:
  const connection_bounds bounds_;
};

} // namespace devp2p
