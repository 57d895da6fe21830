// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/remote/bounded_multiplexer.hpp"

#include <caf/io/middleman.hpp>
#include <caf/io/middleman_actor.hpp>

namespace devp2p {

/// CAF's middleman, but that its connections are bounded, those with certificates, too.
class bounded_middleman : public caf::io::middleman {
public:
  bounded_middleman(caf::actor_system& system, const connection_bounds& bounds)
    : middleman(system),
      bounds_(bounds),
      backend_(system, bounds) {}

  void start() override;
  void stop() override;

  caf::io::network::multiplexer& backend() override { return backend_; }

  /// Publishes and connects with certificates, as that of CAF's module for OpenSSL does. Null if
  /// that module is not loaded.
  [[nodiscard]] const caf::io::middleman_actor& certified() const { return certified_; }

private:
  const connection_bounds bounds_;
  bounded_multiplexer backend_;
  caf::io::middleman_actor certified_;
};

} // namespace devp2p
