// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/remote/bounded_multiplexer.hpp"

#include <caf/io/middleman.hpp>
#include <caf/io/middleman_actor.hpp>

namespace devp2p {

/// CAF's middleman with bounded connections, both with and without certificates.
class bounded_middleman : public caf::io::middleman {
public:
  bounded_middleman(caf::actor_system& system, const connection_bounds& bounds)
    : middleman(system),
      bounds_(bounds),
      backend_(system, bounds) {}

  void start() override;
  void stop() override;

  caf::io::network::multiplexer& backend() override { return backend_; }

  /// Returns the actor that publishes and connects with certificates, like the one of CAF's OpenSSL
  /// module. Null if that module is not loaded.
  [[nodiscard]] const caf::io::middleman_actor& certified() const { return certified_; }

private:
  const connection_bounds bounds_;
  bounded_multiplexer backend_;
  caf::io::middleman_actor certified_;
};

} // namespace devp2p
