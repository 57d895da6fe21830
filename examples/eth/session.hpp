// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "eth/header.hpp"
#include "eth/protocol.hpp"
#include "eth/status.hpp"
#include "eth/transaction_pool.hpp"
#include "eth/verification.hpp"

#include "devp2p/actors/typed/members.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/node_id.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/timespan.hpp>
#include <caf/typed_actor.hpp>

#include <chrono>
#include <concepts>
#include <memory>
#include <vector>

namespace devp2p::eth {

// Questions to a remote, which its session asks on behalf of others. The answer is checked against
// the headers or hashes; a remote whose answer does not fit is disconnected.

struct wanted_headers {
  header_query query = {};
};

struct wanted_bodies {
  sealed_headers of = {};
};

struct wanted_receipts {
  sealed_headers of = {};
};

struct wanted_transactions {
  std::vector<hash> hashes = {};
};

/// The handler of one session.
using session_actor = wire_protocol::handler::extend<
  // Ask for headers. Answered with those that the remote has, from the first on, 1024 at most.
  replies_to<wanted_headers>::with<sealed_headers>,
  // Ask for the bodies of these blocks.
  replies_to<wanted_bodies>::with<found_bodies>,
  // Ask for the receipts of these blocks.
  replies_to<wanted_receipts>::with<found_receipts>,
  // Ask for transactions that are in no block yet. Answered with those that the remote has.
  replies_to<wanted_transactions>::with<found_transactions>,
  // Tell what is known of the remote's chain.
  replies_to<info_atom>::with<remote_status>,
  // From itself: the remote should have told its status by now.
  reacts_to<resume_atom>,
  // From itself: other remotes should have sent by now what they were asked for.
  reacts_to<tick_atom>>;

/// A session whose ends have told each other of their chains, and can agree on one.
struct session_ready {
  session_actor handler;
  node_id remote;
  remote_status status;
};

/// Receives the sessions of a node.
using session_subscriber_actor = caf::typed_actor<reacts_to<session_ready>>;

/// A subscriber that is not kept alive. It knows sessions, which know it: none of them would go.
class weak_subscriber {
public:
  weak_subscriber() = default;
  template <std::convertible_to<session_subscriber_actor> Handle>
  weak_subscriber(const Handle& who) : who_(caf::actor_cast<caf::weak_actor_ptr>(who)) {}

  /// Returns the subscriber; null if there is none, or none any more.
  [[nodiscard]] session_subscriber_actor lock() const {
    return caf::actor_cast<session_subscriber_actor>(who_);
  }

private:
  caf::weak_actor_ptr who_;
};

/// The things that all sessions of a node share.
struct host {
  /// The chain; null for a visitor, who serves nothing and can agree on any.
  std::shared_ptr<const served_chain> served = {};
  transaction_pool pool = {};
  members<wire_protocol> present = {};
  /// May be null. Is kept by whoever has spawned it.
  weak_subscriber subscriber = {};
  /// The time that a remote has to tell its status.
  caf::timespan status_timeout = std::chrono::seconds{5};
  /// The time that it has to answer a request.
  caf::timespan request_timeout = std::chrono::seconds{10};
};

/// Returns eth in all versions, for `node_config::protocols`.
[[nodiscard]] std::vector<protocol> protocols(const host& shared);

/// Adds a transaction to the pool, and tells all remotes of it. Returns false if the pool does not
/// take it.
bool submit(const host& shared, const transaction& what);

} // namespace devp2p::eth

// Values that do not leave the process.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(devp2p::eth::wanted_headers)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(devp2p::eth::sealed_headers)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(devp2p::eth::wanted_bodies)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(devp2p::eth::found_bodies)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(devp2p::eth::wanted_receipts)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(devp2p::eth::found_receipts)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(devp2p::eth::wanted_transactions)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(devp2p::eth::found_transactions)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(devp2p::eth::remote_status)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(devp2p::eth::session_ready)
