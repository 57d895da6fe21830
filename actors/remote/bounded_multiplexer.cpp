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

/// A socket that may be shut down from any thread, until it is let go of.
class socket_leash {
public:
  explicit socket_leash(int socket) : socket_(socket) {}

  void let_go() {
    std::lock_guard guard{mutex_};
    socket_ = -1;
  }

  /// The loop then finds that it has ended.
  void shut_down() {
    std::lock_guard guard{mutex_};
    if (socket_ >= 0)
      ::shutdown(socket_, SHUT_RDWR);
  }

private:
  std::mutex mutex_;
  int socket_;
};

/// A connection that bounds what may be announced on it.
class bounded_scribe : public caf::io::network::scribe_impl {
public:
  bounded_scribe(caf::io::network::default_multiplexer& loop, int socket,
                 std::size_t max_message_size)
    : scribe_impl(loop, socket),
      stranger(std::make_shared<socket_leash>(socket)),
      max_message_size_(max_message_size) {}

  ~bounded_scribe() override { stranger->let_go(); }

  // CAF asks for a header, then for the payload that it announces, the first of which is the
  // handshake; then for the next header.
  void configure_read(caf::io::receive_policy::config config) override {
    if (reads_ == 0 && !is_header(config))
      is_basp_ = false; // Of a broker of the application's own.
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

  const std::shared_ptr<socket_leash> stranger;

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
        stranger->shut_down();
        self->quit();
      });
    });
  return out;
}

} // namespace devp2p
