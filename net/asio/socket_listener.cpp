// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/asio/socket_listener.hpp"

#include "devp2p/net/asio/close_on_exec.hpp"
#include "devp2p/net/asio/if_alive.hpp"
#include "devp2p/net/asio/reserved_memory.hpp"
#include "devp2p/net/asio/socket_stream.hpp"
#include "devp2p/net/asio/translation.hpp"

#include <asio/ip/v6_only.hpp>
#include <asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <mutex>
#include <new>
#include <optional>
#include <utility>
#include <vector>

namespace devp2p::net {

/// The lock makes the listener usable on any thread, and its end immediate: the port is free when
/// the destructor returns. No handler is called or destroyed under it.
class socket_listener::state : public std::enable_shared_from_this<state> {
public:
  state(loop_pool& loops, asio::ip::tcp::acceptor acceptor)
    : loops_(loops),
      acceptor_(std::move(acceptor)),
      retry_(acceptor_.get_executor(), retry_pause) {
    retry_.async_wait([](const std::error_code&) {}); // Asio has room for the timer from now on.
    retry_.cancel();
  }

  void accept(std::size_t most, accept_handler handler) {
    std::lock_guard guard{mutex_};
    if (!std::exchange(waiting_, true))
      wait();
    most_ = most;
    handler_.swap(handler);
    retrying_ = false;
  }

  void close() {
    accept_handler dropped;
    std::lock_guard guard{mutex_};
    dropped.swap(handler_);
    std::error_code ignored;
    acceptor_.close(ignored);
    retry_.cancel();
  }

private:
  /// Waits for a connection. Needs the lock, and `waiting_` set.
  void wait() {
    try {
      start_wait();
    } catch (const std::bad_alloc&) {
      waiting_ = false;
      throw;
    }
  }

  void start_wait() {
    acceptor_.async_wait(acceptor_.wait_read, if_alive<&state::on_ready>(weak_from_this()));
  }

  void on_ready() {
    std::optional<accept_outcome> outcome;
    try {
      outcome = accept_waiting();
    } catch (const std::bad_alloc&) {
      outcome.emplace(errc::out_of_memory);
    }
    if (outcome)
      call(std::move(*outcome));
  }

  /// Calls the handler, whose owner may then ask again. An owner that has no memory to be told so
  /// would wait for ever: its handler is called again later.
  void call(accept_outcome outcome) {
    auto handler = take_handler();
    if (!handler)
      return;
    try {
      handler(std::move(outcome));
    } catch (const std::bad_alloc&) {
      std::lock_guard guard{mutex_};
      if (handler_ || !acceptor_.is_open())
        return;
      handler_.swap(handler);
      retrying_ = true;
      retry_.expires_after(retry_pause);
      // The task lies in a member of this object, and so keeps it alive.
      retry_.async_wait(retry_memory_.keep([self = shared_from_this()] { self->try_again(); }));
    }
  }

  void try_again() {
    {
      std::lock_guard guard{mutex_};
      if (!std::exchange(retrying_, false))
        return; // The owner has asked again.
    }
    call(errc::out_of_memory);
  }

  /// Accepts what waits, up to `most_` connections. Returns nothing if the wait goes on, or the
  /// listener is closed.
  std::optional<accept_outcome> accept_waiting() {
    std::lock_guard guard{mutex_};
    waiting_ = false;
    if (!handler_)
      return std::nullopt; // Closed.
    std::vector<std::unique_ptr<stream>> out;
    out.reserve(most_);
    // An error that comes after a connection is met again by the next call.
    for (auto left = most_; left > 0; --left) {
      auto next = accept_one();
      if (!next)
        break;
      if (*next)
        out.push_back(std::move(**next));
      else if (out.empty())
        return next->error();
      else
        break;
    }
    if (!out.empty())
      return out;
    waiting_ = true;
    wait();
    return std::nullopt;
  }

  /// Returns nothing if no connection waits, or the one that waited has gone. Needs the lock.
  std::optional<expected<std::unique_ptr<stream>>> accept_one() {
    try {
      if (home_of_next_ == nullptr)
        home_of_next_ = &loops_.next();
      asio::ip::tcp::endpoint remote;
      std::error_code error;
      auto socket = net::accept(acceptor_, home_of_next_->context(), remote, error);
      if (error == asio::error::would_block || error == asio::error::connection_aborted)
        return std::nullopt;
      if (error)
        return to_errc(error);
      return socket_stream::adopt(*std::exchange(home_of_next_, nullptr), std::move(socket),
                                  remote);
    } catch (const std::bad_alloc&) {
      return errc::out_of_memory;
    }
  }

  accept_handler take_handler() {
    std::lock_guard guard{mutex_};
    return std::exchange(handler_, nullptr);
  }

  loop_pool& loops_;
  std::mutex mutex_;
  asio::ip::tcp::acceptor acceptor_;
  /// The loop of the next connection. An accept in vain takes no loop's turn.
  event_loop* home_of_next_ = nullptr;
  /// Whether a wait for a connection is under way.
  bool waiting_ = false;
  bool retrying_ = false;
  reserved_memory retry_memory_;
  asio::steady_timer retry_;
  /// The maximum number of connections that the handler takes.
  std::size_t most_ = 0;
  /// The handler of the outstanding `accept`; empty if there is none.
  accept_handler handler_;
};

expected<std::unique_ptr<listener>> socket_listener::open(loop_pool& loops,
                                                          const asio::ip::tcp::endpoint& at) {
  try {
    // The loop of those who accept: a connection reaches them without waking another thread.
    asio::ip::tcp::acceptor acceptor{loops.first().context()};
    std::error_code error;
    net::open(acceptor, at.protocol(), error);
    if (error)
      return to_errc(error);
    acceptor.set_option(asio::socket_base::reuse_address{true});
    if (at.address().is_v6()) {
      std::error_code ignored;
      acceptor.set_option(asio::ip::v6_only{false}, ignored);
    }
    acceptor.non_blocking(true);
    acceptor.bind(at);
    acceptor.listen();
    auto local = to_endpoint(acceptor.local_endpoint());
    return std::unique_ptr<listener>{
      std::make_unique<socket_listener>(loops, std::move(acceptor), std::move(local))};
  } catch (const std::system_error& failure) {
    return to_errc(failure.code());
  }
}

socket_listener::socket_listener(loop_pool& loops, asio::ip::tcp::acceptor acceptor, endpoint local)
  : local_(std::move(local)),
    state_(std::make_shared<state>(loops, std::move(acceptor))) {}

socket_listener::~socket_listener() {
  state_->close();
}

void socket_listener::accept(std::size_t most, accept_handler handler) {
  state_->accept(most, std::move(handler));
}

} // namespace devp2p::net
