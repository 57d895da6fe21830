// SPDX-License-Identifier: BSL-1.0
//
// The bounds of connections between processes: the effect on a message that is too long, and on
// brokers of the application, which have no bounds.
#include "devp2p/messages/caf.hpp"

#include "certificate_authority.hpp"
#include "participant.hpp"

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/read.hpp>
#include <asio/write.hpp>

#include <caf/io/all.hpp>

#include <array>
#include <optional>
#include <string>
#include <tuple>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(bounded_multiplexer_test)

namespace {

using namespace std::chrono_literals;
using asio::ip::tcp;

constexpr std::size_t max_message_size = std::size_t{1} << 20;

/// Returns options that disconnect strangers soon.
middleman_options bounded() {
  return {.max_message_size = max_message_size, .handshake_timeout = 300ms};
}

struct process {
  explicit process(std::optional<certificates> certified = {})
    : config([&] {
        auto out = bounded();
        out.certified = std::move(certified);
        return out;
      }()),
      system(config) {}

  connected_config config;
  caf::actor_system system;
};

struct without_certificates {
  std::optional<certificates> certify(const std::string&) const { return std::nullopt; }
};

struct with_certificates {
  std::optional<certificates> certify(const std::string& name) const {
    return authority.certify(name);
  }

  certificate_authority authority;
};

using either = std::tuple<without_certificates, with_certificates>;

handler_actor::behavior_type tell_sizes(handler_actor::pointer self, const handler_actor& back) {
  return {[=](const packet& x) { send_to(self, back, packet{x.payload.size(), {}}); }};
}

/// Returns received data in pieces of `size` bytes.
caf::behavior echo_by(caf::io::broker* self, std::size_t size) {
  return {
    [=](const caf::io::new_connection_msg& x) {
      self->configure_read(x.handle, caf::io::receive_policy::exactly(size));
    },
    [=](const caf::io::new_data_msg& x) {
      self->write(x.handle, x.buf.size(), x.buf.data());
      self->flush(x.handle);
    },
    [](const caf::io::connection_closed_msg&) {},
  };
}

/// Like `echo_by`, but only the first piece has `size` bytes; the others have the size of CAF's
/// header.
caf::behavior echo_oddly(caf::io::broker* self, std::size_t size) {
  auto echo = echo_by(self, size);
  return caf::message_handler{[=](const caf::io::new_data_msg& x) {
           self->configure_read(x.handle,
                                caf::io::receive_policy::exactly(caf::io::basp::header_size));
           self->write(x.handle, x.buf.size(), x.buf.data());
           self->flush(x.handle);
         }}
    .or_else(echo);
}

/// Reads no data, and writes five bytes on each `write_atom`.
caf::behavior write_only(caf::io::broker* self, std::promise<void>* connected) {
  return {
    [=](const caf::io::new_connection_msg&) { connected->set_value(); },
    [=](write_atom) {
      for (auto x : self->connections()) {
        self->write(x, 5, "hello");
        self->flush(x);
      }
    },
    [](const caf::io::connection_closed_msg&) {},
  };
}

/// A process with brokers of its own, and a published actor.
struct broker_fixture {
  process here;
  asio::io_context context;
  std::vector<caf::actor> brokers;
  handler_actor published;
  std::uint16_t port = 0;

  broker_fixture() {
    auto ignore = [](handler_actor::pointer) -> handler_actor::behavior_type {
      return {[](const packet&) {}};
    };
    published = here.system.spawn(ignore);
    port = value_of(publish(published));
  }

  ~broker_fixture() {
    for (const auto& x : brokers)
      caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(published, caf::exit_reason::user_shutdown);
  }

  tcp::socket connect_to(std::uint16_t where) {
    tcp::socket out{context};
    out.connect({asio::ip::address_v4::loopback(), where});
    return out;
  }

  /// Connects to a new broker that reads `size` bytes at a time.
  tcp::socket connect_to_broker(std::size_t size,
                                caf::behavior (*broker)(caf::io::broker*, std::size_t) = echo_by) {
    std::uint16_t where = 0;
    brokers.push_back(value_of(here.system.middleman().spawn_server(broker, where, size)));
    return connect_to(where);
  }

  /// Returns when a stranger that connects now has been disconnected.
  void wait_for_a_stranger() {
    auto stranger = connect_to(port);
    std::array<std::uint8_t, 1024> any{};
    std::error_code error;
    while (!error)
      stranger.read_some(asio::buffer(any), error);
    BOOST_TEST(error == asio::error::eof);
  }

  static bool answers(tcp::socket& broker, std::size_t size) {
    bytes out(size, 0xab);
    asio::write(broker, asio::buffer(out));
    bytes in(size);
    std::error_code error;
    asio::read(broker, asio::buffer(in), error);
    return !error && in == out;
  }
};

} // namespace

BOOST_AUTO_TEST_CASE_TEMPLATE(who_announces_more_than_it_may_is_cut_off, How, either) {
  How how;
  std::promise<std::uint64_t> first;
  std::promise<std::uint64_t> second;
  auto heard = 0;
  process here{how.certify("here")};
  process there{how.certify("there")};
  process elsewhere{how.certify("elsewhere")};
  caf::scoped_actor self{there.system};
  auto count = [&](handler_actor::pointer) -> handler_actor::behavior_type {
    return {[&](const packet& x) { (heard++ == 0 ? first : second).set_value(x.code); }};
  };
  auto sizes = here.system.spawn(count);
  auto teller = here.system.spawn(tell_sizes, sizes);
  auto port = value_of(publish(teller));
  auto found = value_of(connect<handler_actor>(there.system, {"127.0.0.1", port}));
  self->monitor(found);
  // The largest payload; the rest of the message fits, too.
  constexpr auto largest = max_message_size - 1000;
  send_to(self, found, packet{0, blob{bytes(largest)}});
  auto arrived = first.get_future();
  BOOST_TEST(get(arrived) == largest);
  send_to(self, found, packet{0, blob{bytes(max_message_size)}});
  caf::error why;
  self->receive([&](caf::down_msg& x) { why = x.reason; },
                caf::after(patience) >> [] { BOOST_ERROR("it is not cut off"); });
  BOOST_TEST((why == caf::exit_reason::remote_link_unreachable));
  // Other processes still connect, and the message that was too long has not arrived.
  auto again = value_of(connect<handler_actor>(elsewhere.system, {"127.0.0.1", port}));
  anon_send_to(again, packet{0, blob{bytes(7)}});
  auto next = second.get_future();
  BOOST_TEST(get(next) == 7u);
  for (const auto& x : {teller, sizes})
    caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
}

BOOST_FIXTURE_TEST_SUITE(a_broker_of_the_application, broker_fixture)

BOOST_AUTO_TEST_CASE(has_no_deadline) {
  auto talker = connect_to_broker(5);
  auto silent = connect_to_broker(5);
  BOOST_TEST(answers(talker, 5));
  wait_for_a_stranger();
  BOOST_TEST(answers(talker, 5));
  BOOST_TEST(answers(silent, 5));
}

BOOST_AUTO_TEST_CASE(is_not_taken_for_another_by_what_it_reads_first) {
  auto talker = connect_to_broker(caf::io::basp::header_size);
  BOOST_TEST(answers(talker, caf::io::basp::header_size));
  wait_for_a_stranger();
  BOOST_TEST(answers(talker, caf::io::basp::header_size));
}

BOOST_AUTO_TEST_CASE(is_not_taken_for_another_by_what_it_reads_later) {
  auto talker = connect_to_broker(5, echo_oddly);
  BOOST_TEST(answers(talker, 5));
  wait_for_a_stranger();
  for (int i = 0; i < 5; ++i)
    BOOST_TEST(answers(talker, caf::io::basp::header_size));
}

BOOST_AUTO_TEST_CASE(may_read_nothing_at_all) {
  std::promise<void> connected;
  std::uint16_t where = 0;
  brokers.push_back(value_of(here.system.middleman().spawn_server(write_only, where, &connected)));
  auto listener = connect_to(where);
  BOOST_REQUIRE(connected.get_future().wait_for(patience) == std::future_status::ready);
  for (int i = 0; i < 2; ++i) {
    wait_for_a_stranger();
    anon_send_to(brokers.back(), write_atom_v);
    std::string in(5, ' ');
    std::error_code error;
    asio::read(listener, asio::buffer(in), error);
    BOOST_TEST(in == "hello");
  }
}

BOOST_AUTO_TEST_CASE(has_no_limit_on_what_it_reads_at_once) {
  auto talker = connect_to_broker(3 * max_message_size);
  for (int i = 0; i < 5; ++i)
    BOOST_TEST(answers(talker, 3 * max_message_size));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
