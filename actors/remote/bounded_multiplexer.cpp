// SPDX-License-Identifier: BSL-1.0
#include "devp2p/remote/bounded_multiplexer.hpp"

#include "devp2p/messages/interfaces.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/io/basp/header.hpp>
#include <caf/io/network/scribe_impl.hpp>
#include <caf/io/receive_policy.hpp>

#include <sys/socket.h>

#include <memory>
#include <mutex>
#include <utility>

namespace devp2p {

namespace {

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

/// A connection that bounds what may be announced on it.
class bounded_scribe : public caf::io::network::scribe_impl {
public:
  bounded_scribe(caf::io::network::default_multiplexer& loop, int socket,
                 std::size_t max_message_size)
    : scribe_impl(loop, socket),
      max_message_size_(max_message_size) {}

  ~bounded_scribe() override { stranger->let_go(); }

  // CAF asks for a header, then for the payload that it announces, the first of which is the
  // handshake; then for the next header. A broker of the application's own may ask for anything, or
  // for nothing as long as it likes.
  void configure_read(caf::io::receive_policy::config config) override {
    if (is_basp_ && reads_ == 0) {
      is_basp_ = is_header(config);
      stranger->hold(stream_.fd());
    }
    if (!is_basp_) {
      stranger->let_go();
      return scribe_impl::configure_read(config);
    }
    if (reads_ < 3)
      ++reads_;
    if (reads_ == 3)
      stranger->let_go();
    const auto limit = reads_ == 2 ? bounded_multiplexer::max_handshake_size : max_message_size_;
    if (config.second <= limit)
      return scribe_impl::configure_read(config);
    ::shutdown(stream_.fd(), SHUT_RDWR);
    scribe_impl::configure_read(caf::io::receive_policy::at_most(1));
  }

  const std::shared_ptr<socket_leash> stranger = std::make_shared<socket_leash>();

private:
  static bool is_header(caf::io::receive_policy::config config) {
    return config.first == caf::io::receive_policy_flag::exactly &&
           config.second == caf::io::basp::header_size;
  }

  const std::size_t max_message_size_;
  bool is_basp_ = true;
  unsigned reads_ = 0;
};

} // namespace

bounded_multiplexer::bounded_multiplexer(caf::actor_system& system, std::size_t max_message_size,
                                         caf::timespan handshake_timeout)
  : default_multiplexer(&system),
    max_message_size_(max_message_size),
    handshake_timeout_(handshake_timeout) {}

caf::io::scribe_ptr bounded_multiplexer::new_scribe(caf::io::network::native_socket socket) {
  caf::io::network::keepalive(socket, true);
  auto out = caf::make_counted<bounded_scribe>(*this, socket, max_message_size_);
  // Hidden, so that no system waits for it.
  system().spawn<caf::hidden>(
    [timeout = handshake_timeout_, stranger = out->stranger](caf::event_based_actor* self) {
      self->delayed_send(self, timeout, tick_atom::value);
      self->become([=](tick_atom) {
        if (stranger->shut_down())
          self->quit();
        else
          self->delayed_send(self, timeout, tick_atom::value);
      });
    });
  return out;
}

} // namespace devp2p
