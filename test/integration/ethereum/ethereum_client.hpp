// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "foreign_process.hpp"

#include "devp2p/messages/enode.hpp"

namespace devp2p::test {

/// A real Ethereum client: a process that runs client.mjs.
class ethereum_client : public foreign_process {
public:
  /// Starts the client, and waits until it listens.
  explicit ethereum_client(const json& options);

  [[nodiscard]] const enode& url() const { return url_; }

  void dial(const enode& whom);

private:
  enode url_;
};

} // namespace devp2p::test
