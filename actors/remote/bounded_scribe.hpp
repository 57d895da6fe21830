// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"
#include "devp2p/messages/caf.hpp"
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

/// The limits of a connection to another process.
struct connection_bounds {
  /// The maximum size of a message in bytes.
  std::size_t max_message_size;
  /// The maximum time until the remote has completed its handshake.
  caf::timespan handshake_timeout;

  /// The maximum size of a handshake in bytes; those of CAF have a few hundred.
  static constexpr std::size_t max_handshake_size = std::size_t{64} << 10;
};

/// A socket that may be shut down from any thread while it belongs to a stranger: from `hold`, when
/// its kind is known, until `let_go`.
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

  /// Shuts the socket down if it is held; its loop then sees the end of the connection. Returns
  /// false if the kind of the connection is not known yet.
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

/// The sequence of messages in CAF's protocol (BASP): headers, each followed by the payload that it
/// announces, if any. A value.
class basp_headers {
public:
  explicit basp_headers(std::size_t max_message_size) : max_message_size_(max_message_size) {}

  /// Takes the next header or payload. Returns false if CAF must not see it. This is a header that
  /// announces too much, one that is no handshake where a handshake must come first, or a handshake
  /// without a payload. The last one makes CAF 0.17.6 end the process.
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

/// A connection of CAF that bounds the sizes announced on it. `Base` is the class of the
/// connection, and has its socket in `stream_`. Connections of the application's own brokers are
/// not bounded.
template <class Base>
class bounded_scribe : public Base {
public:
  template <class... Args>
  explicit bounded_scribe(std::size_t max_message_size, Args&&... args)
    : Base(std::forward<Args>(args)...),
      headers_(max_message_size) {}

  ~bounded_scribe() override { stranger_->let_go(); }

  // The owner of the connection is known when it is first told to read.
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

  bool consume(execution_unit* unit, const void* what, std::size_t size) override {
    if (is_basp_) {
      // Data that has already arrived is still delivered, until the loop sees the end.
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

  /// Shuts the connection down unless its handshake has completed when `timeout` has passed.
  void throw_out_after(caf::timespan timeout, caf::actor_system& system) {
    // Hidden, so that the system does not wait for this actor.
    system.spawn<caf::hidden>([timeout, stranger = stranger_](caf::event_based_actor* self) {
      send_later_to(self, timeout, self, tick_atom_v);
      self->become([=](tick_atom) {
        if (stranger->shut_down())
          self->quit();
        else
          send_later_to(self, timeout, self, tick_atom_v);
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

/// Returns a connection on `socket` with these bounds.
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
