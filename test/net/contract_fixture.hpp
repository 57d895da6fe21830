// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/network.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

/// Fixtures that the contracts of `network_contract.hpp` share; that file describes `world`.
namespace devp2p::net {

using stream_result = expected<std::unique_ptr<stream>>;

/// One end of a connection, and the number of calls of each callback.
struct end : stream_observer {
  std::unique_ptr<stream> link;
  int readable = 0;
  int writable = 0;

  void on_readable() override { ++readable; }
  void on_writable() override { ++writable; }
};

/// The result that a handler was called with, and the number of calls.
struct outcome {
  std::unique_ptr<stream> link;
  std::optional<errc> error;
  int calls = 0;

  stream_handler handler() {
    return [this](stream_result result) {
      ++calls;
      if (result)
        link = std::move(*result);
      else
        error = result.error();
    };
  }
};

/// Checks that two dials have met: each has its end of the connection, and was told once.
inline void check_connected_once(const outcome& one, const outcome& two) {
  BOOST_REQUIRE(one.link);
  BOOST_REQUIRE(two.link);
  BOOST_TEST(one.calls == 1);
  BOOST_TEST(two.calls == 1);
}

struct contract_fixture : world {
  /// Listens at `port` of the server.
  std::unique_ptr<listener> listen(std::uint16_t port = 0) {
    auto result = server.listen({ip, port});
    BOOST_REQUIRE(result);
    return std::move(*result);
  }

  /// Dials, and waits for the outcome.
  void dial(const endpoint& to, outcome& result) {
    auto pending = client.dial(to, result.handler());
    run_until([&] { return result.calls > 0; });
  }
};

/// A connection between a client and a server.
struct connected : contract_fixture {
  end near;
  end far;

  connected() { connect(near, far); }

  ~connected() {
    run([this] {
      near.link.reset();
      far.link.reset();
    });
  }

  void connect(end& dialling, end& accepting) {
    auto door = listen();
    outcome accepted;
    outcome dialled;
    door->accept(accepted.handler());
    dial(door->local(), dialled);
    run_until([&] { return accepted.calls > 0; });
    BOOST_REQUIRE(dialled.link);
    BOOST_REQUIRE(accepted.link);
    dialling.link = std::move(dialled.link);
    accepting.link = std::move(accepted.link);
  }

  void close(end& which) {
    run([&] { which.link.reset(); });
  }

  io_result write(end& from, std::string_view text) {
    io_result result;
    run([&] { result = from.link->write_some(as_bytes(text)); });
    return result;
  }

  /// Waits until `at` can be read, but does not read.
  void await(end& at) {
    auto before = at.readable;
    run([&] { at.link->await_readable(at); });
    run_until([&] { return at.readable > before; });
  }

  /// Reads, and waits first if need be.
  std::pair<std::string, std::optional<errc>> read(end& at) {
    bytes buffer(100);
    await(at);
    io_result result;
    run([&] { result = at.link->read_some(buffer); });
    return {std::string(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(result.size)),
            result.error};
  }
};

} // namespace devp2p::net
