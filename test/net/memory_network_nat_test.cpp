// SPDX-License-Identifier: BSL-1.0
#include "memory_fixture.hpp"

#include "devp2p/net/sim/seeded_rng.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

namespace devp2p::net {
BOOST_AUTO_TEST_SUITE(memory_network_nat_test)

using namespace std::chrono_literals;
using nanoseconds = std::chrono::nanoseconds;

namespace {

/// Two hosts that may be behind NATs, 10 ms from each other, and one that sees their external
/// endpoints.
struct behind_nats {
  const std::string one_ip = "10.0.0.1";
  const std::string two_ip = "10.0.0.2";
  const endpoint seen_at{"10.0.0.3", 3478};
  const endpoint one_at{one_ip, 1001};
  const endpoint two_at{two_ip, 1002};

  memory_network subject;
  network& one = subject.host(one_ip);
  network& two = subject.host(two_ip);
  std::unique_ptr<listener> observer = std::move(*subject.host(seen_at.host).listen(seen_at));
  // The outcomes of dials, whose handlers write here.
  outcome at_one;
  outcome at_two;
  std::unique_ptr<pending_dial> first;
  std::unique_ptr<pending_dial> second;

  explicit behind_nats(std::optional<nat_kind> one_kind = {}, std::optional<nat_kind> two_kind = {},
                       std::optional<std::uint64_t> seed = 1)
    : subject(64 * 1024, seed) {
    subject.start_trace();
    set(one_ip, two_ip, {.latency = 10ms});
    if (one_kind)
      subject.put_behind(one_ip, *one_kind);
    if (two_kind)
      subject.put_behind(two_ip, *two_kind);
  }

  void set(const std::string& a, const std::string& b, const line_conditions& x) {
    subject.set_conditions(a, b, x);
    subject.set_conditions(b, a, x);
  }

  void settle() {
    while (subject.run_one()) {
    }
  }

  /// Lets time pass to `end`, and handles each event when it is due.
  void pass_to(nanoseconds end) {
    settle();
    while (subject.next_due() && *subject.next_due() <= end) {
      subject.advance_to(*subject.next_due());
      settle();
    }
    subject.advance_to(end);
  }
  void pass(nanoseconds time) { pass_to(subject.now() + time); }

  void dial_from_one(std::uint16_t to) {
    first = one.dial_from(one_at, {two_ip, to}, at_one.handler());
  }
  void dial_from_two(std::uint16_t to) {
    second = two.dial_from(two_at, {one_ip, to}, at_two.handler());
  }

  /// Returns the endpoint from which the observer sees a connection of `from` come.
  endpoint seen(network& host, const endpoint& from) {
    outcome there;
    outcome here;
    observer->accept(there.handler());
    auto dial = host.dial_from(from, seen_at, here.handler());
    settle();
    BOOST_REQUIRE(there.link);
    return there.link->remote();
  }

  void check_connection() {
    check_connected_once(at_one, at_two);
    BOOST_TEST((at_one.link->local() == one_at));
    BOOST_TEST((at_two.link->local() == two_at));
    at_one.link->write_some(as_bytes("there"));
    at_two.link->write_some(as_bytes("back"));
    pass(10ms);
    bytes buffer(10);
    BOOST_TEST(at_two.link->read_some(buffer).size == 5u);
    BOOST_TEST(at_one.link->read_some(buffer).size == 4u);
  }

  void forget() {
    first.reset();
    second.reset();
    at_one = {};
    at_two = {};
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(memory_with_nats)

BOOST_AUTO_TEST_CASE(lets_out_who_is_behind_one) {
  for (auto kind : {nat_kind::fullcone, nat_kind::portrange, nat_kind::symmetric}) {
    behind_nats fixture{kind};
    auto door = std::move(*fixture.two.listen(fixture.two_at));
    door->accept(fixture.at_two.handler());
    fixture.dial_from_one(fixture.two_at.port);
    fixture.pass(20ms);
    fixture.check_connection();
    auto& seen = fixture.at_two.link->remote();
    BOOST_TEST(seen.host == fixture.one_ip);
    BOOST_TEST((seen.port == fixture.one_at.port) == (kind == nat_kind::fullcone));
    BOOST_TEST((fixture.at_one.link->remote() == fixture.two_at));
  }
}

BOOST_AUTO_TEST_CASE(leaves_connections_alone_that_are_there) {
  behind_nats fixture;
  auto door = std::move(*fixture.two.listen(fixture.two_at));
  door->accept(fixture.at_two.handler());
  fixture.dial_from_one(fixture.two_at.port);
  fixture.pass(20ms);
  fixture.subject.put_behind(fixture.one_ip, nat_kind::symmetric);
  fixture.subject.put_behind(fixture.two_ip, nat_kind::symmetric);
  fixture.pass(1h);
  fixture.subject.restart_nat(fixture.one_ip);
  fixture.check_connection();
}

BOOST_AUTO_TEST_CASE(does_not_come_between_a_host_and_itself) {
  behind_nats fixture{nat_kind::symmetric};
  auto door = std::move(*fixture.one.listen(fixture.one_at));
  door->accept(fixture.at_two.handler());
  fixture.first = fixture.one.dial(fixture.one_at, fixture.at_one.handler());
  fixture.settle();
  BOOST_TEST(fixture.at_one.link);
  BOOST_REQUIRE(fixture.at_two.link);
  BOOST_TEST((fixture.at_two.link->remote() == fixture.at_one.link->local()));
}

BOOST_AUTO_TEST_CASE(has_a_dial_that_is_not_let_in_repeated_until_it_is) {
  behind_nats fixture{{}, nat_kind::fullcone};
  auto door = std::move(*fixture.two.listen(fixture.two_at));
  door->accept(fixture.at_two.handler());
  fixture.dial_from_one(fixture.two_at.port);
  fixture.pass_to(20ms);
  BOOST_TEST((fixture.subject.next_due() == 1s));
  fixture.pass_to(1s + 20ms);
  BOOST_TEST((fixture.subject.next_due() == 3s));
  // The port is mapped when a message goes out from there.
  fixture.pass_to(2s);
  BOOST_TEST((fixture.seen(fixture.two, fixture.two_at) == fixture.two_at));
  fixture.pass_to(3s + 20ms - 1ns);
  BOOST_TEST(fixture.at_one.calls == 0);
  fixture.pass_to(3s + 20ms);
  fixture.check_connection();
  BOOST_TEST(fixture.subject.dials(fixture.one_ip) == 0u);
}

BOOST_AUTO_TEST_CASE(has_a_dial_that_is_never_let_in_fail_in_the_end) {
  behind_nats fixture{{}, nat_kind::cone};
  fixture.dial_from_one(fixture.two_at.port);
  std::vector<nanoseconds> sent;
  fixture.settle();
  while (fixture.at_one.calls == 0) {
    auto due = fixture.subject.next_due();
    BOOST_REQUIRE(due.has_value());
    if (*due % 1s == 0s)
      sent.push_back(*due);
    fixture.pass_to(*due);
    fixture.settle();
  }
  BOOST_TEST((sent == std::vector<nanoseconds>{1s, 3s, 7s, 15s, 31s, 63s, 127s}));
  BOOST_TEST((fixture.at_one.error == errc::dial_timeout));
  BOOST_TEST(fixture.subject.dials(fixture.one_ip) == 0u);
  BOOST_TEST(!fixture.subject.next_due().has_value());
}

BOOST_AUTO_TEST_CASE(repeats_no_dial_before_it_can_know_that_it_is_lost) {
  behind_nats fixture{{}, nat_kind::cone};
  fixture.set(fixture.one_ip, fixture.two_ip, {.latency = 4s});
  fixture.dial_from_one(fixture.two_at.port);
  fixture.pass_to(8s);
  // The dial was to be repeated at 1 s.
  BOOST_TEST((fixture.subject.next_due() == 12s));
}

BOOST_AUTO_TEST_CASE(does_not_repeat_a_dial_that_was_given_up) {
  behind_nats fixture{{}, nat_kind::cone};
  fixture.dial_from_one(fixture.two_at.port);
  fixture.pass(500ms);
  fixture.first.reset();
  fixture.pass(500ms);
  BOOST_TEST(!fixture.subject.next_due().has_value());
  BOOST_TEST(fixture.subject.dials(fixture.one_ip) == 0u);
  BOOST_TEST(fixture.at_one.calls == 0);
}

BOOST_AUTO_TEST_CASE(has_a_dial_fail_that_finds_no_port) {
  behind_nats fixture{nat_kind::portrange};
  for (std::uint16_t port = 1; port <= 100; ++port)
    (void)fixture.seen(fixture.one, {fixture.one_ip, port});
  auto door = std::move(*fixture.two.listen(fixture.two_at));
  fixture.dial_from_one(fixture.two_at.port);
  fixture.pass_to(126s);
  BOOST_TEST(fixture.at_one.calls == 0);
  fixture.pass_to(127s);
  BOOST_TEST((fixture.at_one.error == errc::dial_timeout));
}

BOOST_AUTO_TEST_CASE(lets_datagrams_in_from_where_they_were_sent_to) {
  behind_nats fixture{nat_kind::portrange, nat_kind::cone};
  auto inside = std::move(*fixture.one.bind(fixture.one_at));
  auto outside = std::move(*fixture.two.bind(fixture.two_at));
  std::vector<endpoint> at_one;
  std::vector<endpoint> at_two;
  inside->receive([&](const endpoint& from, byte_view) { at_one.push_back(from); });
  outside->receive([&](const endpoint& from, byte_view) { at_two.push_back(from); });
  inside->send(fixture.two_at, as_bytes("opens ours"));
  fixture.pass(10ms);
  BOOST_TEST(at_two.empty(), "theirs is not open");
  for (std::uint16_t port = 40'000; port < 40'100; ++port)
    outside->send({fixture.one_ip, port}, as_bytes("opens theirs, and one finds the way"));
  fixture.pass(10ms);
  BOOST_TEST(at_one.size() == 1u);
  inside->send(fixture.two_at, as_bytes("and back"));
  fixture.pass(10ms);
  BOOST_REQUIRE(at_two.size() == 1u);
  BOOST_TEST((at_two[0].port >= 40'000 && at_two[0].port < 40'100));
  fixture.pass(30s);
  outside->send(at_two[0], as_bytes("too late"));
  fixture.pass(10ms);
  BOOST_TEST(at_one.size() == 1u);
}

BOOST_AUTO_TEST_CASE(lets_dials_meet_in_any_order) {
  const nanoseconds offsets[]{0ms,  1ms, 9ms,    10ms,   11ms,   19ms,   20ms,   21ms,
                              30ms, 1s,  1010ms, 1020ms, 2990ms, 3000ms, 3010ms, 60s};
  // A full cone is left out: it lets in a dial for which no other waits yet.
  for (auto one : {nat_kind::addrcone, nat_kind::cone, nat_kind::portrange})
    for (auto two : {nat_kind::cone, nat_kind::portrange})
      for (auto offset : offsets)
        for (auto first_is_one : {true, false})
          for (auto latency : {0ms, 10ms}) {
            behind_nats fixture{one, two};
            fixture.set(fixture.one_ip, fixture.two_ip, {.latency = latency});
            auto port_of_one = fixture.seen(fixture.one, fixture.one_at).port;
            auto port_of_two = fixture.seen(fixture.two, fixture.two_at).port;
            auto dial = [&](bool from_one) {
              from_one ? fixture.dial_from_one(port_of_two) : fixture.dial_from_two(port_of_one);
            };
            dial(first_is_one);
            fixture.pass(offset);
            dial(!first_is_one);
            fixture.pass(50ms);
            BOOST_TEST_CONTEXT(to_string(one) << " x " << to_string(two) << ", " << offset.count()
                                              << " ns later") {
              fixture.check_connection();
              BOOST_TEST(fixture.subject.dials(fixture.one_ip) == 0u);
              BOOST_TEST(fixture.subject.dials(fixture.two_ip) == 0u);
            }
          }
}

BOOST_AUTO_TEST_CASE(forgets_all_dials_whatever_becomes_of_them) {
  behind_nats fixture{nat_kind::cone, nat_kind::cone};
  seeded_rng rng{7};
  std::size_t made = 0;
  for (int i = 0; i < 500; ++i) {
    auto wait = [&](std::size_t most) { fixture.pass(std::chrono::milliseconds{rng.below(most)}); };
    fixture.dial_from_one(fixture.two_at.port);
    wait(rng.below(2) == 0 ? 25 : 4000);
    if (rng.below(5) == 0)
      fixture.first.reset();
    if (rng.below(20) == 0)
      fixture.subject.restart_nat(rng.below(2) == 0 ? fixture.one_ip : fixture.two_ip);
    fixture.dial_from_two(fixture.one_at.port);
    wait(rng.below(2) == 0 ? 25 : 100);
    if (rng.below(10) == 0)
      fixture.subject.cut(fixture.one_ip, fixture.two_ip);
    if (fixture.at_one.link && fixture.at_two.link)
      ++made;
    fixture.forget();
  }
  BOOST_TEST(made > 50u);
  fixture.pass(130s);
  BOOST_TEST(fixture.subject.dials(fixture.one_ip) == 0u);
  BOOST_TEST(fixture.subject.dials(fixture.two_ip) == 0u);
  BOOST_TEST(!fixture.subject.next_due().has_value());
}

// The other dial has come, and has met none.
BOOST_AUTO_TEST_CASE(forgets_a_dial_that_was_met_too_late) {
  behind_nats fixture;
  fixture.dial_from_one(fixture.two_at.port);
  fixture.dial_from_two(fixture.one_at.port);
  fixture.pass(2ms);
  fixture.second.reset();
  fixture.pass(2ms);
  fixture.dial_from_two(fixture.one_at.port);
  fixture.pass(10s);
  fixture.forget();
  fixture.pass(10s);
  BOOST_TEST(fixture.subject.dials(fixture.one_ip) == 0u);
  BOOST_TEST(fixture.subject.dials(fixture.two_ip) == 0u);
  fixture.dial_from_one(fixture.two_at.port);
  fixture.pass(1s);
  BOOST_TEST((fixture.at_one.error == errc::connection_refused));
}

BOOST_AUTO_TEST_CASE(does_the_same_for_the_same_seed) {
  auto hash = [](std::uint64_t seed) {
    behind_nats fixture{nat_kind::symmetric, nat_kind::portrange, seed};
    for (std::uint16_t port = 1; port < 20; ++port)
      (void)fixture.seen(port % 2 == 0 ? fixture.one : fixture.two,
                         {port % 2 == 0 ? fixture.one_ip : fixture.two_ip, port});
    fixture.dial_from_one(40'000);
    fixture.pass(200s);
    return fixture.subject.trace_hash();
  };
  BOOST_TEST(hash(1) == hash(1));
  BOOST_TEST(hash(1) != hash(2));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::net
