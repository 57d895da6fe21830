// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/errc.hpp"
#include "devp2p/messages/expected.hpp"
#include "devp2p/messages/type_ids.hpp"
#include "devp2p/net/network.hpp"

#include <caf/error.hpp>
#include <caf/send.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <new>
#include <utility>

namespace devp2p {

/// Tells an actor, from a callback of the network, what has become of a connection: `what`, and the
/// stream or the error. If there is no memory for that, it is told so.
template <class Handle, class... What>
void tell_outcome(const Handle& whom, expected<std::unique_ptr<net::stream>> outcome,
                  const What&... what) {
  try {
    if (outcome)
      return caf::anon_send(whom, what..., std::shared_ptr<net::stream>{std::move(*outcome)});
    caf::anon_send(whom, what..., caf::make_error(outcome.error()));
  } catch (const std::bad_alloc&) {
    caf::anon_send(whom, what..., caf::make_error(errc::out_of_memory));
  }
}

/// A listener that is asked for one connection at a time, by an actor that is told of it in a
/// message. The listener itself says when the call is over, whatever messages say.
class accepting {
public:
  accepting() = default;
  explicit accepting(std::unique_ptr<net::listener> socket) : socket_(std::move(socket)) {}

  [[nodiscard]] const net::listener* socket() const { return socket_.get(); }

  /// Sends `whom` the next connection, with `accept_atom` and `index`; does nothing if that is
  /// promised already, or while it pauses.
  template <class Handle>
  void accept(const Handle& whom, std::size_t index) {
    if (pausing_ || busy_->exchange(true))
      return;
    try {
      socket_->accept([=, busy = busy_](expected<std::unique_ptr<net::stream>> outcome) {
        busy->store(false);
        tell_outcome(whom, std::move(outcome), accept_atom::value, index);
      });
    } catch (...) {
      busy_->store(false);
      throw;
    }
  }

  /// After a failure, for a while.
  void pause() { pausing_ = true; }
  void end_pause() { pausing_ = false; }

private:
  std::unique_ptr<net::listener> socket_;
  std::shared_ptr<std::atomic<bool>> busy_ = std::make_shared<std::atomic<bool>>(false);
  bool pausing_ = false;
};

} // namespace devp2p
