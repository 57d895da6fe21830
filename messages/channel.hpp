// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/interfaces.hpp"

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace devp2p {

class loop_unit;

/// A handler's end of one sub-protocol of one session: describes the remote and writes messages to
/// it. A value: copy it freely. A copy keeps the peer actor's handle alive, not the session.
struct channel {
  writer_actor writer;
  /// The sub-protocol's place among those of the session.
  std::uint16_t index = 0;
  /// The capability that both ends agreed on.
  capability protocol;
  /// The remote's Hello; `remote.id` was proved by the handshake.
  hello remote;
  endpoint address;
  /// Whether the remote dialled us.
  bool inbound = false;
  /// The number of handlers of this session's protocol that have failed before this one.
  std::uint32_t restarts = 0;
  /// Runs actors on the thread of the session's loop; null if there is none, or if the handler
  /// lives in another process.
  std::shared_ptr<loop_unit> loop = {};

  /// Writes `message` and returns at once. If the peer refuses the message, `self` receives the
  /// error, which ends `self` unless it has an error handler.
  template <class Self>
  void send(Self* self, packet message) const {
    self->send(writer, write_atom::value, index, restarts, std::move(message));
  }

  /// Writes `messages` in order, like `send`: cheaper than one by one. If one is refused, so are
  /// all after it.
  template <class Self>
  void send_all(Self* self, std::vector<packet> messages) const {
    self->send(writer, write_atom::value, index, restarts, std::move(messages));
  }

  /// Writes `message` and returns a response handle. The response arrives once the message was
  /// handed to the network, or as the error that refused it. Messages are written in the order of
  /// the calls.
  template <class Self>
  auto request(Self* self, packet message) const {
    return self->request(writer, caf::infinite, write_atom::value, index, restarts,
                         std::move(message));
  }

  /// Writes `messages` in order and returns a response handle. The response arrives once all were
  /// handed to the network, or as the error of the first one that was refused.
  template <class Self>
  auto request_all(Self* self, std::vector<packet> messages) const {
    return self->request(writer, caf::infinite, write_atom::value, index, restarts,
                         std::move(messages));
  }

  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, channel& x) {
    return f(x.writer, x.index, x.protocol, x.remote, x.address, x.inbound, x.restarts);
  }
};

} // namespace devp2p
