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

/// What a handler does beside keeping what it receives.
enum class habit : std::uint8_t {
  none,
  /// Sends a message with code 0 before it has received any.
  greets,
  /// These end at the first message.
  returns,
  throws,
  /// With `disconnect_reason::too_many_peers`.
  says_goodbye,
};

/// A sub-protocol that a `live_node` offers.
struct offer {
  capability name;
  std::uint64_t length = 0;
  habit handler = habit::none;
  /// Octets of payload; the default is that of `protocol`.
  std::size_t max_message_size = 0xffffff;
};

/// A message that a handler has received.
struct delivery {
  capability protocol;
  std::uint64_t code = 0;
  bytes payload;
};

/// How a session ended: the events `peer_dropped` and `session_failed` in one.
struct ending {
  /// It was reported as added before.
  bool ran = false;
  node_id id;
  bool inbound = false;
  disconnect_reason reason = disconnect_reason::requested;
  bool remote_requested = false;
  bool sent = false;
  std::string error;
};

[[nodiscard]] crypto::private_key fresh_key();

/// A node of ours on the real network, in an actor system of its own, listening on the loopback
/// interface.
///
/// Used on one thread. Every wait is bounded: one that is in vain throws `std::runtime_error`,
/// whose text says what happened instead. This header includes nothing of CAF, so that who uses it
/// is compiled quickly.
class live_node {
public:
  explicit live_node(std::vector<offer> offers, const settings& limits = {},
                     const crypto::private_key& key = fresh_key());
  /// Stops it, unless that was done.
  ~live_node();

  [[nodiscard]] const enode& url() const;

  [[nodiscard]] expected<peer_info> dial(const enode& whom);
  /// Ends the session with that node; waits until its slot is free.
  void close(const node_id& whom, disconnect_reason reason);
  /// Writes to the newest session that shares that protocol; waits until the network has it.
  [[nodiscard]] std::optional<errc> send(const std::string& protocol, std::uint64_t code,
                                         byte_view payload);
  /// Ends the node and waits until all its actors are gone.
  void stop();

  [[nodiscard]] std::vector<peer_info> peers();

  /// Each takes the oldest of its kind that has not been taken; waits if there is none yet.
  peer_info next_added();
  ending next_ending();
  delivery next_delivery();

private:
  class running;
  std::unique_ptr<running> running_;
};

} // namespace devp2p::test
