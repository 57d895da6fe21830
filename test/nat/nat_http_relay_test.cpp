// SPDX-License-Identifier: BSL-1.0
//
// The relay and gateways that misbehave, over loopback and in real time.
#include "devp2p/nat/http_relay.hpp"

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/read.hpp>
#include <asio/read_until.hpp>
#include <asio/write.hpp>

#include <boost/test/unit_test.hpp>

#include <functional>
#include <string>
#include <thread>

namespace devp2p::nat::test {
BOOST_AUTO_TEST_SUITE(nat_http_relay_test)

namespace {

using namespace std::chrono_literals;
using tcp = asio::ip::tcp;

constexpr auto request = "GET /x HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n";

/// Reads until the other end closes the connection.
void read_to_end(tcp::socket& from) {
  std::string rest;
  std::error_code ignored;
  asio::read(from, asio::dynamic_buffer(rest), ignored);
}

/// Writes the header of a reply whose body ends with the connection.
std::error_code begin_reply(tcp::socket& to) {
  std::error_code out;
  asio::write(to, asio::buffer(std::string{"HTTP/1.1 200 OK\r\n\r\n"}), out);
  return out;
}

/// Accepts one connection, reads a request, calls the test's function, and then closes the socket.
class gateway_by_hand {
public:
  using manners = std::function<void(tcp::socket&)>;

  explicit gateway_by_hand(manners then)
    : thread_([this, then = std::move(then)] {
        std::error_code error;
        tcp::socket socket{context_};
        acceptor_.accept(socket, error);
        if (error)
          return;
        auto size = asio::read_until(socket, asio::dynamic_buffer(request_), "\r\n\r\n", error);
        request_.resize(size);
        then(socket);
      }) {}

  ~gateway_by_hand() {
    // Wakes a gateway that no client has connected to.
    std::error_code ignored;
    tcp::socket last{context_};
    last.connect(acceptor_.local_endpoint(), ignored);
    last.close(ignored);
    thread_.join();
  }

  [[nodiscard]] endpoint where() const { return {"127.0.0.1", acceptor_.local_endpoint().port()}; }
  /// Returns the request. Valid once the connection has ended.
  [[nodiscard]] const std::string& asked() const { return request_; }

private:
  asio::io_context context_;
  tcp::acceptor acceptor_{context_, {asio::ip::address_v4::loopback(), 0}};
  std::string request_;
  std::thread thread_;
};

/// Returns the data that comes back through the relay until it closes the connection.
std::string fetch(const http_relay& relay, std::string_view what = request) {
  asio::io_context context;
  tcp::socket socket{context};
  std::error_code error;
  socket.connect({asio::ip::address_v4::loopback(), relay.local().port}, error);
  asio::write(socket, asio::buffer(what), error);
  std::string out;
  asio::read(socket, asio::dynamic_buffer(out), error);
  return out;
}

void say(tcp::socket& socket, std::string_view what) {
  std::error_code ignored;
  asio::write(socket, asio::buffer(what), ignored);
}

struct timer {
  [[nodiscard]] auto elapsed() const { return deadline::clock::now() - begin; }
  deadline begin = deadline::clock::now();
};

} // namespace

BOOST_AUTO_TEST_SUITE(a_relay)

BOOST_AUTO_TEST_CASE(passes_on_what_is_said_and_calls_the_gateway_by_its_name) {
  constexpr auto reply = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
  interrupt stop;
  gateway_by_hand gateway{[&](tcp::socket& socket) { say(socket, reply); }};
  {
    http_relay relay{gateway.where(), stop, deadline::clock::now() + 10s};
    BOOST_TEST(fetch(relay) == reply);
  }
  BOOST_TEST(gateway.asked() ==
             "GET /x HTTP/1.1\r\nHost: " + to_string(gateway.where()) + "\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(is_free_for_the_next_when_the_gateway_keeps_the_connection) {
  interrupt stop;
  constexpr auto as_it_is_passed_on = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
  for (auto* reply :
       {as_it_is_passed_on,
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"}) {
    gateway_by_hand gateway{[&](tcp::socket& socket) {
      say(socket, std::string_view{reply}.substr(0, 30));
      say(socket, std::string_view{reply}.substr(30));
      read_to_end(socket);
    }};
    timer watch;
    http_relay relay{gateway.where(), stop, deadline::clock::now() + 60s};
    BOOST_TEST(fetch(relay) == as_it_is_passed_on);
    BOOST_TEST((watch.elapsed() < 30s));
  }
}

BOOST_AUTO_TEST_CASE(hangs_up_at_the_deadline_on_one_that_says_nothing) {
  interrupt stop;
  gateway_by_hand gateway{[](tcp::socket& socket) { read_to_end(socket); }};
  timer watch;
  http_relay relay{gateway.where(), stop, deadline::clock::now() + 200ms};
  BOOST_TEST(fetch(relay) == "");
  BOOST_TEST((watch.elapsed() >= 150ms));
  BOOST_TEST((watch.elapsed() < 30s));
}

BOOST_AUTO_TEST_CASE(hangs_up_at_the_deadline_on_one_that_drips) {
  interrupt stop;
  gateway_by_hand gateway{[](tcp::socket& socket) {
    auto error = begin_reply(socket);
    while (!error) {
      std::this_thread::sleep_for(10ms);
      asio::write(socket, asio::buffer("x", 1), error);
    }
  }};
  timer watch;
  http_relay relay{gateway.where(), stop, deadline::clock::now() + 300ms};
  BOOST_TEST(fetch(relay) == "");
  BOOST_TEST((watch.elapsed() < 30s));
}

BOOST_AUTO_TEST_CASE(passes_on_no_more_than_it_may) {
  interrupt stop;
  gateway_by_hand gateway{[](tcp::socket& socket) {
    auto error = begin_reply(socket);
    const std::string much(65536, 'x');
    while (!error)
      asio::write(socket, asio::buffer(much), error);
  }};
  http_relay relay{gateway.where(), stop, deadline::clock::now() + 30s};
  BOOST_TEST(fetch(relay).size() <= http_relay::max_reply);
}

BOOST_AUTO_TEST_CASE(does_not_let_a_reply_announce_more_than_it_may) {
  interrupt stop;
  for (auto* size : {"2147483647", "99999999999999999999999", "-1", "many"}) {
    gateway_by_hand gateway{[&](tcp::socket& socket) {
      say(socket, "HTTP/1.1 200 OK\r\ncontent-length: " + std::string{size} + "\r\n\r\nx");
    }};
    http_relay relay{gateway.where(), stop, deadline::clock::now() + 10s};
    BOOST_TEST(fetch(relay) == "", size);
  }
}

BOOST_AUTO_TEST_CASE(hangs_up_at_once_when_it_is_called_off) {
  interrupt stop;
  gateway_by_hand gateway{[&](tcp::socket& socket) {
    stop.raise();
    read_to_end(socket);
  }};
  timer watch;
  http_relay relay{gateway.where(), stop, deadline::clock::now() + 60s};
  BOOST_TEST(fetch(relay) == "");
  BOOST_TEST((watch.elapsed() < 30s));
  // A later connection is not even accepted.
  BOOST_TEST(fetch(relay) == "");
}

BOOST_AUTO_TEST_CASE(hangs_up_if_nobody_is_there) {
  interrupt stop;
  endpoint nowhere;
  {
    gateway_by_hand gateway{[](tcp::socket&) {}};
    nowhere = gateway.where();
  }
  timer watch;
  http_relay relay{nowhere, stop, deadline::clock::now() + 60s};
  BOOST_TEST(fetch(relay) == "");
  BOOST_TEST((watch.elapsed() < 30s));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::nat::test
