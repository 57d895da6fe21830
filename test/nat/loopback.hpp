// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"
#include "devp2p/messages/endpoint.hpp"

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ip/udp.hpp>
#include <asio/read.hpp>
#include <asio/read_until.hpp>
#include <asio/write.hpp>

#include <unistd.h>

#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

/// Servers with scripted answers, over real sockets of loopback.
namespace devp2p::nat::test {

/// Returns an address that no other program of the tests uses: protocols with a fixed port need
/// one.
inline std::string own_loopback() {
  auto pid = static_cast<unsigned>(::getpid());
  return "127." + std::to_string(64 + (pid >> 16 & 63)) + '.' + std::to_string(pid >> 8 & 255) +
         '.' + std::to_string(pid & 255);
}

/// The thread of one server. Its sockets are closed after the last handler has run.
class serving_thread {
public:
  ~serving_thread() { stop(); }

  asio::io_context context;

protected:
  void start() {
    thread_ = std::thread{[this] { context.run(); }};
  }

  void stop() {
    context.stop();
    if (thread_.joinable())
      thread_.join();
  }

private:
  std::thread thread_;
};

/// Sends the datagrams that `answer(content, sender)` returns for each datagram.
class udp_server : public serving_thread {
public:
  using script = std::function<std::vector<bytes>(byte_view, const endpoint&)>;

  udp_server(const std::string& address, std::uint16_t port, script answer)
    : socket_(context, {asio::ip::make_address(address), port}),
      answer_(std::move(answer)) {
    receive();
    start();
  }

  ~udp_server() { stop(); }

  [[nodiscard]] endpoint where() const {
    auto out = socket_.local_endpoint();
    return {out.address().to_string(), out.port()};
  }

private:
  void receive() {
    socket_.async_receive_from(asio::buffer(in_), from_, [this](std::error_code error, auto size) {
      if (error)
        return;
      const endpoint sender{from_.address().to_string(), from_.port()};
      for (const auto& x : answer_({in_.data(), size}, sender)) {
        std::error_code ignored;
        socket_.send_to(asio::buffer(x), from_, 0, ignored);
      }
      receive();
    });
  }

  asio::ip::udp::socket socket_;
  script answer_;
  byte_array<4096> in_{};
  asio::ip::udp::endpoint from_;
};

/// Passes the request of each connection to `answer`, writes the result and closes, one connection
/// after the other. If the result is `nullopt`, keeps the connection until the other side closes
/// it.
class http_server : public serving_thread {
public:
  using script = std::function<std::optional<std::string>(const std::string&)>;

  http_server(const std::string& address, script answer)
    : acceptor_(context, {asio::ip::make_address(address), 0}),
      answer_(std::move(answer)) {
    accept();
    start();
  }

  ~http_server() { stop(); }

  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

private:
  void accept() {
    acceptor_.async_accept([this](std::error_code error, asio::ip::tcp::socket socket) {
      if (error)
        return;
      serve(socket);
      accept();
    });
  }

  void serve(asio::ip::tcp::socket& socket) {
    std::error_code error;
    std::string in;
    auto head = asio::read_until(socket, asio::dynamic_buffer(in), "\r\n\r\n", error);
    constexpr std::string_view length = "Content-Length: ";
    if (auto at = in.find(length); !error && at != in.npos) {
      auto whole = head + std::stoul(in.substr(at + length.size()));
      if (whole > in.size())
        asio::read(socket, asio::dynamic_buffer(in), asio::transfer_exactly(whole - in.size()),
                   error);
    }
    if (error)
      return;
    if (auto out = answer_(in))
      asio::write(socket, asio::buffer(*out), error);
    else
      asio::read(socket, asio::dynamic_buffer(in), error);
  }

  asio::ip::tcp::acceptor acceptor_;
  script answer_;
};

} // namespace devp2p::nat::test
