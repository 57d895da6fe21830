// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "foreign_process.hpp"

#include "devp2p/messages/enode.hpp"

namespace devp2p::test {

/// A peer of the foreign implementation: a process that runs peer.mjs.
class foreign_peer : public foreign_process {
public:
  /// Starts the peer, and waits until it listens.
  explicit foreign_peer(const json& options);

  [[nodiscard]] const enode& url() const { return url_; }

  void dial(const enode& whom);

private:
  enode url_;
};

} // namespace devp2p::test
