// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/network.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <utility>

/// What every implementation of the seam `net/network.hpp` must do. A test program includes this
/// file once, after it has defined `world`, which has
///
/// * `server` and `client`: the `network` of two hosts, and `ip`: the address of the first;
/// * `run(task)`: runs `task` on the loop of all streams;
/// * `run_until(done)`: lets the network run until `done`, which is asked on that loop;
/// * `settle()`: lets everything happen that is about to happen.
namespace devp2p::net {

using stream_result = expected<std::unique_ptr<stream>>;

/// One end of a connection, and how often it was told what.
struct end : stream_observer {
  std::unique_ptr<stream> link;
  int readable = 0;
  int writable = 0;

  void on_readable() override { ++readable; }
  void on_writable() override { ++writable; }
};

/// What a handler was called with, and how often.
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

struct contract_fixture : world {
  /// Listens at `port` of the server.
  std::unique_ptr<listener> listen(std::uint16_t port = 0) {
    auto result = server.listen({ip, port});
    BOOST_REQUIRE(result);
    return std::move(*result);
  }

  /// Dials, and waits for what becomes of it.
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

/// Sends `total` octets that are told apart by their place, then says that nothing follows, and
/// meanwhile counts what comes back in order. Both through small buffers.
struct traveller : stream_observer {
  static constexpr std::size_t total = 1 << 20;

  stream& link;
  std::size_t sent = 0;
  std::size_t returned = 0;
  bool in_order = true;
  std::optional<errc> end;

  explicit traveller(stream& link) : link(link) {}

  static std::uint8_t octet(std::size_t place) {
    return static_cast<std::uint8_t>(place ^ place >> 8 ^ place >> 16);
  }

  void start() {
    on_readable();
    on_writable();
  }

  void on_writable() override {
    byte_array<4096> buffer;
    while (sent < total) {
      auto size = std::min(buffer.size(), total - sent);
      for (std::size_t i = 0; i < size; ++i)
        buffer[i] = octet(sent + i);
      auto result = link.write_some(byte_view{buffer}.first(size));
      if (result.error)
        return;
      if (result.size == 0)
        return link.await_writable(*this);
      sent += result.size;
    }
    link.shutdown_write();
  }

  void on_readable() override {
    byte_array<1000> buffer;
    for (;;) {
      auto result = link.read_some(buffer);
      end = result.error;
      if (end)
        return;
      if (result.size == 0)
        return link.await_readable(*this);
      for (std::size_t i = 0; i < result.size; ++i)
        in_order = in_order && buffer[i] == octet(returned + i);
      returned += result.size;
    }
  }
};

/// Sends back what it gets, through one buffer, until nothing follows.
struct echo : stream_observer {
  stream& link;
  byte_array<3000> buffer;
  byte_view rest;

  explicit echo(stream& link) : link(link) {}

  void on_readable() override {
    auto result = link.read_some(buffer);
    if (result.error)
      return link.shutdown_write();
    rest = byte_view{buffer}.first(result.size);
    on_writable();
  }

  void on_writable() override {
    while (!rest.empty()) {
      auto result = link.write_some(rest);
      if (result.error)
        return;
      if (result.size == 0)
        return link.await_writable(*this);
      rest = rest.subspan(result.size);
    }
    link.await_readable(*this);
  }
};

BOOST_FIXTURE_TEST_SUITE(contract_of_a_stream, connected)

BOOST_AUTO_TEST_CASE(carries_a_mebibyte_there_and_back_through_small_buffers) {
  traveller subject{*near.link};
  echo other{*far.link};
  run([&] {
    other.on_writable();
    subject.start();
  });
  run_until([&] { return subject.end.has_value(); });
  BOOST_TEST((subject.end == errc::end_of_stream));
  BOOST_TEST(subject.returned == traveller::total);
  BOOST_TEST(subject.in_order);
}

BOOST_AUTO_TEST_CASE(knows_both_its_ends) {
  BOOST_TEST((near.link->local() == far.link->remote()));
  BOOST_TEST((near.link->remote() == far.link->local()));
  BOOST_TEST(near.link->remote().host == ip);
  BOOST_TEST(near.link->remote().port != 0);
}

BOOST_AUTO_TEST_CASE(says_neither_octets_nor_error_while_there_is_nothing_to_read) {
  io_result result;
  run([&] {
    byte_array<8> buffer;
    result = near.link->read_some(buffer);
  });
  BOOST_TEST(result.size == 0);
  BOOST_TEST(!result.error);
}

BOOST_AUTO_TEST_CASE(is_readable_only_when_something_came) {
  run([&] { near.link->await_readable(near); });
  settle();
  BOOST_TEST(near.readable == 0);
  write(far, "x");
  run_until([&] { return near.readable > 0; });
  write(far, "y");
  settle();
  BOOST_TEST(near.readable == 1, "one call each time it is asked for");
}

BOOST_AUTO_TEST_CASE(never_calls_from_within_a_call) {
  write(far, "x");
  await(near);
  auto readable = 0;
  auto writable = 0;
  run([&] {
    near.link->await_readable(near);
    near.link->await_writable(near);
    readable = near.readable;
    writable = near.writable;
  });
  BOOST_TEST(readable == 1, "only what was awaited before");
  BOOST_TEST(writable == 0);
  run_until([&] { return near.readable == 2 && near.writable == 1; });
}

BOOST_AUTO_TEST_CASE(still_reads_after_its_own_direction_was_shut_down) {
  write(near, "question");
  run([&] { near.link->shutdown_write(); });
  BOOST_TEST(read(far).first == "question");
  BOOST_TEST((read(far).second == errc::end_of_stream));
  write(far, "answer");
  BOOST_TEST(read(near).first == "answer");
}

BOOST_AUTO_TEST_CASE(cannot_write_after_its_own_direction_was_shut_down) {
  run([&] { near.link->shutdown_write(); });
  BOOST_TEST((write(near, "x").error == errc::connection_reset));
}

BOOST_AUTO_TEST_CASE(reads_what_was_under_way_before_it_says_end_of_stream) {
  write(far, "bye");
  close(far);
  BOOST_TEST(read(near).first == "bye");
  BOOST_TEST((read(near).second == errc::end_of_stream));
  BOOST_TEST((read(near).second == errc::end_of_stream), "however often it is asked");
}

BOOST_AUTO_TEST_CASE(tells_who_waits_that_the_remote_is_gone) {
  run([&] { near.link->await_readable(near); });
  close(far);
  run_until([&] { return near.readable == 1; });
}

BOOST_AUTO_TEST_CASE(says_connection_reset_to_who_writes_to_a_destroyed_end) {
  close(far);
  // TCP may believe the first octets to be on their way.
  auto result = write(near, "x");
  for (auto tries = 0; tries < 10 && !result.error; ++tries) {
    settle();
    result = write(near, "x");
  }
  BOOST_TEST((result.error == errc::connection_reset));
}

BOOST_AUTO_TEST_CASE(says_connection_reset_when_the_remote_left_without_reading_everything) {
  write(near, "nobody reads this");
  await(far);
  close(far);
  BOOST_TEST((read(near).second == errc::connection_reset));
}

BOOST_AUTO_TEST_CASE(stops_a_writer_whom_nobody_reads) {
  const std::string chunk(1 << 16, 'x');
  std::size_t sent = 0;
  for (auto last = sent + 1; last != sent && sent < 1 << 28;) {
    last = sent;
    while (auto size = write(near, chunk).size)
      sent += size;
    settle();
  }
  BOOST_TEST(sent > 0);
  BOOST_TEST(sent < 1 << 28);
  run([&] { near.link->await_writable(near); });
  settle();
  BOOST_TEST(near.writable == 0);
  std::size_t received = 0;
  bytes buffer(1 << 16);
  while (received < sent) {
    await(far);
    run([&] { received += far.link->read_some(buffer).size; });
  }
  BOOST_TEST(received == sent);
  run_until([&] { return near.writable == 1; });
  BOOST_TEST(write(near, "x").size == 1);
}

BOOST_AUTO_TEST_CASE(calls_nobody_after_it_was_destroyed) {
  run([&] { near.link->await_readable(near); });
  write(far, "x");
  // Now the callback may be due already.
  close(near);
  auto before = near.readable;
  settle();
  BOOST_TEST(near.readable == before);
}

BOOST_AUTO_TEST_CASE(calls_nobody_because_it_is_destroyed) {
  run([&] {
    near.link->await_readable(near);
    near.link->await_writable(near);
    near.link.reset();
  });
  settle();
  BOOST_TEST(near.readable == 0);
  BOOST_TEST(near.writable == 0);
}

BOOST_AUTO_TEST_CASE(lets_a_callback_destroy_its_own_stream) {
  struct leaver : stream_observer {
    std::unique_ptr<stream>& link;
    explicit leaver(std::unique_ptr<stream>& link) : link(link) {}
    void on_readable() override { link.reset(); }
    void on_writable() override {}
  } subject{near.link};
  run([&] { near.link->await_readable(subject); });
  write(far, "x");
  run_until([&] { return !near.link; });
  BOOST_TEST((read(far).second == errc::connection_reset));
}

BOOST_AUTO_TEST_CASE(lets_a_callback_destroy_a_stream_whose_own_is_due) {
  struct rival : stream_observer {
    std::unique_ptr<stream>& other;
    int& calls;
    rival(std::unique_ptr<stream>& other, int& calls) : other(other), calls(calls) {}
    void on_readable() override {
      ++calls;
      other.reset();
    }
    void on_writable() override {}
  };
  end second;
  end second_far;
  connect(second, second_far);
  write(far, "x");
  write(second_far, "x");
  await(near);
  await(second);
  auto calls = 0;
  rival one{second.link, calls};
  rival two{near.link, calls};
  run([&] {
    near.link->await_readable(one);
    second.link->await_readable(two);
  });
  settle();
  BOOST_TEST(calls == 1);
  close(second);
  close(second_far);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(contract_of_a_listener, contract_fixture)

BOOST_AUTO_TEST_CASE(is_given_a_port_if_it_asks_for_none) {
  auto one = listen();
  auto two = listen();
  BOOST_TEST(one->local().host == ip);
  BOOST_TEST(one->local().port != 0);
  BOOST_TEST(one->local().port != two->local().port);
}

BOOST_AUTO_TEST_CASE(has_its_port_for_itself) {
  auto subject = listen();
  auto second = server.listen(subject->local());
  BOOST_REQUIRE(!second);
  BOOST_TEST((second.error() == errc::address_in_use));
}

BOOST_AUTO_TEST_CASE(leaves_its_port_to_the_next_when_destroyed) {
  auto subject = listen();
  auto port = subject->local().port;
  subject->accept([](stream_result) {});
  subject.reset();
  BOOST_TEST(listen(port)->local().port == port);
}

BOOST_AUTO_TEST_CASE(leaves_its_port_to_the_next_while_old_connections_linger) {
  auto subject = listen();
  auto port = subject->local().port;
  outcome accepted;
  outcome dialled;
  subject->accept(accepted.handler());
  dial(subject->local(), dialled);
  run_until([&] { return accepted.calls > 0; });
  // Who closes first is left with what TCP calls TIME-WAIT.
  accepted.link.reset();
  dialled.link.reset();
  subject.reset();
  BOOST_TEST(listen(port)->local().port == port);
}

BOOST_AUTO_TEST_CASE(listens_only_at_addresses) {
  auto result = server.listen({"localhost", 0});
  BOOST_REQUIRE(!result);
  BOOST_TEST((result.error() == errc::invalid_endpoint));
}

BOOST_AUTO_TEST_CASE(listens_only_at_addresses_of_its_host) {
  auto result = server.listen({"192.0.2.1", 0});
  BOOST_REQUIRE(!result);
  BOOST_TEST((result.error() == errc::address_not_available));
}

BOOST_AUTO_TEST_CASE(accepts_only_when_asked_and_the_oldest_first) {
  auto subject = listen();
  outcome first;
  outcome second;
  dial(subject->local(), first);
  dial(subject->local(), second);
  BOOST_REQUIRE(first.link);
  BOOST_REQUIRE(second.link);
  outcome accepted;
  subject->accept(accepted.handler());
  run_until([&] { return accepted.calls > 0; });
  settle();
  BOOST_TEST(accepted.calls == 1);
  BOOST_REQUIRE(accepted.link);
  BOOST_TEST((accepted.link->remote() == first.link->local()));
  subject->accept(accepted.handler());
  run_until([&] { return accepted.calls > 1; });
  BOOST_TEST((accepted.link->remote() == second.link->local()));
}

BOOST_AUTO_TEST_CASE(lets_a_handler_ask_for_the_next) {
  auto subject = listen();
  std::vector<std::unique_ptr<stream>> accepted;
  stream_handler next = [&](stream_result result) {
    accepted.push_back(std::move(*result));
    subject->accept(next);
  };
  subject->accept(next);
  outcome first;
  outcome second;
  dial(subject->local(), first);
  dial(subject->local(), second);
  run_until([&] { return accepted.size() == 2; });
  subject.reset();
}

BOOST_AUTO_TEST_CASE(calls_no_handler_after_it_was_destroyed) {
  auto subject = listen();
  auto there = subject->local();
  outcome accepted;
  auto token = std::make_shared<int>();
  subject->accept(
    [token, inner = accepted.handler()](stream_result result) { inner(std::move(result)); });
  subject.reset();
  BOOST_TEST(token.use_count() == 1, "the handler is gone as well");
  outcome dialled;
  dial(there, dialled);
  settle();
  BOOST_TEST(accepted.calls == 0);
  BOOST_TEST((dialled.error == errc::connection_refused));
}

BOOST_AUTO_TEST_CASE(lets_a_handler_destroy_it) {
  auto subject = listen();
  auto there = subject->local();
  auto calls = 0;
  subject->accept([&](stream_result) {
    ++calls;
    subject.reset();
  });
  outcome dialled;
  dial(there, dialled);
  run_until([&] { return calls == 1; });
  outcome late;
  dial(there, late);
  BOOST_TEST((late.error == errc::connection_refused));
}

BOOST_FIXTURE_TEST_CASE(resets_the_connections_that_nobody_accepted, connected) {
  auto subject = listen();
  outcome dialled;
  dial(subject->local(), dialled);
  end waiting;
  waiting.link = std::move(dialled.link);
  subject.reset();
  BOOST_TEST((read(waiting).second == errc::connection_reset));
  close(waiting);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(contract_of_a_dial, contract_fixture)

BOOST_AUTO_TEST_CASE(is_refused_where_nobody_listens) {
  auto there = listen()->local();
  outcome result;
  dial(there, result);
  BOOST_TEST((result.error == errc::connection_refused));
}

BOOST_AUTO_TEST_CASE(is_refused_at_port_0) {
  outcome result;
  dial({ip, 0}, result);
  BOOST_TEST((result.error == errc::connection_refused));
}

BOOST_AUTO_TEST_CASE(finds_no_host_under_a_name_that_cannot_be) {
  // RFC 1035, section 2.3.4: a label has at most 63 octets.
  outcome result;
  dial({std::string(64, 'a') + ".example", 30303}, result);
  BOOST_TEST((result.error == errc::no_such_host));
}

BOOST_AUTO_TEST_CASE(calls_no_handler_after_it_was_given_up) {
  auto door = listen();
  auto token = std::make_shared<int>();
  outcome dialled;
  run([&] {
    auto subject = client.dial(
      door->local(), [token, inner = dialled.handler()](stream_result x) { inner(std::move(x)); });
    auto refused = client.dial({ip, 0}, dialled.handler());
    auto name = client.dial({std::string(64, 'a') + ".example", 1}, dialled.handler());
  });
  settle();
  BOOST_TEST(dialled.calls == 0);
  BOOST_TEST(token.use_count() == 1, "the handler is gone as well");
}

BOOST_AUTO_TEST_CASE(may_be_destroyed_by_its_handler) {
  auto door = listen();
  std::unique_ptr<pending_dial> subject;
  std::unique_ptr<stream> link;
  run([&] {
    subject = client.dial(door->local(), [&](stream_result result) {
      subject.reset();
      link = std::move(*result);
    });
  });
  run_until([&] { return link != nullptr; });
  BOOST_TEST(link->remote().port == door->local().port);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::net
