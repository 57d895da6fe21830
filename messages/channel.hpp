// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/interfaces.hpp"

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace devp2p {

class loop_unit;

/// A handler's end of one sub-protocol of one session: whom it talks to, and how it writes.
/// A value: copy it freely. It keeps the peer actor's handle, not the session, alive.
struct channel {
  writer_actor writer;
  /// The sub-protocol's place among those of the session.
  std::uint16_t index = 0;
  /// What was agreed on.
  capability protocol;
  /// What the remote said of itself; `remote.id` was proved by the handshake.
  hello remote;
  endpoint address;
  /// The remote dialled us.
  bool inbound = false;
  /// How many handlers of this session's protocol have failed before this one.
  std::uint32_t restarts = 0;
  /// Runs actors on the thread of the session's loop; null if there is none, or if the handler
  /// lives in another process.
  std::shared_ptr<loop_unit> loop = {};

  /// Writes `message` and does not wait. If it is refused, `self` receives the error, which ends it
  /// unless it has an error handler.
  template <class Self>
  void send(Self* self, packet message) const {
    self->send(writer, write_atom::value, index, restarts, std::move(message));
  }

  /// The same for several, in order: cheaper than one by one. If one is refused, so are all behind
  /// it.
  template <class Self>
  void send_all(Self* self, std::vector<packet> messages) const {
    self->send(writer, write_atom::value, index, restarts, std::move(messages));
  }

  /// Writes `message`; the returned handle's `then` is called once it was handed to the network, or
  /// with the error that refused it. Messages are written in the order of the calls.
  template <class Self>
  auto request(Self* self, packet message) const {
    return self->request(writer, caf::infinite, write_atom::value, index, restarts,
                         std::move(message));
  }

  /// The same for several: answered when all were handed over, or with what refused the first.
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
