// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/errc.hpp"
#include "devp2p/messages/expected.hpp"
#include "devp2p/messages/type_ids.hpp"
#include "devp2p/net/network.hpp"

#include <caf/error.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace devp2p {

/// A connection, as messages between actors carry it.
using shared_stream = std::shared_ptr<net::stream>;
using shared_streams = std::vector<shared_stream>;

inline shared_stream shared(std::unique_ptr<net::stream> connection) {
  return connection;
}

inline shared_streams shared(std::vector<std::unique_ptr<net::stream>> connections) {
  return {std::make_move_iterator(connections.begin()), std::make_move_iterator(connections.end())};
}

/// Returns false if the message that had them was forged.
inline bool are_connected(const shared_streams& connections) {
  return !connections.empty() &&
         std::find(connections.begin(), connections.end(), nullptr) == connections.end();
}

/// Sends an actor, from a callback of the network, the outcome of a dial or an accept: `what`, and
/// what was connected or the error. If there is no memory for that, sends `errc::out_of_memory`
/// instead.
template <class Handle, class Connected, class... What>
void tell_outcome(const Handle& whom, expected<Connected> outcome, const What&... what) {
  try {
    if (outcome)
      return anon_send_to(whom, what..., shared(std::move(*outcome)));
    anon_send_to(whom, what..., caf::make_error(outcome.error()));
  } catch (const std::bad_alloc&) {
    anon_send_to(whom, what..., caf::make_error(errc::out_of_memory));
  }
}

/// A listener that is asked for connections by an actor, which receives those that wait in one
/// message. A message that another actor forges does not make it ask twice for them.
class accepting {
public:
  /// The maximum number of connections in a message.
  static constexpr std::size_t max_connections = 16;

  accepting() = default;
  explicit accepting(std::unique_ptr<net::listener> socket) : socket_(std::move(socket)) {}

  [[nodiscard]] const net::listener* socket() const { return socket_.get(); }

  /// Sends `whom` the next connections, or the error, with `accept_atom` and `index`. Does nothing
  /// during a pause, or while connections are already asked for or on their way to the actor.
  template <class Handle>
  void accept(const Handle& whom, std::size_t index) {
    auto idle = step::idle;
    if (pausing_ || !step_->compare_exchange_strong(idle, step::asked))
      return;
    try {
      socket_->accept(max_connections, [=, at = step_](net::accept_outcome outcome) {
        at->store(step::told);
        try {
          tell_outcome(whom, std::move(outcome), accept_atom_v, index);
        } catch (...) {
          at->store(step::idle);
          throw;
        }
      });
    } catch (...) {
      step_->store(step::idle);
      throw;
    }
  }

  /// Ends the call of `accept`. The actor that was sent its outcome calls this first.
  void end_call() {
    auto told = step::told;
    step_->compare_exchange_strong(told, step::idle);
  }

  /// Makes `accept` do nothing until `end_pause`. For use after a failure.
  void pause() { pausing_ = true; }
  void end_pause() { pausing_ = false; }

private:
  enum class step : std::uint8_t { idle, asked, told };

  std::unique_ptr<net::listener> socket_;
  std::shared_ptr<std::atomic<step>> step_ = std::make_shared<std::atomic<step>>(step::idle);
  bool pausing_ = false;
};

} // namespace devp2p
