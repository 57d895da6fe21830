// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <caf/allowed_unsafe_message_type.hpp>

#include <memory>
#include <utility>

namespace devp2p {

namespace net {
class stream;
}

/// A connection that somebody else has opened, for a node to adopt. Copies share the connection;
/// the first `take` gets it, and the copies that are left keep no connection open. Does not leave
/// the process.
class connected_stream {
public:
  connected_stream() = default;
  connected_stream(std::shared_ptr<net::stream> connection, bool initiator)
    : connection_(std::make_shared<std::shared_ptr<net::stream>>(std::move(connection))),
      initiator_(initiator) {}

  /// Returns the connection, or null if it was taken already. Not for two threads at once.
  [[nodiscard]] std::shared_ptr<net::stream> take() const {
    return connection_ ? std::exchange(*connection_, nullptr) : nullptr;
  }

  /// Returns whether this end is the RLPx initiator, which is the node with the smaller id.
  [[nodiscard]] bool initiator() const { return initiator_; }

private:
  std::shared_ptr<std::shared_ptr<net::stream>> connection_;
  bool initiator_ = false;
};

} // namespace devp2p

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(devp2p::connected_stream)
