// SPDX-License-Identifier: BSL-1.0
//
// A program that the application starts inherits no descriptor of the gateway code. This includes
// sockets of miniupnpc and libnatpmp, except in the moment between their creation and our setting
// the flag.
#include "devp2p/nat/address.hpp"
#include "devp2p/nat/close_on_exec.hpp"
#include "devp2p/nat/http_relay.hpp"
#include "devp2p/nat/igd.hpp"
#include "devp2p/nat/natpmp.hpp"
#include "devp2p/nat/udp_socket.hpp"

#include "../descriptors.hpp"
#include "no_descriptors.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <system_error>
#include <thread>

namespace devp2p::nat::test {
BOOST_AUTO_TEST_SUITE(nat_close_on_exec_test)

namespace {

using namespace std::chrono_literals;
using devp2p::test::check_close_on_exec;
using devp2p::test::inherited_descriptors;
using devp2p::test::open_descriptors;

/// A port of this host that is bound, but never answers.
class silent_port {
public:
  silent_port(int type, const std::string& address, std::uint16_t port = 0)
    : descriptor_(::socket(AF_INET, type | SOCK_CLOEXEC, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(port);
    ::inet_pton(AF_INET, address.c_str(), &at.sin_addr);
    BOOST_REQUIRE(::bind(descriptor_, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0);
    if (type == SOCK_STREAM)
      BOOST_REQUIRE(::listen(descriptor_, 8) == 0);
    socklen_t size = sizeof at;
    BOOST_REQUIRE(::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&at), &size) == 0);
    where_ = {address, ntohs(at.sin_port)};
  }
  silent_port(const silent_port&) = delete;
  silent_port& operator=(const silent_port&) = delete;
  ~silent_port() { ::close(descriptor_); }

  [[nodiscard]] const endpoint& where() const { return where_; }

private:
  int descriptor_;
  endpoint where_;
};

/// Returns whether the descriptor is a directory. Another thread that lists the open descriptors
/// opens one for a moment.
bool is_directory(int descriptor) {
  struct stat what {};
  return ::fstat(descriptor, &what) == 0 && S_ISDIR(what.st_mode);
}

/// Waits until at least `count` descriptors have been opened and none of them would be inherited.
/// Libraries open theirs a moment before the flag can be set.
void await(const std::set<int>& before, std::size_t count) {
  const auto until = deadline::clock::now() + 20s;
  auto is_settled = [&] {
    auto now = open_descriptors();
    std::erase_if(now, [&](int x) { return before.contains(x) || is_directory(x); });
    return now.size() >= count && std::all_of(now.begin(), now.end(), [](int x) {
             return (::fcntl(x, F_GETFD) & FD_CLOEXEC) != 0;
           });
  };
  while (!is_settled() && deadline::clock::now() < until)
    std::this_thread::yield();
}

} // namespace

BOOST_AUTO_TEST_CASE(nothing_of_our_own_sockets_is_inherited) {
  auto before = open_descriptors();
  auto inherited = inherited_descriptors();
  interrupt stop;
  auto socket = udp_socket::open("127.0.0.1");
  auto group = udp_socket::join("239.255.255.250", 0, "127.0.0.1");
  BOOST_REQUIRE(!!socket);
  check_close_on_exec(before, 5);
  BOOST_TEST(inherited_descriptors() == inherited, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(nothing_of_a_call_to_a_upnp_gateway_is_inherited) {
  silent_port gateway{SOCK_STREAM, "127.0.0.1"};
  auto before = open_descriptors();
  auto inherited = inherited_descriptors();
  interrupt stop;
  auto called = std::async(std::launch::async, [&] {
    return igd::connection::describe({gateway.where(), "/"}, stop, deadline::clock::now() + 30s);
  });
  // One descriptor of ours, five of the relay (context, acceptor, copy of `stop`), three of a
  // connection.
  await(before, 1 + 5 + 3);
  check_close_on_exec(before, 1 + 5 + 3);
  BOOST_TEST(inherited_descriptors() == inherited, boost::test_tools::per_element());
  stop.raise();
  BOOST_TEST(!called.get());
}

BOOST_AUTO_TEST_CASE(nothing_of_a_call_to_a_natpmp_gateway_is_inherited) {
  constexpr std::uint16_t natpmp_port = 5351;
  silent_port gateway{SOCK_DGRAM, "127.83.64.1", natpmp_port};
  auto before = open_descriptors();
  auto inherited = inherited_descriptors();
  auto subject = make_natpmp(gateway.where().host);
  auto found = std::async(std::launch::async, [&] { return subject->find(); });
  await(before, 2);
  check_close_on_exec(before, 2);
  BOOST_TEST(inherited_descriptors() == inherited, boost::test_tools::per_element());
  subject->call_off();
  BOOST_TEST(!!found.get());
}

BOOST_AUTO_TEST_CASE(nothing_is_opened_without_a_descriptor,
                     *boost::unit_test::enable_if<can_do_without_descriptors>()) {
  using asio::ip::tcp;
  asio::io_context context;
  auto door = listen_on_loopback(context);
  tcp::socket opened{context}, accepted{context};
  std::error_code of_opening, of_accepting;
  auto of_listening = errc::network_failure;
  {
    const no_descriptors guard;
    open(opened, tcp::v4(), of_opening);
    accept(door, accepted, of_accepting);
    try {
      static_cast<void>(listen_on_loopback(context));
    } catch (const std::system_error& why) {
      of_listening = from_errno(why.code().value());
    }
  }
  BOOST_TEST((from_errno(of_opening.value()) == errc::too_many_files));
  BOOST_TEST((from_errno(of_accepting.value()) == errc::too_many_files));
  BOOST_TEST((of_listening == errc::too_many_files));
  BOOST_TEST(!opened.is_open());
  BOOST_TEST(!accepted.is_open());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::nat::test
