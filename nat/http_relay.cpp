// SPDX-License-Identifier: BSL-1.0
#include "devp2p/nat/http_relay.hpp"

#include "devp2p/nat/close_on_exec.hpp"
#include "devp2p/nat/plain_xml.hpp"

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/read.hpp>
#include <asio/read_until.hpp>
#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

namespace devp2p::nat {

namespace {

using tcp = asio::ip::tcp;

constexpr std::size_t max_head = 8192;
/// In bytes; requests of miniupnpc have about a tenth of it.
constexpr std::size_t max_request = 16384;

/// Returns the offset and the length of the value of the header `name`; `nullopt` if there is none.
std::optional<std::pair<std::size_t, std::size_t>> find_header(std::string_view head,
                                                               std::string_view name) {
  for (auto line = head.find("\r\n"); line != head.npos; line = head.find("\r\n", line + 2)) {
    auto text = head.substr(line + 2, name.size() + 1);
    auto same = text.size() == name.size() + 1 && text.back() == ':' &&
                std::equal(name.begin(), name.end(), text.begin(),
                           [](char a, char b) { return (a | 0x20) == (b | 0x20); });
    if (same) {
      auto from = line + 2 + text.size();
      return std::pair{from, head.find("\r\n", from) - from};
    }
  }
  return std::nullopt;
}

/// Returns the value of the header Content-Length: 0 if there is none, and more than `max_reply` if
/// it is invalid.
std::size_t content_length(std::string_view head) {
  auto where = find_header(head, "content-length");
  if (!where)
    return 0;
  auto text = head.substr(where->first, where->second);
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  std::size_t out = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} ? out : http_relay::max_reply + 1;
}

/// Returns a reply in the form that miniupnpc understands. The library takes any reply to an action
/// (POST) without an error code for success. So a reply that is no answer becomes a fault whose
/// code is the negated HTTP status.
std::string plain(const http_reply& said, bool action) {
  // The library may try to read a body that is almost, but not quite, XML.
  auto body = plain_xml(said.body()).value_or(said.body());
  auto has = [&](std::string_view x) { return body.find(x) != body.npos; };
  if (action && !has("Response>") && !has("errorCode>"))
    body = "<Fault><errorCode>-" + std::to_string(said.status()) + "</errorCode></Fault>";
  return "HTTP/1.1 " + std::to_string(said.status()) + (said.status() < 300 ? " OK" : " Failed") +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

int duplicate(int descriptor) {
  auto out = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  if (out < 0)
    throw std::system_error{errno, std::generic_category(), "dup"};
  return out;
}

[[noreturn]] void refuse() {
  throw std::system_error{std::make_error_code(std::errc::message_size)};
}

} // namespace

/// The thread destroys the context and all sockets in it when it ends. Then both ends of every
/// connection see it closed, whatever its state.
class http_relay::relaying {
public:
  relaying(endpoint target, const interrupt& stop, deadline until)
    : target_(std::move(target)),
      open_(std::make_unique<sockets>(stop)),
      local_{"127.0.0.1", open_->acceptor.local_endpoint().port()} {
    open_->stop.async_wait(asio::posix::stream_descriptor::wait_read,
                           [this](const std::error_code&) { open_->context.stop(); });
    for (unsigned i = 0; i < max_connections; ++i)
      asio::co_spawn(open_->context, serve(), asio::detached);
    thread_ = std::thread{[this, until] {
      open_->context.run_until(until);
      std::lock_guard guard{mutex_};
      open_.reset();
    }};
  }

  ~relaying() {
    {
      std::lock_guard guard{mutex_};
      if (open_)
        open_->context.stop();
    }
    thread_.join();
  }

  [[nodiscard]] const endpoint& local() const { return local_; }

private:
  struct sockets {
    explicit sockets(const interrupt& raised) : stop(context, duplicate(raised.descriptor())) {}

    asio::io_context context{1};
    tcp::acceptor acceptor = listen_on_loopback(context);
    asio::posix::stream_descriptor stop;
  };

  /// Serves one connection after the other.
  asio::awaitable<void> serve() {
    for (;;) {
      tcp::socket library{open_->context};
      tcp::socket gateway{open_->context};
      try {
        co_await open_->acceptor.async_wait(tcp::acceptor::wait_read, asio::use_awaitable);
        std::error_code error;
        accept(open_->acceptor, library, error);
        if (error == asio::error::would_block || error == asio::error::connection_aborted)
          continue; // Another coroutine was faster, or the library has closed the connection.
        if (error)  // No descriptor is left: accepting would fail again and again.
          co_return open_->context.stop();
        // The library runs in this process and opens its sockets without close-on-exec.
        set_close_on_exec(library.remote_endpoint());
        co_await relay(library, gateway);
      } catch (const std::system_error&) {
        // Both sockets are closed here, which both ends notice.
      }
    }
  }

  asio::awaitable<void> relay(tcp::socket& library, tcp::socket& gateway) {
    auto request = co_await read_message(library, max_request);
    // Some routers refuse requests whose Host header is not their own address.
    if (auto host = find_header(request, "host"))
      request.replace(host->first, host->second, ' ' + to_string(target_));
    const tcp::endpoint there{asio::ip::make_address(target_.host), target_.port};
    std::error_code error;
    open(gateway, there.protocol(), error);
    if (error)
      throw std::system_error{error};
    co_await gateway.async_connect(there, asio::use_awaitable);
    co_await asio::async_write(gateway, asio::buffer(request), asio::use_awaitable);
    const auto said = co_await read_reply(gateway);
    const auto reply = plain(said, request.starts_with("POST "));
    co_await asio::async_write(library, asio::buffer(reply), asio::use_awaitable);
  }

  static asio::awaitable<http_reply> read_reply(tcp::socket& from) {
    http_reply out;
    std::array<char, 4096> piece{};
    while (out.state() == http_reply::progress::incomplete) {
      std::error_code error;
      auto size = co_await from.async_read_some(asio::buffer(piece),
                                                asio::redirect_error(asio::use_awaitable, error));
      if (error)
        out.on_end();
      else
        out.on_bytes({piece.data(), size});
    }
    // The relay does not wait for the gateway to close the connection: it sends no further request
    // on it.
    if (out.state() == http_reply::progress::broken)
      refuse();
    co_return out;
  }

  /// Reads a head, and as much content as it announces.
  static asio::awaitable<std::string> read_message(tcp::socket& from, std::size_t limit) {
    std::string out;
    auto head = co_await asio::async_read_until(from, asio::dynamic_buffer(out, max_head),
                                                "\r\n\r\n", asio::use_awaitable);
    auto content = content_length(std::string_view{out}.substr(0, head));
    if (content > limit)
      refuse();
    if (auto whole = head + content; out.size() < whole) {
      auto missing = whole - out.size();
      co_await asio::async_read(from, asio::dynamic_buffer(out), asio::transfer_exactly(missing),
                                asio::use_awaitable);
    }
    co_return out;
  }

  const endpoint target_;
  std::mutex mutex_;
  std::unique_ptr<sockets> open_;
  const endpoint local_;
  std::thread thread_;
};

http_relay::http_relay(endpoint target, const interrupt& stop, deadline until)
  : state_(std::make_unique<relaying>(std::move(target), stop, until)) {}

http_relay::~http_relay() = default;

const endpoint& http_relay::local() const {
  return state_->local();
}

} // namespace devp2p::nat
