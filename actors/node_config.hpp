// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/protocol.hpp"
#include "devp2p/actors/throttle.hpp"
#include "devp2p/actors/traffic_meter.hpp"
#include "devp2p/messages/settings.hpp"
#include "devp2p/nat/gateway.hpp"
#include "devp2p/net/crypto/secp256k1.hpp"
#include "devp2p/net/random_source.hpp"

#include <spdlog/logger.h>

#include <memory>
#include <vector>

namespace devp2p {

/// What makes a node this node. Its actors share one, which never changes.
struct node_config {
  /// The node's identity.
  crypto::private_key key;
  /// Where handshakes take their keys and nonces from: the system's generator unless a test wants
  /// another, which must outlive the node.
  net::random_source* random = nullptr;
  std::vector<protocol> protocols = {};
  settings limits = {};
  /// Nodes that are admitted beyond `settings::max_peers`.
  std::vector<node_id> trusted = {};
  /// One line for what an operator should know; may be null.
  std::shared_ptr<spdlog::logger> log = {};
  /// Those who may map our listening ports, as `nat::gateways` makes them, for this node alone;
  /// none: nobody is asked.
  std::vector<std::shared_ptr<nat::gateway>> gateways = {};
  /// What all sessions together may read, and write; nodes that are given the same share it. Null:
  /// no limit.
  std::shared_ptr<rate_limit> rate_in = {};
  std::shared_ptr<rate_limit> rate_out = {};
  /// Sessions without any cryptography, which only other such nodes understand: for simulations of
  /// many nodes. A network that is not simulated refuses it.
  bool cleartext = false;
  /// Is told of each message; nodes may share it. Null: nobody is.
  std::shared_ptr<traffic_meter> meter = {};
};

/// What the node says of itself.
[[nodiscard]] inline hello own_hello(const node_config& node) {
  hello out;
  out.client_id = node.limits.client_id;
  out.id = node.key.id();
  for (const auto& x : node.protocols)
    out.capabilities.push_back({x.name, x.version});
  return out;
}

} // namespace devp2p
