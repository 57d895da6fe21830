// SPDX-License-Identifier: BSL-1.0
//
// Tests that a program which the application starts, whenever it does, inherits no descriptor of
// the network: each is close-on-exec from the moment it is there.
#include "devp2p/net/asio/asio_network.hpp"

#include "../../descriptors.hpp"

#include <dlfcn.h>
#include <sys/socket.h>

#include <atomic>
#include <future>

namespace devp2p::net {

namespace {

/// The number of sockets that were made to be inherited, if only for a moment.
std::atomic<int> leaks = 0;

using stream_promise = std::promise<expected<std::unique_ptr<stream>>>;

stream_handler fulfil(stream_promise& promise) {
  return [&promise](expected<std::unique_ptr<stream>> x) { promise.set_value(std::move(x)); };
}

} // namespace

} // namespace devp2p::net

extern "C" int socket(int family, int type, int protocol) noexcept {
  static const auto real = reinterpret_cast<int (*)(int, int, int)>(::dlsym(RTLD_NEXT, "socket"));
  devp2p::net::leaks += (type & SOCK_CLOEXEC) == 0;
  return real(family, type, protocol);
}

extern "C" int accept(int door, sockaddr* from, socklen_t* size) {
  static const auto real =
    reinterpret_cast<int (*)(int, sockaddr*, socklen_t*)>(::dlsym(RTLD_NEXT, "accept"));
  ++devp2p::net::leaks;
  return real(door, from, size);
}

namespace devp2p::net {
BOOST_AUTO_TEST_SUITE(asio_close_on_exec_test)

BOOST_AUTO_TEST_CASE(nothing_of_a_network_is_inherited) {
  auto before = test::open_descriptors();
  auto inherited = test::inherited_descriptors();
  asio_network subject{2};
  auto door = subject.listen({"127.0.0.1", 0});
  auto second = subject.listen({"::1", 0}); // Where there is IPv6.
  auto datagrams = subject.bind({"127.0.0.1", 0});
  BOOST_REQUIRE((door && datagrams));
  stream_promise accepted;
  stream_promise dialled;
  (*door)->accept(fulfil(accepted));
  auto dial = subject.dial({"localhost", (*door)->local().port}, fulfil(dialled));
  auto near = dialled.get_future().get();
  auto far = accepted.get_future().get();
  BOOST_REQUIRE((near && far));
  stream_promise from;
  auto bound = subject.dial_from({"127.0.0.1", 0}, (*door)->local(), fulfil(from));
  auto third = from.get_future().get();
  BOOST_REQUIRE(!!third);
  // No host answers there (RFC 5737, TEST-NET-1); without a route to it, the dial fails.
  auto under_way = subject.dial({"192.0.2.1", 30303}, [](const auto&) {});
  test::check_close_on_exec(before, 2 * 3 + 5);
  BOOST_TEST(test::inherited_descriptors() == inherited, boost::test_tools::per_element());
  BOOST_TEST(leaks == 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::net
