// SPDX-License-Identifier: BSL-1.0
//
// The harm that any program of this host may try to do to a process with a published actor.
#include "certificate_authority.hpp"
#include "participant.hpp"

#include "devp2p/actors/remote/remote_handler.hpp"

#include "../descriptors.hpp"

#include <asio/connect.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/write.hpp>

#include <poll.h>
#include <sys/resource.h>

#include <fstream>
#include <optional>
#include <string_view>
#include <thread>
#include <tuple>
#include <vector>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(remote_strangers_test)

namespace {

using namespace std::chrono_literals;
using asio::ip::tcp;

/// Raises the limit of open descriptors of this process.
void allow_descriptors(rlim_t count) {
  rlimit limits{};
  BOOST_REQUIRE(::getrlimit(RLIMIT_NOFILE, &limits) == 0);
  if (limits.rlim_cur >= count)
    return;
  BOOST_TEST_REQUIRE(limits.rlim_max >= count, "no more than " << limits.rlim_max << " files");
  limits.rlim_cur = count;
  BOOST_REQUIRE(::setrlimit(RLIMIT_NOFILE, &limits) == 0);
}

/// A process with a published actor that answers.
struct fixture {
  const settings::duration handshake_timeout;
  caf::actor_system_config config;
  std::optional<caf::actor_system> system;
  handler_host_actor host;
  std::uint16_t port = 0;
  asio::io_context context;

  explicit fixture(std::optional<certificates> certified = {}, settings::duration timeout = 1s)
    : handshake_timeout(timeout) {
    add_types(config);
    load_middleman(config,
                   {.handshake_timeout = handshake_timeout, .certified = std::move(certified)});
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

  /// Returns the number of bytes received until the other side closes; `nullopt` if it does not.
  static std::optional<std::size_t> read_all(tcp::socket& from) {
    std::size_t out = 0;
    std::error_code error;
    bytes in(1 << 14);
    pollfd what{from.native_handle(), POLLIN, 0};
    while (!error) {
      if (::poll(&what, 1, std::chrono::milliseconds{patience}.count()) <= 0)
        return std::nullopt;
      out += from.read_some(asio::buffer(in), error);
    }
    return out;
  }
};

/// Uses few strangers, because each of them takes much of OpenSSL's time.
struct certified_fixture : private certificate_authority, fixture {
  static constexpr std::size_t strangers = 100;

  certified_fixture() : fixture(certify("here"), 5s) {}

  middleman_options options() const { return {.certified = certify("there")}; }
};

struct plain_fixture : fixture {
  static constexpr std::size_t strangers = 1000;

  static middleman_options options() { return {}; }
};

using either = std::tuple<plain_fixture, certified_fixture>;

/// Returns the peak memory of this process in kilobytes: reserved, or used (`VmHWM:`).
std::size_t peak_memory(std::string_view which = "VmPeak:") {
  std::ifstream in{"/proc/self/status"};
  for (std::string word; in >> word;)
    if (word == which) {
      std::size_t out = 0;
      in >> out;
      return out;
    }
  return 0;
}

/// Returns the header of a BASP message (`caf/io/basp/header.hpp`).
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
    BOOST_TEST(read_all(socket).value() < 10'000u);
    BOOST_TEST(peak_memory() < before + 200'000);
  }
}

/// Such a handshake makes CAF 0.17.6 end the process.
BOOST_FIXTURE_TEST_CASE(end_no_process_by_a_handshake_that_is_empty, fixture) {
  for (std::uint8_t operation : {0, 1}) {
    auto empty = header(operation, 0);
    empty[15] = 4; // The version, which a server's handshake has.
    auto socket = visit();
    asio::write(socket, asio::buffer(empty));
    BOOST_TEST(read_all(socket).value() < 10'000u);
  }
  connected_config settings;
  caf::actor_system there{settings};
  BOOST_TEST(!!connect<handler_host_actor>(there, {"127.0.0.1", port}));
}

BOOST_FIXTURE_TEST_CASE(have_to_shake_hands_before_anything_else, fixture) {
  for (std::uint8_t operation : {2, 3, 4, 5, 7, 255}) {
    auto before = peak_memory("VmHWM:");
    auto message = header(operation, 1);
    message[31] = 1; // The id of some actor.
    message.push_back(0);
    auto large = header(operation, 60 << 20);
    message.insert(message.end(), large.begin(), large.end());
    auto socket = visit();
    std::error_code ignored;
    asio::write(socket, asio::buffer(message), ignored);
    BOOST_TEST(read_all(socket).value() < 10'000u);
    BOOST_TEST(peak_memory("VmHWM:") < before + 40'000);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(that_say_nothing_are_thrown_out, Fixture, either) {
  Fixture here;
  const std::size_t count = Fixture::strangers;
  allow_descriptors(2 * count + 200); // Both ends are in this process.
  const auto before = open_descriptors().size();
  const auto begun = std::chrono::steady_clock::now();
  std::vector<tcp::socket> silent;
  for (std::size_t i = 0; i < count; ++i)
    silent.push_back(here.visit());
  // Half of them send the first byte of a TLS message.
  for (std::size_t i = 0; i < count; i += 2)
    asio::write(silent[i], asio::buffer(bytes{22}));
  // Silent strangers do not keep others out.
  connected_config settings{here.options()};
  caf::actor_system there{settings};
  BOOST_TEST(!!connect<handler_host_actor>(there, {"127.0.0.1", here.port}));
  for (auto& each : silent)
    BOOST_TEST_REQUIRE(here.read_all(each).value() < 10'000u); // A handshake, then the end.
  const auto lasted = std::chrono::steady_clock::now() - begun;
  BOOST_TEST((lasted >= here.handshake_timeout));
  BOOST_TEST((lasted < patience));
  // Their descriptors are closed, too. Only our ends and those of the other system remain open.
  while (open_descriptors().size() >= before + count + 100 &&
         std::chrono::steady_clock::now() < begun + patience)
    std::this_thread::yield();
  BOOST_TEST(open_descriptors().size() < before + count + 100);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
