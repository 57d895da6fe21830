// SPDX-License-Identifier: BSL-1.0
#include "devp2p/nat/udp_socket.hpp"

#include "loopback.hpp"

#include <boost/test/unit_test.hpp>

namespace devp2p::nat::test {
BOOST_AUTO_TEST_SUITE(udp_socket_test)

namespace {

using namespace std::chrono_literals;

deadline in(std::chrono::milliseconds x) {
  return deadline::clock::now() + x;
}

const bytes word{1, 2, 3};

} // namespace

BOOST_AUTO_TEST_SUITE(a_udp_socket)

BOOST_AUTO_TEST_CASE(sends_and_receives) {
  for (const auto* address : {"127.0.0.1", "::1"}) {
    auto one = udp_socket::open(address);
    auto two = udp_socket::open(address);
    BOOST_TEST_REQUIRE((one && two));
    BOOST_TEST(!two->receive());
    one->send(word, two->local());
    interrupt stop;
    auto got = two->receive(stop, in(5s));
    BOOST_TEST_REQUIRE(!!got);
    BOOST_TEST((got->from == one->local()));
    BOOST_TEST(got->content == word);
  }
}

BOOST_AUTO_TEST_CASE(needs_an_address_that_is_ours) {
  BOOST_TEST((udp_socket::open("nowhere").error().code == errc::invalid_endpoint));
  BOOST_TEST((udp_socket::open("192.0.2.1").error().code == errc::address_not_available));
  BOOST_TEST((udp_socket::join("nowhere", 0, "127.0.0.1").error().code == errc::invalid_endpoint));
  BOOST_TEST((udp_socket::join("224.0.0.1", 0, "::1").error().code == errc::invalid_endpoint));
  BOOST_TEST((udp_socket::join("ff02::1", 0, "127.0.0.1").error().code == errc::invalid_endpoint));
  BOOST_TEST((udp_socket::join("127.0.0.1", 0, "127.0.0.1").error().code == errc::network_failure));
}

BOOST_AUTO_TEST_CASE(loses_what_has_nowhere_to_go) {
  auto one = udp_socket::open("127.0.0.1");
  one->send(word, {"nowhere", 1});
  one->send(word, {"127.0.0.1", 1}); // No socket is there, which the system reports.
  interrupt stop;
  BOOST_TEST(!one->receive(stop, in(20ms)));
}

BOOST_AUTO_TEST_CASE(waits_no_longer_than_it_may) {
  auto one = udp_socket::open("127.0.0.1");
  interrupt stop;
  BOOST_TEST(!one->receive(stop, in(-1s)));
  stop.raise();
  auto begin = deadline::clock::now();
  BOOST_TEST(!one->receive(stop, in(1min)));
  BOOST_TEST((deadline::clock::now() - begin < 10s));
}

BOOST_AUTO_TEST_CASE(hears_a_group_beside_others) {
  const std::string group = "239.255.77.77";
  auto sender = udp_socket::open("127.0.0.1");
  const auto port = sender->local().port; // In use at one address only.
  auto one = udp_socket::join(group, port, "127.0.0.1");
  auto two = udp_socket::join(group, port, "127.0.0.1");
  BOOST_TEST_REQUIRE((one && two));
  sender->send(word, {group, port});
  interrupt stop;
  for (auto* x : {&*one, &*two}) {
    auto got = x->receive(stop, in(5s));
    BOOST_TEST_REQUIRE(!!got);
    BOOST_TEST((got->from == sender->local()));
  }
}

BOOST_AUTO_TEST_CASE(asks_until_it_is_answered_by_the_one_who_was_asked) {
  auto calls = 0;
  udp_server server{
    own_loopback(), 0, [&](byte_view in, const endpoint&) {
      return ++calls < 3 ? std::vector<bytes>{} : std::vector<bytes>{{9}, {in.begin(), in.end()}};
    }};
  auto socket = udp_socket::open("127.0.0.1");
  auto other = udp_socket::open("127.0.0.1");
  other->send(word, socket->local());
  interrupt stop;
  auto answer = [](const datagram& x) {
    return x.content == word ? std::optional{x.from} : std::nullopt;
  };
  auto from = ask(*socket, server.where(), word, stop, 50ms, 5, answer);
  BOOST_TEST((from == server.where()));
  BOOST_TEST(!ask(*socket, other->local(), word, stop, 5ms, 2, answer));
  stop.raise();
  BOOST_TEST(!ask(*socket, other->local(), word, stop, 1min, 2, answer));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::nat::test
