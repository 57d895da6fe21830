// SPDX-License-Identifier: BSL-1.0
#include "memory_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace devp2p::net {
BOOST_AUTO_TEST_SUITE(memory_network_datagrams_test)

namespace {

using namespace std::chrono_literals;

/// Two hosts, and the datagrams that come to the first at port 30303.
struct letters {
  memory_network subject;
  std::vector<std::string> received;
  std::unique_ptr<datagram_socket> far = bind("10.0.0.1", 30303);
  std::unique_ptr<datagram_socket> near = bind("10.0.0.2", 30304);

  explicit letters(std::optional<std::uint64_t> seed = std::nullopt) : subject{65536, seed} {
    far->receive([this](const endpoint&, byte_view content) {
      received.emplace_back(content.begin(), content.end());
    });
  }

  std::unique_ptr<datagram_socket> bind(const std::string& ip, std::uint16_t port) {
    auto out = subject.host(ip).bind({ip, port});
    BOOST_REQUIRE(out);
    return std::move(*out);
  }

  void send(int count) {
    for (int i = 0; i < count; ++i)
      near->send({"10.0.0.1", 30303}, as_bytes(std::to_string(i)));
  }

  void settle() {
    while (subject.run_one()) {
    }
  }

  void set(const line_conditions& x) { subject.set_conditions("10.0.0.2", "10.0.0.1", x); }
};

} // namespace

BOOST_AUTO_TEST_SUITE(datagrams_in_memory)

BOOST_AUTO_TEST_CASE(arrive_when_the_latency_has_passed) {
  letters fixture;
  fixture.set({.latency = 10ms});
  fixture.send(2);
  fixture.subject.advance_to(9ms);
  fixture.settle();
  BOOST_TEST(fixture.received.empty());
  fixture.subject.advance_to(10ms);
  fixture.settle();
  BOOST_TEST(fixture.received.size() == 2);
}

BOOST_AUTO_TEST_CASE(get_lost_by_chance_the_same_for_the_same_seed) {
  auto run = [](std::uint64_t seed) {
    letters fixture{seed};
    fixture.set({.datagram_loss = 20});
    fixture.send(1000);
    fixture.settle();
    return fixture.received;
  };
  auto once = run(1);
  BOOST_TEST(once.size() > 750);
  BOOST_TEST(once.size() < 850);
  BOOST_TEST(once == run(1));
  BOOST_TEST(once != run(2));
}

BOOST_AUTO_TEST_CASE(get_lost_without_chance_only_if_all_do) {
  letters fixture;
  fixture.set({.datagram_loss = 99});
  fixture.send(10);
  fixture.set({.datagram_loss = 100});
  fixture.send(10);
  fixture.settle();
  BOOST_TEST(fixture.received.size() == 10);
}

BOOST_AUTO_TEST_CASE(get_lost_where_too_many_wait) {
  letters fixture;
  fixture.send(5000);
  fixture.settle();
  BOOST_TEST(fixture.received.size() == memory_network::max_datagrams);
  fixture.set({.latency = 10ms});
  fixture.send(5000);
  fixture.subject.advance_to(10ms);
  fixture.settle();
  BOOST_TEST(fixture.received.size() == 2 * memory_network::max_datagrams);
}

BOOST_AUTO_TEST_CASE(get_lost_when_the_line_is_cut) {
  letters fixture;
  fixture.set({.latency = 10ms});
  fixture.send(5);
  fixture.subject.cut("10.0.0.1", "10.0.0.2");
  fixture.subject.advance_to(10ms);
  fixture.settle();
  BOOST_TEST(fixture.received.empty());
}

BOOST_AUTO_TEST_CASE(go_nowhere_if_there_is_no_host) {
  letters fixture;
  fixture.near->send({"10.0.0.99", 1}, as_bytes("x"));
  fixture.settle();
  BOOST_TEST(fixture.received.empty());
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

/// Two hosts that dial each other.
struct mutual_dials : world {
  const endpoint one{ip, 1001};
  const endpoint two{client_ip, 1002};
  outcome at_one;
  outcome at_two;
  std::unique_ptr<pending_dial> first;
  std::unique_ptr<pending_dial> second;

  void dial_from_one() { first = server.dial_from(one, two, at_one.handler()); }
  void dial_from_two() { second = client.dial_from(two, one, at_two.handler()); }

  void set_latency(std::chrono::nanoseconds latency) {
    subject.set_conditions(ip, client_ip, {.latency = latency});
    subject.set_conditions(client_ip, ip, {.latency = latency});
  }

  void pass(std::chrono::nanoseconds time) {
    subject.advance_to(subject.now() + time);
    settle();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(dials_that_meet_in_memory, mutual_dials)

BOOST_AUTO_TEST_CASE(become_one_connection) {
  for (auto latency : {0ms, 10ms}) {
    set_latency(latency);
    at_one = {};
    at_two = {};
    dial_from_one();
    dial_from_two();
    settle();
    pass(latency);
    pass(latency);
    check_connected_once(at_one, at_two);
    BOOST_TEST((at_one.link->local() == one));
    BOOST_TEST((at_one.link->remote() == two));
    BOOST_TEST((at_two.link->local() == two));
    BOOST_TEST((at_two.link->remote() == one));
    at_one.link->write_some(as_bytes("there"));
    at_two.link->write_some(as_bytes("back"));
    pass(latency);
    bytes buffer(10);
    BOOST_TEST(at_two.link->read_some(buffer).size == 5);
    BOOST_TEST(at_one.link->read_some(buffer).size == 4);
  }
}

BOOST_AUTO_TEST_CASE(do_not_meet_if_the_one_comes_before_the_other_has_left) {
  set_latency(10ms);
  dial_from_one();
  pass(11ms);
  dial_from_two();
  pass(10ms);
  BOOST_TEST((at_one.error == errc::connection_refused));
  pass(10ms);
  BOOST_TEST((at_two.error == errc::connection_refused));
}

BOOST_AUTO_TEST_CASE(leave_nothing_behind_if_one_is_given_up) {
  set_latency(10ms);
  dial_from_one();
  dial_from_two();
  pass(5ms);
  second.reset();
  pass(5ms);
  BOOST_TEST(at_one.link, "it cannot know yet");
  pass(20ms);
  BOOST_TEST(at_two.calls == 0);
  BOOST_REQUIRE(at_one.link);
  bytes buffer(10);
  BOOST_TEST(at_one.link->read_some(buffer).error.has_value());
}

BOOST_AUTO_TEST_CASE(do_not_meet_those_who_dial_somebody_else) {
  dial_from_one();
  second = client.dial_from(two, {ip, 1003}, at_two.handler());
  settle();
  BOOST_TEST((at_one.error == errc::connection_refused));
  BOOST_TEST((at_two.error == errc::connection_refused));
}

BOOST_AUTO_TEST_CASE(do_not_meet_themselves) {
  first = server.dial_from(one, one, at_one.handler());
  settle();
  BOOST_TEST((at_one.error == errc::connection_refused));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::net
