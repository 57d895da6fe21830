// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"
#include "devp2p/messages/settings.hpp"
#include "devp2p/messages/type_ids.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/io/basp/header.hpp>
#include <caf/io/basp_broker.hpp>
#include <caf/io/network/default_multiplexer.hpp>
#include <caf/io/receive_policy.hpp>
#include <caf/io/scribe.hpp>
#include <caf/make_counted.hpp>
#include <caf/timespan.hpp>

#include <sys/socket.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
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

/// What is read of CAF's protocol (BASP): headers, each followed by the payload that it announces,
/// if any. A value.
class basp_headers {
public:
  explicit basp_headers(std::size_t max_message_size) : max_message_size_(max_message_size) {}

  /// The next header or payload. False if CAF must not see it: it announces too much, is no
  /// handshake where one has to come first, or a handshake without a payload, by which CAF 0.17.6
  /// ends the process.
  [[nodiscard]] bool take(byte_view what) {
    if (std::exchange(payload_next_, false)) {
      shaken_hands_ = true;
      return true;
    }
    if (what.size() != caf::io::basp::header_size)
      return false;
    const auto size = std::size_t{what[4]} << 24 | what[5] << 16 | what[6] << 8 | what[7];
    payload_next_ = size > 0;
    switch (static_cast<caf::io::basp::message_type>(what[0])) {
    case caf::io::basp::message_type::server_handshake:
    case caf::io::basp::message_type::client_handshake:
      return size > 0 && size <= std::min(connection_bounds::max_handshake_size, max_message_size_);
    case caf::io::basp::message_type::heartbeat:
      return size == 0;
    default:
      return shaken_hands_ && size <= max_message_size_;
    }
  }

  [[nodiscard]] bool shaken_hands() const { return shaken_hands_; }

private:
  const std::size_t max_message_size_;
  bool payload_next_ = false;
  bool shaken_hands_ = false;
};

/// A connection of CAF's that bounds what may be announced on it. `Base` is the class of the
/// connection, and has its socket in `stream_`. Connections of the application's own brokers are
/// left alone.
template <class Base>
class bounded_scribe : public Base {
public:
  template <class... Args>
  explicit bounded_scribe(std::size_t max_message_size, Args&&... args)
    : Base(std::forward<Args>(args)...),
      headers_(max_message_size) {}

  ~bounded_scribe() override { stranger_->let_go(); }

  // Of whom it is, is known when it is first told to read.
  void configure_read(caf::io::receive_policy::config config) override {
    if (!begun_) {
      begun_ = true;
      is_basp_ = dynamic_cast<caf::io::basp_broker*>(this->parent()) != nullptr;
      if (is_basp_)
        stranger_->hold(this->stream_.fd());
      else
        stranger_->let_go();
    }
    Base::configure_read(config);
  }

  bool consume(caf::execution_unit* unit, const void* what, std::size_t size) override {
    if (is_basp_) {
      // What has come already is still read, until the loop finds the end.
      if (cut_)
        return true;
      if (!headers_.take({reinterpret_cast<const std::uint8_t*>(this->rd_buf().data()), size})) {
        ::shutdown(this->stream_.fd(), SHUT_RDWR);
        return cut_ = true;
      }
      if (headers_.shaken_hands())
        stranger_->let_go();
    }
    return Base::consume(unit, what, size);
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
  basp_headers headers_;
  const std::shared_ptr<socket_leash> stranger_ = std::make_shared<socket_leash>();
  bool begun_ = false;
  bool is_basp_ = false;
  bool cut_ = false;
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
