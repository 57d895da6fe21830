// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/asio/socket_dial.hpp"

#include "devp2p/net/asio/close_on_exec.hpp"
#include "devp2p/net/asio/name_resolver.hpp"
#include "devp2p/net/asio/socket_stream.hpp"
#include "devp2p/net/asio/translation.hpp"

#include <asio/ip/tcp.hpp>
#include <asio/post.hpp>

#include <algorithm>
#include <chrono>
#include <map>
#include <new>
#include <utility>

namespace devp2p::net {

namespace {

/// The maximum number of a name's addresses that are tried; its DNS server may name more.
constexpr std::size_t max_addresses = 16;
/// The maximum number of attempts, and so of descriptors, at once. The oldest attempt makes room,
/// after a second.
constexpr std::size_t max_attempts = 4;
/// The "Connection Attempt Delay" of RFC 8305, section 5.
constexpr auto attempt_delay = std::chrono::milliseconds{250};

} // namespace

/// State of a dial. The lock is there because the dial is begun and given up on any thread. No
/// handler is called or destroyed under the lock.
class socket_dial::state final : public name_resolver::client,
                                 public std::enable_shared_from_this<state> {
public:
  state(event_loop& home, stream_handler handler) : home_(home), handler_(std::move(handler)) {}

  void start(name_resolver& names, const std::optional<endpoint>& from, const endpoint& to) {
    if (!to.has_valid_host() || (from && !(from_ = to_tcp(*from))))
      return fail_later(errc::invalid_endpoint);
    // The system would send a packet that no listener can answer, and wait.
    if (to.port == 0)
      return fail_later(errc::connection_refused);
    auto address = to_tcp(to);
    if (!address)
      return names.resolve(to, weak_from_this());
    std::lock_guard guard{mutex_};
    addresses_.push_back(*address);
    try_next();
  }

  void on_resolved(expected<tcp_endpoints> result) override {
    home_.post([there = weak_from_this(), result = std::move(result)] {
      if (auto self = there.lock())
        self->try_all(result);
    });
  }

  void give_up() {
    stream_handler dropped;
    std::lock_guard guard{mutex_};
    dropped.swap(handler_);
    attempts_.clear();
  }

private:
  void fail_later(errc why) {
    home_.post([there = weak_from_this(), why] {
      if (auto self = there.lock())
        self->finish(why);
    });
  }

  void try_all(const expected<tcp_endpoints>& found) {
    if (!found)
      return finish(found.error());
    or_fail([&] {
      std::lock_guard guard{mutex_};
      if (!handler_)
        return; // Given up.
      addresses_ = interleaved(*found);
      addresses_.resize(std::min(addresses_.size(), max_addresses));
      try_next();
    });
  }

  /// Runs `task`, and ends the dial if there is no memory for it. Not under the lock.
  template <class Task>
  void or_fail(Task task) {
    try {
      task();
    } catch (const std::bad_alloc&) {
      finish(errc::out_of_memory);
    }
  }

  /// Tries the next address, and schedules the one after it. Needs the lock.
  void try_next() {
    const auto number = tried_++;
    if (attempts_.size() == max_attempts)
      attempts_.erase(attempts_.begin());
    auto& socket = attempts_.emplace(number, home_.context()).first->second;
    auto on_end = [there = weak_from_this(), number](const std::error_code& error) {
      if (auto self = there.lock())
        self->on_connected(number, error);
    };
    if (auto error = prepare(socket, addresses_[number].protocol()))
      asio::post(home_.context(), [on_end, error] { on_end(error); });
    else
      socket.async_connect(addresses_[number], on_end);
    if (tried_ == addresses_.size())
      return;
    home_.post_after(attempt_delay, [there = weak_from_this(), number] {
      if (auto self = there.lock())
        self->on_silence(number);
    });
  }

  /// Opens the socket, and binds it to `from_`, if there is one, as a port that may be shared.
  /// Needs the lock.
  std::error_code prepare(tcp_socket& socket, const asio::ip::tcp& protocol) {
    using reuse_port = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;
    std::error_code error;
    net::open(socket, from_ ? from_->protocol() : protocol, error);
    if (!from_)
      return error;
    if (!error)
      socket.set_option(asio::socket_base::reuse_address{true}, error);
    if (!error)
      socket.set_option(reuse_port{true}, error);
    if (!error)
      socket.bind(*from_, error);
    return error;
  }

  /// Begins the next attempt, some time after the one with `number`, unless it has begun already.
  void on_silence(std::size_t number) {
    or_fail([&] {
      std::lock_guard guard{mutex_};
      if (handler_ && tried_ == number + 1)
        try_next();
    });
  }

  void on_connected(std::size_t number, std::error_code error) {
    std::optional<expected<std::unique_ptr<stream>>> outcome;
    or_fail([&] { outcome = outcome_of(number, error); });
    if (outcome)
      finish(std::move(*outcome));
  }

  /// Returns the outcome of the dial, if this attempt has decided it.
  std::optional<expected<std::unique_ptr<stream>>> outcome_of(std::size_t number,
                                                              std::error_code error) {
    std::lock_guard guard{mutex_};
    auto i = attempts_.find(number);
    if (i == attempts_.end())
      return std::nullopt; // Given up, or it has made room for another.
    auto socket = std::move(i->second);
    attempts_.erase(i);
    const auto& remote = addresses_[number];
    // A socket can connect to itself if no program listens (RFC 9293, "Simultaneous Open").
    std::error_code ignored;
    if (!error && socket.local_endpoint(ignored) == remote)
      error = asio::error::connection_refused;
    if (error && tried_ < addresses_.size())
      try_next();
    if (error && !attempts_.empty())
      return std::nullopt;
    if (error)
      return to_errc(error);
    return socket_stream::adopt(home_, std::move(socket), remote);
  }

  void finish(expected<std::unique_ptr<stream>> result) {
    stream_handler handler;
    {
      std::lock_guard guard{mutex_};
      handler.swap(handler_);
      attempts_.clear();
    }
    if (handler)
      handler(std::move(result));
  }

  event_loop& home_;
  std::mutex mutex_;
  std::optional<asio::ip::tcp::endpoint> from_;
  std::vector<asio::ip::tcp::endpoint> addresses_;
  std::size_t tried_ = 0;
  /// The attempts under way, by the index of their address in `addresses_`.
  std::map<std::size_t, tcp_socket> attempts_;
  /// Empty once it was called or the dial was given up.
  stream_handler handler_;
};

socket_dial::socket_dial(event_loop& home, name_resolver& names,
                         const std::optional<endpoint>& from, const endpoint& to,
                         stream_handler handler)
  : state_(std::make_shared<state>(home, std::move(handler))) {
  state_->start(names, from, to);
}

socket_dial::~socket_dial() {
  state_->give_up();
}

} // namespace devp2p::net
