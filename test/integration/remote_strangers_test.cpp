// SPDX-License-Identifier: BSL-1.0
//
// What any program of this host may do to a process with a published actor.
#include "participant.hpp"

#include "devp2p/remote/remote_handler.hpp"

#include <asio/connect.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/read.hpp>
#include <asio/write.hpp>

#include <fstream>
#include <vector>

namespace devp2p::test {
namespace {

using namespace std::chrono_literals;
using asio::ip::tcp;

/// Has published an actor that answers.
struct fixture {
  caf::actor_system_config config;
  std::optional<caf::actor_system> system;
  handler_host_actor host;
  std::uint16_t port = 0;
  asio::io_context context;

  fixture() {
    add_types(config);
    load_middleman(config, {.handshake_timeout = 1s});
    system.emplace(config);
    host = host_handlers(*system, [](auto&, auto&) { return handler_actor{}; });
    port = value_of(publish(host));
  }

  ~fixture() { caf::anon_send_exit(host, caf::exit_reason::user_shutdown); }

  tcp::socket visit() {
    tcp::socket out{context};
    out.connect({asio::ip::address_v4::loopback(), port});
    return out;
  }

  /// All that comes until the other closes.
  static std::size_t read_all(tcp::socket& from) {
    std::error_code error;
    bytes in(1 << 20);
    return asio::read(from, asio::buffer(in), error);
  }
};

/// Of this process, in kilobytes.
std::size_t peak_memory() {
  std::ifstream in{"/proc/self/status"};
  for (std::string word; in >> word;)
    if (word == "VmPeak:") {
      std::size_t out = 0;
      in >> out;
      return out;
    }
  return 0;
}

/// The header of a message of BASP (`caf/io/basp/header.hpp`).
bytes header(std::uint8_t operation, std::uint32_t payload) {
  bytes out(32);
  out[0] = operation;
  for (std::size_t i = 0; i < 4; ++i)
    out[4 + i] = static_cast<std::uint8_t>(payload >> (24 - 8 * i));
  return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(strangers)

BOOST_FIXTURE_TEST_CASE(make_nobody_hold_what_they_announce, fixture) {
  constexpr std::uint8_t client_handshake = 1;
  for (std::uint32_t size : {0xffff'ffffu, 0x4000'0000u, 0x10'0000u}) {
    auto before = peak_memory();
    auto socket = visit();
    asio::write(socket, asio::buffer(header(client_handshake, size)));
    BOOST_TEST(read_all(socket) < 10'000u);
    BOOST_TEST(peak_memory() < before + 200'000);
  }
}

BOOST_FIXTURE_TEST_CASE(that_say_nothing_are_thrown_out, fixture) {
  std::vector<tcp::socket> silent;
  for (auto i = 0; i < 200; ++i)
    silent.push_back(visit());
  for (auto& each : silent)
    (void)read_all(each); // Its own handshake, then the end.
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
