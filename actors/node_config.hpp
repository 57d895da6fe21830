// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/memory_budget.hpp"
#include "devp2p/actors/protocol.hpp"
#include "devp2p/actors/rate_limit.hpp"
#include "devp2p/actors/traffic_meter.hpp"
#include "devp2p/messages/interfaces.hpp"
#include "devp2p/messages/random_source.hpp"
#include "devp2p/messages/settings.hpp"
#include "devp2p/messages/stranger.hpp"
#include "devp2p/nat/gateway.hpp"
#include "devp2p/net/crypto/secp256k1.hpp"

#include <spdlog/logger.h>

#include <chrono>
#include <memory>
#include <vector>

namespace devp2p {

/// The user's part in the admission of strangers: nodes that dial us, are not trusted, and are not
/// being dialled by us. The node asks once it would admit the stranger itself; a stranger that is
/// banned, or for which there is no place, is refused unasked.
struct admission_hook {
  /// Asked about each stranger; null to admit them all. The node holds it until its own end.
  admission_actor actor = {};
  /// The time for an answer; half of `settings::handshake_timeout` at most, within which the
  /// stranger has to be admitted.
  settings::duration deadline = std::chrono::seconds{1};
  /// The verdict if there is no answer in time, if the answer is an error, if the actor has ended,
  /// or if it owes as many answers as sessions may be pending (`settings::max_pending`).
  verdict without_answer = verdict::refuse;
};

/// The configuration of a node. Its actors share one object, which never changes.
struct node_config {
  /// The node's identity.
  crypto::private_key key;
  /// The source of the handshakes' keys and nonces: null for the system's generator. A test may set
  /// another, which must outlive the node.
  random_source* random = nullptr;
  std::vector<protocol> protocols = {};
  settings limits = {};
  /// Nodes that are admitted beyond `settings::max_peers`. `trust_atom` adds to them later.
  std::vector<node_id> trusted = {};
  /// The log of events that an operator should know; may be null.
  std::shared_ptr<spdlog::logger> log = {};
  /// The gateways that may map our listening ports, as `nat::gateways` makes them, for this node
  /// alone. If empty, no port is mapped.
  std::vector<std::shared_ptr<nat::gateway>> gateways = {};
  /// The rate at which all sessions together may read. Nodes that are given the same object share
  /// it. Null: no limit.
  std::shared_ptr<rate_limit> rate_in = {};
  /// The rate at which all sessions together may write, likewise.
  std::shared_ptr<rate_limit> rate_out = {};
  /// Sessions without any cryptography, which only other such nodes understand: for simulations of
  /// many nodes. A network that is not simulated refuses it.
  bool cleartext = false;
  /// Counts each message; nodes may share it. May be null.
  std::shared_ptr<traffic_meter> meter = {};
  /// The memory that all sessions together may hold. Nodes that are given the same object share it.
  /// Null: the node has a budget of its own, of `settings::max_memory`.
  std::shared_ptr<memory_budget> memory = {};
  /// Decides which strangers are admitted.
  admission_hook admission = {};
};

} // namespace devp2p
