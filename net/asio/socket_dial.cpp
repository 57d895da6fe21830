// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/asio/socket_dial.hpp"

#include "devp2p/net/asio/socket_stream.hpp"
#include "devp2p/net/asio/translation.hpp"

#include <asio/ip/tcp.hpp>
#include <asio/post.hpp>

#include <utility>

namespace devp2p::net {

namespace {

/// Who runs the DNS server of a name decides how many addresses it has, we how many are tried.
constexpr std::size_t max_addresses = 16;

} // namespace

/// The lock is there because the dial is begun and given up on any thread. No handler is called or
/// destroyed under it.
class socket_dial::state : public std::enable_shared_from_this<state> {
public:
  state(event_loop& home, stream_handler handler)
    : home_(home),
      resolver_(home.context()),
      socket_(home.context()),
      handler_(std::move(handler)) {}

  void start(const std::optional<endpoint>& from, const endpoint& to) {
    std::lock_guard guard{mutex_};
    if (from && !(from_ = to_tcp(*from)))
      return home_.post([there = weak_from_this()] { finish(there, errc::invalid_endpoint); });
    // The system would send a packet that nobody can answer, and wait.
    if (to.port == 0)
      return home_.post([there = weak_from_this()] { finish(there, errc::connection_refused); });
    if (auto address = to_tcp(to)) {
      addresses_.push_back(*address);
      return connect();
    }
    using resolver = asio::ip::tcp::resolver;
    resolver_.async_resolve(
      to.host, std::to_string(to.port), resolver::numeric_service | resolver::address_configured,
      [there = weak_from_this()](const std::error_code&, const resolver::results_type& results) {
        if (auto self = there.lock())
          self->on_resolved(results);
      });
  }

  void give_up() {
    stream_handler dropped;
    std::lock_guard guard{mutex_};
    dropped.swap(handler_);
    resolver_.cancel();
    std::error_code ignored;
    socket_.close(ignored);
  }

private:
  void on_resolved(const asio::ip::tcp::resolver::results_type& results) {
    {
      std::lock_guard guard{mutex_};
      if (!handler_)
        return; // Given up.
      for (auto& result : results)
        if (addresses_.size() < max_addresses)
          addresses_.push_back(result.endpoint());
      if (!addresses_.empty())
        return connect();
    }
    finish(weak_from_this(), errc::no_such_host);
  }

  /// Tries the next address. Needs the lock.
  void connect() {
    std::error_code ignored;
    socket_.close(ignored);
    // A socket that could not be bound is closed, and what comes of it is told as of any other.
    if (auto error = from_ ? bind() : std::error_code{}) {
      ++tried_;
      return asio::post(home_.context(), [there = weak_from_this(), error] {
        if (auto self = there.lock())
          self->on_connected(error);
      });
    }
    socket_.async_connect(addresses_[tried_++],
                          [there = weak_from_this()](const std::error_code& error) {
                            if (auto self = there.lock())
                              self->on_connected(error);
                          });
  }

  /// To a port that may be shared. Needs the lock.
  std::error_code bind() {
    using reuse_port = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;
    std::error_code error;
    socket_.open(from_->protocol(), error);
    if (!error)
      socket_.set_option(asio::socket_base::reuse_address{true}, error);
    if (!error)
      socket_.set_option(reuse_port{true}, error);
    if (!error)
      socket_.bind(*from_, error);
    return error;
  }

  void on_connected(std::error_code error) {
    std::unique_lock guard{mutex_};
    if (!handler_)
      return; // Given up.
    const auto& remote = addresses_[tried_ - 1];
    // Where nobody listens, a socket can happen to meet itself (RFC 9293, "Simultaneous Open").
    std::error_code ignored;
    if (!error && socket_.local_endpoint(ignored) == remote)
      error = asio::error::connection_refused;
    if (error && tried_ < addresses_.size())
      return connect();
    auto result = error ? expected<std::unique_ptr<stream>>{to_errc(error)}
                        : socket_stream::adopt(home_, std::move(socket_), remote);
    guard.unlock();
    finish(weak_from_this(), std::move(result));
  }

  static void finish(const std::weak_ptr<state>& there, expected<std::unique_ptr<stream>> result) {
    auto self = there.lock();
    if (!self)
      return;
    stream_handler handler;
    {
      std::lock_guard guard{self->mutex_};
      handler.swap(self->handler_);
    }
    if (handler)
      handler(std::move(result));
  }

  event_loop& home_;
  std::mutex mutex_;
  asio::ip::tcp::resolver resolver_;
  tcp_socket socket_;
  std::optional<asio::ip::tcp::endpoint> from_;
  std::vector<asio::ip::tcp::endpoint> addresses_;
  std::size_t tried_ = 0;
  /// Empty once it was called or the dial was given up.
  stream_handler handler_;
};

socket_dial::socket_dial(event_loop& home, const std::optional<endpoint>& from, const endpoint& to,
                         stream_handler handler)
  : state_(std::make_shared<state>(home, std::move(handler))) {
  state_->start(from, to);
}

socket_dial::~socket_dial() {
  state_->give_up();
}

} // namespace devp2p::net
