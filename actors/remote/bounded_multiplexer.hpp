// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <caf/io/middleman.hpp>
#include <caf/io/network/default_multiplexer.hpp>
#include <caf/timespan.hpp>

#include <chrono>
#include <cstddef>

namespace devp2p {

/// CAF's multiplexer, but that its connections are bounded: CAF makes room for as much as the
/// header of a message announces, before any of it has come and from whomever it is, and waits for
/// ever for a stranger's first word.
///
/// A connection that announces more, or whose handshake has not come in time, is shut down.
class bounded_multiplexer : public caf::io::network::default_multiplexer {
public:
  /// Octets of a handshake; what CAF sends has some hundred.
  static constexpr std::size_t max_handshake_size = std::size_t{64} << 10;

  bounded_multiplexer(caf::actor_system& system, std::size_t max_message_size,
                      caf::timespan handshake_timeout);

  caf::io::scribe_ptr new_scribe(caf::io::network::native_socket socket) override;

private:
  const std::size_t max_message_size_;
  const caf::timespan handshake_timeout_;
};

/// CAF's middleman on top of it.
class bounded_middleman : public caf::io::middleman {
public:
  bounded_middleman(caf::actor_system& system, std::size_t max_message_size,
                    caf::timespan handshake_timeout)
    : middleman(system),
      backend_(system, max_message_size, handshake_timeout) {}

  caf::io::network::multiplexer& backend() override { return backend_; }

private:
  bounded_multiplexer backend_;
};

} // namespace devp2p
