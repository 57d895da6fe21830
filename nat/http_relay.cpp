// SPDX-License-Identifier: BSL-1.0
#include "devp2p/nat/http_relay.hpp"

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/read.hpp>
#include <asio/read_until.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

namespace devp2p::nat {

namespace {

using tcp = asio::ip::tcp;

constexpr std::size_t max_head = 8192;
/// What miniupnpc asks is a tenth of it.
constexpr std::size_t max_request = 16384;

/// Where the value of the header `name` begins, and how long it is; nothing if there is none.
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

/// As the header Content-Length says; 0 if there is none, and too much if it makes no sense.
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

[[noreturn]] void refuse() {
  throw std::system_error{std::make_error_code(std::errc::message_size)};
}

} // namespace

class http_relay::relaying {
public:
  relaying(endpoint target, const interrupt& stop, deadline until)
    : target_(std::move(target)),
      acceptor_(context_, {asio::ip::address_v4::loopback(), 0}),
      stop_(context_, ::dup(stop.descriptor())) {
    local_ = {"127.0.0.1", acceptor_.local_endpoint().port()};
    stop_.async_wait(asio::posix::stream_descriptor::wait_read,
                     [this](const std::error_code&) { context_.stop(); });
    for (unsigned i = 0; i < max_connections; ++i)
      asio::co_spawn(context_, serve(), asio::detached);
    thread_ = std::thread{[this, until] {
      context_.run_until(until);
      hang_up();
    }};
  }

  ~relaying() {
    context_.stop();
    thread_.join();
  }

  [[nodiscard]] const endpoint& local() const { return local_; }

private:
  /// One connection after the other.
  asio::awaitable<void> serve() {
    connection here{tcp::socket{context_}, tcp::socket{context_}};
    connections_.push_back(&here);
    for (;;) {
      try {
        co_await acceptor_.async_accept(here.library, asio::use_awaitable);
        co_await relay(here);
      } catch (const std::system_error&) {
        // Both ends notice.
      }
      here.close();
    }
  }

  struct connection {
    tcp::socket library;
    tcp::socket gateway;

    void close() {
      std::error_code ignored;
      library.close(ignored);
      gateway.close(ignored);
    }
  };

  asio::awaitable<void> relay(connection& here) {
    auto request = co_await read_message(here.library, max_request);
    // Some routers refuse those who do not call them by their name.
    if (auto host = find_header(request, "host"))
      request.replace(host->first, host->second, ' ' + to_string(target_));
    co_await here.gateway.async_connect(
      {asio::ip::make_address(target_.host), target_.port}, asio::use_awaitable);
    co_await asio::async_write(here.gateway, asio::buffer(request), asio::use_awaitable);
    std::string reply;
    auto head = co_await asio::async_read_until(
      here.gateway, asio::dynamic_buffer(reply, max_head), "\r\n\r\n", asio::use_awaitable);
    if (content_length(std::string_view{reply}.substr(0, head)) > max_reply)
      refuse();
    for (std::size_t passed = 0; passed + reply.size() <= max_reply;) {
      co_await asio::async_write(here.library, asio::buffer(reply), asio::use_awaitable);
      passed += reply.size();
      reply.resize(max_head);
      reply.resize(co_await here.gateway.async_read_some(asio::buffer(reply), asio::use_awaitable));
    }
  }

  /// A head, and as much content as it announces.
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

  /// Nobody waits for us any more.
  void hang_up() {
    std::error_code ignored;
    acceptor_.close(ignored);
    for (auto* x : connections_)
      x->close();
  }

  const endpoint target_;
  endpoint local_;
  asio::io_context context_{1};
  tcp::acceptor acceptor_;
  asio::posix::stream_descriptor stop_;
  /// On the stacks of those who serve.
  std::vector<connection*> connections_;
  std::thread thread_;
};

http_relay::http_relay(endpoint target, const interrupt& stop, deadline until)
  : state_(std::make_unique<relaying>(std::move(target), stop, until)) {}

http_relay::~http_relay() = default;

const endpoint& http_relay::local() const {
  return state_->local();
}

} // namespace devp2p::nat
