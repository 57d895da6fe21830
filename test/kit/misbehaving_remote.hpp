// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/kit/raw_remote.hpp"
#include "devp2p/messages/disconnect_reason.hpp"
#include "devp2p/messages/errc.hpp"
#include "devp2p/messages/settings.hpp"
#include "devp2p/net/p2p/base.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

namespace devp2p::kit {

/// The properties of a session that an attack must know.
struct attack_target {
  /// The settings of the node under attack.
  settings limits = {};
  /// A message identifier of a protocol that echoes every message.
  std::uint64_t echoed_id = p2p::base_length;
  /// The first identifier after those of all shared protocols.
  std::uint64_t end_of_ids = p2p::base_length + 1;
  /// The largest `protocol::max_message_size` of the shared protocols; at least 4 KiB, at most 8
  /// MiB.
  std::size_t max_message_size = std::size_t{1} << 20;
  /// More bytes than can be under way to the remote before the node's writes have to wait.
  std::size_t connection_size = std::size_t{2} << 20;
};

/// One attack by a remote, and the node's reaction.
struct attack {
  /// The parts of a `session_end` that do not depend on which node is attacked.
  struct outcome {
    disconnect_reason reason;
    /// The error that the node found; `session_end::error` begins with it.
    errc found;
    bool remote_requested;
    /// Whether the node has sent the reason to the remote. A remote that still listens receives the
    /// same reason.
    bool sent;
  };

  /// A unique name that can stand in the middle of a sentence.
  std::string name;
  /// Makes the attack, and returns when the node should have noticed; for some attacks virtual time
  /// passes.
  std::function<void(raw_remote&, const attack_target&)> run;
  /// The outcome at any moment of a running session.
  outcome in_session;
  /// The outcome after the handshake, in place of Hello; `nullopt` if that would be no attack.
  std::optional<outcome> before_hello = {};
  /// The outcome after the connection, in place of the handshake; `nullopt` if that would be no
  /// attack.
  std::optional<outcome> before_handshake = {};
};

/// Returns all attacks. Each can be run once on a remote that has met the node, or has come as far
/// as the attack makes sense.
[[nodiscard]] std::span<const attack> attacks();

} // namespace devp2p::kit
