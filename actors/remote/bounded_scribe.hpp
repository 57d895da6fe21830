// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/settings.hpp"
#include "devp2p/messages/type_ids.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/io/basp/header.hpp>
#include <caf/io/network/default_multiplexer.hpp>
#include <caf/io/receive_policy.hpp>
#include <caf/io/scribe.hpp>
#include <caf/make_counted.hpp>
#include <caf/timespan.hpp>

#include <sys/socket.h>

#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>

namespace devp2p {

/// What a connection of another process may cost.
struct connection_bounds {
  /// Octets of a message.
  std::size_t max_message_size;
  /// Until it has said who it is.
  caf::timespan handshake_timeout;

  /// Octets of a handshake; what CAF sends has some hundred.
  static constexpr std::size_t max_handshake_size = std::size_t{64} << 10;
};

/// A socket that may be shut down from any thread, from when it is known to be a stranger's until
/// it is let go of.
class socket_leash {
public:
  void hold(int socket) {
    std::lock_guard guard{mutex_};
    state_ = state::held;
    socket_ = socket;
  }

  void let_go() {
    std::lock_guard guard{mutex_};
    state_ = state::let_go;
  }

  /// The loop then finds that it has ended. False if it is not known yet whose it is.
  bool shut_down() {
    std::lock_guard guard{mutex_};
    if (state_ == state::held)
      ::shutdown(socket_, SHUT_RDWR);
    return state_ != state::unknown;
  }

private:
  enum class state { unknown, held, let_go };

  std::mutex mutex_;
  state state_ = state::unknown;
  int socket_ = -1;
};

/// A connection of CAF's that bounds what may be announced on it. `Base` is the class of the
/// connection, and has its socket in `stream_`.
template <class Base>
class bounded_scribe : public Base {
public:
  template <class... Args>
  explicit bounded_scribe(std::size_t max_message_size, Args&&... args)
    : Base(std::forward<Args>(args)...),
      max_message_size_(max_message_size) {}

  ~bounded_scribe() override { stranger_->let_go(); }

  // CAF asks for a header, then for the payload that it announces, the first of which is the
  // handshake; then for the next header. A broker of the application's own may ask for anything, or
  // for nothing as long as it likes.
  void configure_read(caf::io::receive_policy::config config) override {
    const auto socket = this->stream_.fd();
    if (is_basp_ && reads_ == 0) {
      is_basp_ = is_header(config);
      stranger_->hold(socket);
    }
    if (!is_basp_) {
      stranger_->let_go();
      return Base::configure_read(config);
    }
    if (reads_ < 3)
      ++reads_;
    if (reads_ == 3)
      stranger_->let_go();
    const auto limit = reads_ == 2 ? connection_bounds::max_handshake_size : max_message_size_;
    if (config.second <= limit)
      return Base::configure_read(config);
    ::shutdown(socket, SHUT_RDWR);
    Base::configure_read(caf::io::receive_policy::at_most(1));
  }

  /// If it has not said who it is by then.
  void throw_out_after(caf::timespan timeout, caf::actor_system& system) {
    // Hidden, so that no system waits for it.
    system.spawn<caf::hidden>([timeout, stranger = stranger_](caf::event_based_actor* self) {
      self->delayed_send(self, timeout, tick_atom::value);
      self->become([=](tick_atom) {
        if (stranger->shut_down())
          self->quit();
        else
          self->delayed_send(self, timeout, tick_atom::value);
      });
    });
  }

private:
  static bool is_header(caf::io::receive_policy::config config) {
    return config.first == caf::io::receive_policy_flag::exactly &&
           config.second == caf::io::basp::header_size;
  }

  const std::size_t max_message_size_;
  const std::shared_ptr<socket_leash> stranger_ = std::make_shared<socket_leash>();
  bool is_basp_ = true;
  unsigned reads_ = 0;
};

/// A connection on `socket` that is bounded as `bounds` says.
template <class Base, class... Args>
caf::io::scribe_ptr make_bounded(const connection_bounds& bounds,
                                 caf::io::network::default_multiplexer& loop, int socket,
                                 Args&&... args) {
  caf::io::network::keepalive(socket, true);
  auto out = caf::make_counted<bounded_scribe<Base>>(bounds.max_message_size, loop, socket,
                                                     std::forward<Args>(args)...);
  if (bounds.handshake_timeout < settings::forever)
    out->throw_out_after(bounds.handshake_timeout, loop.system());
  return out;
}

} // namespace devp2p
