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

/// What an attack has to know of the session that it is made on.
struct attack_target {
  /// Those of the node.
  settings limits = {};
  /// An identifier of a protocol that echoes what comes.
  std::uint64_t echoed_id = p2p::base_length;
  /// The first identifier behind all shared protocols.
  std::uint64_t end_of_ids = p2p::base_length + 1;
  /// The largest `protocol::max_message_size` of them; at least 4 KiB, at most 8 MiB.
  std::size_t max_message_size = std::size_t{1} << 20;
  /// More octets than are under way to the remote before the node's writes have to wait.
  std::size_t connection_size = std::size_t{2} << 20;
};

/// One thing that a remote can do wrong, and what the node makes of it.
struct attack {
  /// The parts of a `session_end` that do not depend on who is attacked.
  struct outcome {
    disconnect_reason reason;
    /// What the node found; `session_end::error` begins with it.
    errc found;
    bool remote_requested;
    /// The remote was told; it hears the same reason, if it still listens.
    bool sent;
  };

  /// Unique, and fit to be read in the middle of a sentence.
  std::string name;
  /// Does it, and comes back when the node should have noticed: for some that takes virtual time.
  std::function<void(raw_remote&, const attack_target&)> run;
  /// At any moment of a session that runs.
  outcome in_session;
  /// After the handshake, in place of Hello; nothing if it would be no attack there.
  std::optional<outcome> before_hello = {};
  /// After the connection, in place of the handshake; likewise.
  std::optional<outcome> before_handshake = {};
};

/// All of them. The remote has met the node, or has come as far as the attack makes sense; then
/// each can be run once.
[[nodiscard]] std::span<const attack> attacks();

} // namespace devp2p::kit
