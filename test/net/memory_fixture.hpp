// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/sim/memory_network.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace devp2p::net {

inline const std::string client_ip = "10.0.0.2";

/// Two hosts in memory, as the contracts want them.
struct world {
  std::string ip = "10.0.0.1";
  memory_network subject;
  network& server = subject.host(ip);
  network& client = subject.host(client_ip);

  void run(const std::function<void()>& task) { task(); }

  void run_until(const std::function<bool()>& done) {
    while (!done())
      BOOST_REQUIRE(subject.run_one());
  }

  void settle() {
    while (subject.run_one()) {
    }
  }
};

} // namespace devp2p::net

#include "contract_fixture.hpp"

namespace devp2p::net {

inline line_conditions late(std::chrono::nanoseconds latency) {
  return {.latency = latency};
}

inline const line_conditions stalled{.stalled = true};

/// A connection, and the conditions of the lines between its ends.
struct under_conditions : connected {
  void set(const line_conditions& there, const line_conditions& back = {}) {
    subject.set_conditions(client_ip, ip, there);
    subject.set_conditions(ip, client_ip, back);
  }

  /// Reads without waiting.
  static std::pair<std::string, std::optional<errc>> take(end& at) {
    std::string buffer(100, ' ');
    auto result = at.link->read_some({reinterpret_cast<std::uint8_t*>(buffer.data()), 100});
    return {buffer.substr(0, result.size), result.error};
  }

  /// Closes the near end, and checks that the far end reads only a reset when 5 ms have passed.
  void check_reset_by_close() {
    using namespace std::chrono_literals;
    close(near);
    subject.advance_to(5ms);
    BOOST_TEST(take(far).first.empty());
    BOOST_TEST((take(far).second == errc::connection_reset));
  }

  /// Writes until the pipe is full.
  std::size_t fill(end& from) {
    std::size_t sent = 0;
    while (auto size = write(from, std::string(1000, 'x')).size)
      sent += size;
    return sent;
  }
};

} // namespace devp2p::net
