// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/asio/asio_datagram_socket.hpp"

#include "devp2p/net/asio/close_on_exec.hpp"
#include "devp2p/net/asio/if_alive.hpp"
#include "devp2p/net/asio/reserved_memory.hpp"
#include "devp2p/net/asio/translation.hpp"

#include <asio/ip/udp.hpp>
#include <asio/ip/v6_only.hpp>
#include <asio/steady_timer.hpp>

#include <cassert>
#include <chrono>
#include <new>
#include <utility>

namespace devp2p::net {

namespace {

/// The maximum number of datagrams that are read before the loop serves others.
constexpr unsigned max_datagrams = 64;

asio::ip::udp::endpoint to_udp(const asio::ip::tcp::endpoint& x) {
  return {x.address(), x.port()};
}

endpoint from_udp(const asio::ip::udp::endpoint& x) {
  return to_endpoint(asio::ip::tcp::endpoint{x.address(), x.port()});
}

} // namespace

/// State that a wait under way finds only while the socket exists.
class asio_datagram_socket::state : public std::enable_shared_from_this<state> {
public:
  explicit state(asio::ip::udp::socket socket)
    : socket_(std::move(socket)),
      retry_(socket_.get_executor(), retry_pause) {
    retry_.async_wait([](const std::error_code&) {}); // Asio has room for the timer from now on.
    retry_.cancel();
  }

  void send(const endpoint& to, byte_view content) {
    auto address = to_tcp(to);
    std::error_code lost;
    if (address && content.size() <= max_size)
      socket_.send_to(asio::buffer(content.data(), content.size()), to_udp(*address), 0, lost);
  }

  void receive(datagram_handler handler) {
    assert(!handler_);
    handler_ = std::move(handler);
    wait();
  }

  void close() {
    closed_ = true;
    std::error_code ignored;
    socket_.close(ignored);
    retry_.cancel();
  }

private:
  /// Waits for the next datagram. If there is no memory for that, tries again later: otherwise no
  /// further datagram would ever be received.
  void wait() {
    if (closed_)
      return;
    try {
      socket_.async_wait(socket_.wait_read, if_alive<&state::on_ready>(weak_from_this()));
    } catch (const std::bad_alloc&) {
      retry_.expires_after(retry_pause);
      // The task lies in a member of this object, and so keeps it alive.
      retry_.async_wait(retry_memory_.keep([self = shared_from_this()] { self->wait(); }));
    }
  }

  /// Calls the handler. A handler that throws loses this datagram, and is called for the next one.
  void handle(const asio::ip::udp::endpoint& from, byte_view content) {
    try {
      handler_(from_udp(from), content);
    } catch (...) {
      return;
    }
  }

  void on_ready() {
    byte_array<max_size + 1> buffer;
    for (unsigned round = 0; round < max_datagrams && !closed_; ++round) {
      asio::ip::udp::endpoint from;
      std::error_code error;
      auto size = socket_.receive_from(asio::buffer(buffer.data(), buffer.size()), from, 0, error);
      if (error == asio::error::would_block)
        break;
      // Any other error is about a datagram that was sent, such as that its port is not open.
      if (!error && size <= max_size)
        handle(from, byte_view{buffer}.first(size));
    }
    wait();
  }

  asio::ip::udp::socket socket_;
  reserved_memory retry_memory_;
  asio::steady_timer retry_;
  datagram_handler handler_;
  bool closed_ = false;
};

expected<std::unique_ptr<datagram_socket>> asio_datagram_socket::open(event_loop& home,
                                                                      const endpoint& at) {
  auto address = to_tcp(at);
  if (!address)
    return errc::invalid_endpoint;
  try {
    asio::ip::udp::socket socket{home.context()};
    std::error_code error;
    net::open(socket, to_udp(*address).protocol(), error);
    if (error)
      return to_errc(error);
    if (address->address().is_v6())
      socket.set_option(asio::ip::v6_only{true});
    socket.non_blocking(true);
    socket.bind(to_udp(*address));
    auto local = from_udp(socket.local_endpoint());
    return std::unique_ptr<datagram_socket>{std::make_unique<asio_datagram_socket>(
      std::make_shared<state>(std::move(socket)), std::move(local))};
  } catch (const std::system_error& failure) {
    return to_errc(failure.code());
  }
}

asio_datagram_socket::asio_datagram_socket(std::shared_ptr<state> there, endpoint local)
  : state_(std::move(there)),
    local_(std::move(local)) {}

asio_datagram_socket::~asio_datagram_socket() {
  state_->close();
}

void asio_datagram_socket::send(const endpoint& to, byte_view content) {
  state_->send(to, content);
}

void asio_datagram_socket::receive(datagram_handler handler) {
  state_->receive(std::move(handler));
}

} // namespace devp2p::net
