// SPDX-License-Identifier: BSL-1.0
//
// Strangers at a node that listens on loopback, and the end of a system that does not wait for its
// actors.
#include "../address_sanitizer.hpp"
#include "participant.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <fstream>
#include <string>
#include <thread>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(strangers_over_tcp_test)

namespace {

using namespace std::chrono_literals;

/// A connection from an address of this host.
class bare_connection {
public:
  bare_connection() = default;

  bare_connection(const std::string& from, std::uint16_t port)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    auto here = address(from, 0);
    auto there = address("127.0.0.1", port);
    BOOST_REQUIRE(socket_ >= 0);
    BOOST_REQUIRE(::bind(socket_, reinterpret_cast<sockaddr*>(&here), sizeof here) == 0);
    if (::connect(socket_, reinterpret_cast<sockaddr*>(&there), sizeof there) != 0)
      BOOST_REQUIRE(errno == EINPROGRESS);
  }

  bare_connection(bare_connection&& x) noexcept : socket_(std::exchange(x.socket_, -1)) {}
  bare_connection& operator=(bare_connection&& x) noexcept {
    std::swap(socket_, x.socket_);
    return *this;
  }

  ~bare_connection() {
    if (socket_ < 0)
      return;
    // Without this option, each connection would occupy its port for a minute.
    linger at_once{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    ::close(socket_);
  }

  [[nodiscard]] bool is_over() const {
    if (socket_ < 0)
      return true;
    char any = 0;
    auto got = ::recv(socket_, &any, 1, MSG_DONTWAIT);
    return got == 0 || (got < 0 && errno != EAGAIN && errno != ENOTCONN);
  }

private:
  static sockaddr_in address(const std::string& host, std::uint16_t port) {
    sockaddr_in out{};
    out.sin_family = AF_INET;
    out.sin_port = htons(port);
    BOOST_REQUIRE(::inet_pton(AF_INET, host.c_str(), &out.sin_addr) == 1);
    return out;
  }

  int socket_ = -1;
};

/// Returns the resident memory of this process in bytes.
std::int64_t resident() {
  std::ifstream in{"/proc/self/statm"};
  std::int64_t all = 0;
  std::int64_t pages = 0;
  in >> all >> pages;
  return pages * ::sysconf(_SC_PAGESIZE);
}

struct low_latency_config : caf::actor_system_config {
  low_latency_config() { add_types(*this); }
};

node_config setup() {
  node_config out{crypto::private_key::generate()};
  out.protocols = {{.name = "test", .version = 1, .length = 1, .spawn = handled_by(silent)}};
  return out;
}

/// The maximum growth of memory after 20,000 more connections, in bytes. If a kilobyte of each were
/// left, the growth would be twenty times as much.
#ifdef DEVP2P_ADDRESS_SANITIZER
constexpr std::int64_t max_growth = 8'000'000; // AddressSanitizer's allocator takes more pages.
#else
constexpr std::int64_t max_growth = 1'000'000;
#endif

constexpr auto short_deadline = 500ms;

node_config short_lived() {
  auto out = setup();
  out.limits.handshake_timeout = out.limits.handler_timeout = short_deadline;
  return out;
}

struct listening_node {
  net::asio_network network;
  net::asio_network elsewhere;
  low_latency_config config;
  caf::actor_system system{config};
  node_actor node;
  enode url;

  explicit listening_node(node_config as)
    : node(spawn_node(system, network, std::move(as))),
      url(ask<enode>(system, node, listen_atom_v, endpoint{"127.0.0.1", 0})) {}

  ~listening_node() {
    caf::anon_send_exit(node, caf::exit_reason::user_shutdown);
    node = nullptr;
  }

  std::size_t pending() { return ask<node_info>(system, node, info_atom_v).pending; }
};

} // namespace

BOOST_AUTO_TEST_CASE(thirty_thousand_connections_leave_no_memory_behind) {
  listening_node subject{short_lived()};
  std::int64_t before = 0;
  for (int i = 0; i <= 30'000; ++i) {
    if (i == 10'000 || i == 30'000) {
      while (subject.pending() > 0)
        std::this_thread::yield();
      // The timers of ended sessions hold memory until they expire.
      std::this_thread::sleep_for(2 * short_deadline);
    }
    if (i == 10'000)
      before = resident();
    bare_connection{"127.0.0." + std::to_string(2 + i % 200), subject.url.address.port};
    // Connects as fast as the node accepts, but no faster.
    if (i % 32 == 0)
      subject.pending();
  }
  BOOST_TEST(resident() - before < max_growth);
}

BOOST_AUTO_TEST_CASE(two_hundred_silent_connections_of_one_host_keep_nobody_out) {
  listening_node subject{setup()};
  std::atomic<bool> over{false};
  std::thread crowd{[&] {
    std::vector<bare_connection> all(200);
    while (!over) {
      for (auto& x : all)
        if (x.is_over())
          x = bare_connection{"127.0.0.66", subject.url.address.port};
      std::this_thread::sleep_for(5ms);
    }
  }};
  std::this_thread::sleep_for(500ms);
  for (int i = 0; i < 6; ++i) {
    auto honest = spawn_node(subject.system, subject.elsewhere, setup());
    // Checks that the dial succeeds; a failure is an error of the test.
    ask<peer_info>(subject.system, honest, dial_atom_v, subject.url);
    caf::anon_send_exit(honest, caf::exit_reason::user_shutdown);
  }
  over = true;
  crowd.join();
}

BOOST_AUTO_TEST_CASE(a_system_that_does_not_wait_for_its_actors_ends_at_once) {
  for (int round = 0; round < 10; ++round) {
    net::asio_network network;
    auto begun = std::chrono::steady_clock::now();
    {
      low_latency_config config;
      caf::actor_system system{config};
      if (round % 3 != 2)
        system.await_actors_before_shutdown(false);
      auto one = spawn_node(system, network, setup());
      auto two = spawn_node(system, network, setup());
      auto url = ask<enode>(system, one, listen_atom_v, endpoint{"127.0.0.1", 0});
      ask<peer_info>(system, two, dial_atom_v, url);
      if (round % 3 == 2)
        system.await_actors_before_shutdown(false); // At the last moment.
      if (round % 2 == 0)
        continue;
      caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
      caf::anon_send_exit(two, caf::exit_reason::user_shutdown);
    }
    BOOST_TEST((std::chrono::steady_clock::now() - begun < patience));
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
