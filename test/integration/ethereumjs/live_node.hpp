// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/capability.hpp"
#include "devp2p/messages/disconnect_reason.hpp"
#include "devp2p/messages/enode.hpp"
#include "devp2p/messages/info.hpp"
#include "devp2p/messages/settings.hpp"
#include "devp2p/net/crypto/secp256k1.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace devp2p::test {

/// A handler's action besides recording received messages.
enum class habit : std::uint8_t {
  none,
  /// Sends a message with code 0 at its start.
  greets,
  /// Ends at the first message.
  returns,
  /// Ends at the first message, with an exception.
  throws,
  /// Ends at the first message, with `disconnect_reason::too_many_peers`.
  says_goodbye,
};

/// A sub-protocol that a `live_node` offers.
struct offer {
  capability name;
  std::uint64_t length = 0;
  habit handler = habit::none;
  /// The maximum size of a payload in bytes; the default is that of `protocol`.
  std::size_t max_message_size = 0xffffff;
};

/// A message that a handler has received.
struct delivery {
  capability protocol;
  std::uint64_t code = 0;
  bytes payload;
};

/// The end of a session: the events `peer_dropped` and `session_failed` in one type.
struct ending {
  /// Set if the session was reported as added before.
  bool ran = false;
  node_id id;
  bool inbound = false;
  disconnect_reason reason = disconnect_reason::requested;
  bool remote_requested = false;
  bool sent = false;
  std::string error;
};

[[nodiscard]] crypto::private_key fresh_key();

/// A node of ours on the real network, in its own actor system, listening on the loopback
/// interface.
///
/// Used on one thread. Every wait is bounded: a wait in vain throws `std::runtime_error`, whose
/// text contains the events instead. This header includes no CAF header, so that its users compile
/// quickly.
class live_node {
public:
  explicit live_node(std::vector<offer> offers, const settings& limits = {},
                     const crypto::private_key& key = fresh_key());
  /// Stops the node, unless `stop` was called.
  ~live_node();

  [[nodiscard]] const enode& url() const;

  [[nodiscard]] expected<peer_info> dial(const enode& whom);
  /// Ends the session with that node, and waits until its slot is free.
  void close(const node_id& whom, disconnect_reason reason);
  /// Writes to the newest session that shares that protocol, and waits until the message was passed
  /// to the network.
  [[nodiscard]] std::optional<errc> send(const std::string& protocol, std::uint64_t code,
                                         byte_view payload);
  /// Ends the node, and waits until all its actors have ended.
  void stop();

  [[nodiscard]] std::vector<peer_info> peers();

  /// Takes the oldest added session that has not been taken; waits if there is none yet.
  peer_info next_added();
  /// Takes the oldest end of a session that has not been taken; waits if there is none yet.
  ending next_ending();
  /// Takes the oldest delivery that has not been taken; waits if there is none yet.
  delivery next_delivery();

private:
  class running;
  std::unique_ptr<running> running_;
};

} // namespace devp2p::test
