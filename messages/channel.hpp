// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/inspect.hpp"
#include "devp2p/messages/interfaces.hpp"
#include "devp2p/messages/pending_writes.hpp"
#include "devp2p/messages/random_source.hpp"

#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace devp2p {

class loop_unit;

/// A handler's end of one sub-protocol of one session: describes the remote and writes messages to
/// it. A value: copy it freely. A copy keeps the peer actor's handle alive, not the session.
struct channel {
  writer_actor writer;
  /// The handler's place: the index of its sub-protocol among those of the session, and the number
  /// of handlers that have failed before it.
  writer_place place;
  /// The capability that both ends agreed on.
  capability protocol;
  /// The remote's Hello; `remote.id` was proved by the handshake.
  hello remote;
  endpoint address;
  /// Whether the remote dialled us.
  bool inbound = false;
  /// Runs actors on the thread of the session's loop; null if there is none, or if the handler
  /// lives in another process.
  std::shared_ptr<loop_unit> loop = {};
  /// The node's source of random bytes, which outlives the session; null if the handler lives in
  /// another process.
  random_source* random = nullptr;
  /// The messages that were written and that the peer has not taken; null if the handler lives in
  /// another process.
  std::shared_ptr<pending_writes> pending = {};

  /// Writes `message` and returns at once. If the peer refuses the message, `self` receives the
  /// error, which ends `self` unless it has an error handler.
  template <class Self>
  void send(Self* self, packet message) const {
    counted(message, [&] { send_to(self, writer, write_atom_v, place, std::move(message)); });
  }

  /// Writes `message` and returns at once, for a caller that is no actor and learns of no refusal.
  void post(packet message) const {
    counted(message, [&] { anon_send_to(writer, write_atom_v, place, std::move(message)); });
  }

  /// Writes `messages` in order, like `send`: cheaper than one by one. If one is refused, so are
  /// all after it.
  template <class Self>
  void send_all(Self* self, std::vector<packet> messages) const {
    counted(messages, [&] { send_to(self, writer, write_atom_v, place, std::move(messages)); });
  }

  /// Writes `messages` like `send_all`, for a caller that is no actor and learns of no refusal.
  void post_all(std::vector<packet> messages) const {
    counted(messages, [&] { anon_send_to(writer, write_atom_v, place, std::move(messages)); });
  }

  /// Writes `message` and returns a response handle. The response arrives once the message was
  /// handed to the network, or as the error that refused it. Messages are written in the order of
  /// the calls.
  template <class Self>
  auto write(Self* self, packet message) const {
    return counted(message, [&] {
      return request_from(self, writer, caf::infinite, write_atom_v, place, std::move(message));
    });
  }

  /// Writes `messages` in order and returns a response handle. The response arrives once all were
  /// handed to the network, or as the error of the first one that was refused.
  template <class Self>
  auto write_all(Self* self, std::vector<packet> messages) const {
    return counted(messages, [&] {
      return request_from(self, writer, caf::infinite, write_atom_v, place, std::move(messages));
    });
  }

  friend auto inspect(auto& f, channel& x) {
    return inspect_fields(f, {"writer", "place", "protocol", "remote", "address", "inbound"},
                          x.writer, x.place, x.protocol, x.remote, x.address, x.inbound);
  }

private:
  /// Calls `write`, which sends `what` to the peer, and counts it as pending.
  template <class T, class Write>
  std::invoke_result_t<Write&> counted(const T& what, Write write) const {
    if (!pending)
      return write();
    auto size = pending_size(what);
    pending->add(size);
    try {
      return write();
    } catch (...) { // There was no memory for the message.
      pending->remove(size);
      throw;
    }
  }
};

} // namespace devp2p
