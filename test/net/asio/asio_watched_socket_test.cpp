// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/asio/event_loop.hpp"
#include "devp2p/net/asio/watched_socket.hpp"

#include <asio/buffer.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <memory>
#include <utility>

namespace devp2p::net {
BOOST_AUTO_TEST_SUITE(asio_watched_socket_test)

namespace {

using asio::ip::tcp;

/// A connection over loopback, one end of which is watched.
struct fixture {
  fixture() {
    tcp::acceptor acceptor{there_context, {asio::ip::address_v4::loopback(), 0}};
    tcp_socket connected{loop.context()};
    connected.connect(acceptor.local_endpoint());
    acceptor.accept(there);
    connected.non_blocking(true);
    here = std::make_shared<watched_socket>(loop, std::move(connected));
  }

  /// Returns when the system has something to tell of the watched end.
  void wait() const { here->socket.wait(tcp::socket::wait_read); }

  /// Returns the error of the next read.
  std::error_code read() const {
    std::array<std::uint8_t, 16> nowhere;
    std::error_code out;
    here->socket.read_some(asio::buffer(nowhere), out);
    return out;
  }

  loop_monitor monitor;
  event_loop loop{monitor};
  asio::io_context there_context;
  tcp::socket there{there_context};
  std::shared_ptr<watched_socket> here;
};

} // namespace

BOOST_FIXTURE_TEST_CASE(bytes_are_news_until_they_are_read, fixture) {
  BOOST_TEST(!here->has_news());
  asio::write(there, asio::buffer("x", 1));
  wait();
  BOOST_TEST(here->has_news());
  BOOST_TEST(!read());
  BOOST_TEST(!here->has_news());
}

BOOST_FIXTURE_TEST_CASE(the_end_is_news, fixture) {
  there.close();
  wait();
  BOOST_TEST(here->has_news());
  BOOST_TEST((read() == asio::error::eof));
}

BOOST_FIXTURE_TEST_CASE(an_error_is_news_and_is_left_to_the_reader, fixture) {
  there.set_option(asio::socket_base::linger{true, 0});
  there.close();
  wait();
  BOOST_TEST(here->has_news());
  BOOST_TEST((read() == asio::error::connection_reset));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::net
