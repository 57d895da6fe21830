// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/remote/bounded_scribe.hpp"

#include <caf/io/network/default_multiplexer.hpp>

namespace devp2p {

/// CAF's multiplexer, but that its connections are bounded: CAF makes room for as much as the
/// header of a message announces, before any of it has come and from whomever it is, and waits for
/// ever for a stranger's first word.
///
/// A connection that announces more, or whose handshake has not come in time, is shut down.
class bounded_multiplexer : public caf::io::network::default_multiplexer {
public:
  bounded_multiplexer(caf::actor_system& system, const connection_bounds& bounds);

  caf::io::scribe_ptr new_scribe(caf::io::network::native_socket socket) override;

private:
  const connection_bounds bounds_;
};

} // namespace devp2p
