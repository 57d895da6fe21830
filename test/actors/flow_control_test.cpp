// SPDX-License-Identifier: BSL-1.0
//
// Limits of what sessions may read and write: windows, shares and rates.
#include "devp2p/messages/caf.hpp"

#include "raw_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <utility>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(flow_control_test)

namespace {

using namespace std::chrono_literals;
using reason = disconnect_reason;

/// Two nodes with some protocols of eight codes each. `limit_left` and `limit_right` change their
/// configurations. `spawn_right` replaces the inboxes as handlers at the right, if it is given.
struct link_fixture {
  using change = std::function<void(node_config&)>;

  std::vector<inbox> left_boxes;
  std::vector<inbox> right_boxes;
  kit::seeded_random random{9};
  kit::world world;
  test_node left;
  test_node right;

  link_fixture(std::size_t protocols, const change& limit_left, const change& limit_right = {},
               const handler_factory& spawn_right = {})
    : left_boxes(protocols),
      right_boxes(protocols),
      left(world, "10.0.0.1", random, offered(left_boxes), {}, {}, limit_left),
      right(world, "10.0.0.2", random, offered(right_boxes, spawn_right), {}, {}, limit_right) {
    BOOST_REQUIRE(ask<enode>(world, right.handle, listen_atom_v, right.url.address).value);
    auto self = caf::scoped_actor{world.system()};
    auto dialled = request_from(self, left.handle, caf::infinite, dial_atom_v, right.url);
    world.advance(2s);
    std::move(dialled).receive([](const peer_info&) {},
                               [](const caf::error& why) { BOOST_FAIL(describe(why)); });
  }

  static std::vector<protocol> offered(std::vector<inbox>& boxes,
                                       const handler_factory& spawn = {}) {
    std::vector<protocol> out;
    for (auto& x : boxes) {
      auto name = "p" + std::to_string(&x - boxes.data());
      out.push_back(make_protocol(name, 1, 8, spawn ? spawn : collect(&x)));
    }
    return out;
  }

  void write(const inbox& from, std::size_t messages, std::size_t size) {
    bytes content(size);
    random.fill(content);
    blob payload{content};
    for (std::size_t i = 0; i < messages; ++i)
      from.link->post(packet{0, payload});
  }

  static std::size_t received(const inbox& by) {
    std::size_t out = 0;
    for (const auto& x : by.packets)
      out += x.payload.size();
    return out;
  }

  peer_info told_by(const test_node& which) {
    auto peers = ask<std::vector<peer_info>>(world, which.handle, peers_atom_v).value;
    BOOST_REQUIRE((peers && peers->size() == 1));
    return peers->front();
  }
};

/// Sends back every message, and keeps it until the answer is written.
handler_actor::behavior_type echo_and_keep(handler_actor::pointer self, const channel& link) {
  return {[=](const packet& x) { link.write(self, x).then([x] {}, [](const caf::error&) {}); }};
}

bool is_about(double found, double expected) {
  return found > 0.95 * expected && found < 1.05 * expected;
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_handler_that_is_stuck)

BOOST_AUTO_TEST_CASE(does_not_keep_the_base_protocol_or_others_from_being_served) {
  settings limits;
  limits.max_read_window = 10000;
  inbox stuck;
  inbox calm;
  kit::seeded_random random{3};
  kit::world world;
  test_node node{
    world,
    "10.0.0.1",
    random,
    {make_protocol("calm", 1, 8, collect(&calm)), make_protocol("test", 1, 8, collect(&stuck))},
    limits};
  kit::raw_remote remote{world, "10.0.0.66", random};
  BOOST_REQUIRE(ask<enode>(world, node.handle, listen_atom_v, node.url.address).value);
  BOOST_REQUIRE(remote.meet(node.url.address, node.key.id(), {{"calm", 1}, {"test", 1}}));
  for (int i = 0; i < 8; ++i)
    remote.send(p2p::base_length + 8, bytes(1000));
  BOOST_TEST(stuck.packets.size() == 8u);
  remote.send(p2p::base_length, bytes(10));
  BOOST_TEST(calm.packets.size() == 1u);
  remote.send(p2p::ping_id, p2p::ping_payload);
  BOOST_REQUIRE(!remote.received().empty());
  BOOST_TEST(remote.received().back().id == p2p::pong_id);
  remote.send(reason::useless_peer);
  BOOST_REQUIRE(node.events.dropped.size() == 1u);
  BOOST_TEST(to_string(node.events.dropped[0].end.reason) == to_string(reason::useless_peer));
}

BOOST_AUTO_TEST_CASE(is_given_no_more_than_its_window_and_one_message) {
  settings limits;
  limits.max_read_window = 10000;
  raw_fixture fixture{limits};
  BOOST_REQUIRE(fixture.meet());
  for (int i = 0; i < 50; ++i)
    fixture.remote.send(p2p::base_length, bytes(1000));
  // The handler never gets more than it can keep in its window.
  BOOST_TEST(fixture.handler.packets.size() <= 10u);
}

BOOST_AUTO_TEST_CASE(is_ended_however_much_others_write) {
  link_fixture fixture{2, {}, [](node_config& x) { x.limits.max_read_window = 10'000; }};
  fixture.world.network().set_conditions("10.0.0.2", "10.0.0.1", {.latency = 50ms});
  fixture.write(fixture.left_boxes[0], 40, 1000);
  // The first handler is stuck, because its inbox keeps all messages. Meanwhile the link always has
  // something to write.
  for (int i = 0; i < 50 && fixture.right.events.dropped.empty(); ++i) {
    fixture.write(fixture.right_boxes[1], 4000, 1000);
    fixture.world.advance(2s);
    fixture.left_boxes[1].packets.clear();
  }
  BOOST_REQUIRE(fixture.right.events.dropped.size() == 1u);
  BOOST_TEST(to_string(fixture.right.events.dropped[0].end.reason) ==
             to_string(reason::subprotocol_error));
}

BOOST_AUTO_TEST_SUITE_END()

// Shares

BOOST_AUTO_TEST_SUITE(a_protocol_that_floods)

BOOST_AUTO_TEST_CASE(leaves_the_others_their_share_and_the_pings_their_pace) {
  constexpr double rate = 2'000'000;
  link_fixture fixture{8, [](node_config& x) {
                         x.limits.max_rate_out = static_cast<std::uint64_t>(rate);
                         x.limits.ping_interval = 1s;
                       }};
  for (auto [from, to] : {std::pair{"10.0.0.1", "10.0.0.2"}, {"10.0.0.2", "10.0.0.1"}})
    fixture.world.network().set_conditions(from, to, {.latency = 1ms});
  // All eight protocols always have messages to write: seven have small ones, one has large ones.
  fixture.write(fixture.left_boxes[3], 700, 20'000);
  for (std::size_t i = 0; i < 8; ++i)
    if (i != 3)
      fixture.write(fixture.left_boxes[i], 1300, 1000);
  fixture.world.advance(4s);
  auto share = rate * 4 / 8;
  for (std::size_t i = 0; i < 8; ++i)
    BOOST_TEST_CONTEXT("protocol " << i)
  BOOST_TEST(link_fixture::received(fixture.right_boxes[i]) >= 0.9 * share);
  auto ping = fixture.told_by(fixture.left).ping;
  BOOST_TEST_CONTEXT("the last took " << ping.last.count() << " ns")
  BOOST_TEST((ping.last >= 2ms && ping.last < 20ms));
}

BOOST_AUTO_TEST_SUITE_END()

// Rates

BOOST_AUTO_TEST_SUITE(a_rate)

BOOST_AUTO_TEST_CASE(limits_what_one_session_writes_or_reads) {
  constexpr double rate = 100'000;
  for (bool out : {true, false}) {
    BOOST_TEST_CONTEXT((out ? "out" : "in")) {
      auto limit = [out](node_config& x) {
        (out ? x.limits.max_rate_out : x.limits.max_rate_in) = static_cast<std::uint64_t>(rate);
      };
      link_fixture fixture{1, out ? limit : link_fixture::change{},
                           out ? link_fixture::change{} : limit};
      fixture.write(fixture.left_boxes[0], 3000, 1000);
      for (int second = 1; second <= 10; ++second) {
        fixture.world.advance(1s);
        auto carried =
          static_cast<double>(fixture.world.network().delivered("10.0.0.1", "10.0.0.2"));
        if (second > 1)
          BOOST_TEST(is_about(carried, rate * second));
      }
      BOOST_TEST(fixture.left.events.dropped.empty());
      // Neither node takes a remote that it holds back itself for dead.
      fixture.world.advance(2min);
      BOOST_TEST(fixture.right_boxes[0].packets.size() == 3000u);
      BOOST_TEST(fixture.left.events.dropped.empty());
      BOOST_TEST(fixture.right.events.dropped.empty());
    }
  }
}

BOOST_AUTO_TEST_CASE(holds_for_what_is_read_after_the_goodbye) {
  constexpr std::uint64_t rate = 100'000;
  settings limits;
  limits.max_rate_in = rate;
  raw_fixture fixture{limits};
  // Each message takes time at this rate.
  BOOST_REQUIRE(fixture.remote.connect(fixture.node.url.address));
  fixture.remote.shake_hands(fixture.node.key.id());
  fixture.world.advance(100ms);
  fixture.remote.greet({{"test", 1}});
  fixture.world.advance(100ms);
  BOOST_REQUIRE(fixture.handler.link);
  constexpr std::uint64_t nobodys = 200;
  fixture.remote.send(nobodys, bytes(10));
  auto carried = [&] { return fixture.world.network().delivered("10.0.0.66", "10.0.0.1"); };
  const auto before = carried();
  fixture.remote.send_bytes(bytes(5 << 20));
  fixture.world.advance(1s);
  BOOST_TEST(!fixture.remote.goodbyes().empty());
  BOOST_TEST(carried() - before < 2 * rate);
}

BOOST_AUTO_TEST_CASE(that_a_node_has_is_shared_by_its_sessions) {
  constexpr double rate = 300'000;
  constexpr std::size_t sessions = 5;
  std::vector<inbox> hub_boxes;
  hub_boxes.reserve(sessions);
  std::vector<inbox> boxes(sessions);
  kit::seeded_random random{9};
  kit::world world;
  auto keep_all = [&](caf::actor_system& system, const channel& link) {
    return collect(&hub_boxes.emplace_back())(system, link);
  };
  test_node hub{
    world, "10.0.0.1", random, {make_protocol("test", 1, 8, keep_all)}, {}, {}, [](node_config& x) {
      x.rate_out = std::make_shared<rate_limit>(static_cast<std::uint64_t>(rate));
    }};
  BOOST_REQUIRE(ask<enode>(world, hub.handle, listen_atom_v, hub.url.address).value);
  std::vector<std::unique_ptr<test_node>> others;
  for (std::size_t i = 0; i < sessions; ++i) {
    auto address = "10.0.1." + std::to_string(i);
    others.push_back(std::make_unique<test_node>(
      world, address, random, std::vector{make_protocol("test", 1, 8, collect(&boxes[i]))}));
    world.send(others.back()->handle, dial_atom_v, hub.url);
  }
  world.advance(1s);
  BOOST_REQUIRE(hub_boxes.size() == sessions);
  bytes content(1000);
  random.fill(content);
  blob payload{content};
  for (auto& x : hub_boxes)
    for (int i = 0; i < 2000; ++i)
      x.link->post(packet{0, payload});
  world.advance(5s);
  auto carried = [&](std::size_t i) {
    return static_cast<double>(
      world.network().delivered("10.0.0.1", "10.0.1." + std::to_string(i)));
  };
  double all = 0;
  for (std::size_t i = 0; i < sessions; ++i)
    all += carried(i);
  BOOST_TEST(is_about(all, rate * 5));
  for (std::size_t i = 0; i < sessions; ++i)
    BOOST_TEST(carried(i) > 0.9 * all / sessions);
}

BOOST_AUTO_TEST_CASE(is_not_blamed_on_the_handler_whose_answers_wait_for_it) {
  auto slowly = [](node_config& x) {
    x.limits.max_rate_out = 2000;
    x.limits.max_read_window = 50'000;
  };
  // Behind the large answer, the Pongs come late.
  auto patiently = [](node_config& x) { x.limits.max_missed_pings = 20; };
  for (const auto& answering : {handled_by(echo), handled_by(echo_and_keep)}) {
    link_fixture fixture{1, patiently, slowly, answering};
    // The first answer takes longer to be written than a handler may be stuck. The others wait
    // meanwhile.
    fixture.write(fixture.left_boxes[0], 1, 200'000);
    fixture.write(fixture.left_boxes[0], 60, 1000);
    fixture.world.advance(95s);
    BOOST_TEST(fixture.right.events.dropped.empty());
    fixture.world.advance(60s);
    BOOST_TEST(fixture.received(fixture.left_boxes[0]) == 260'000u);
  }
}

BOOST_AUTO_TEST_CASE(does_not_hold_back_what_is_said_last) {
  link_fixture fixture{1, [](node_config& x) { x.limits.max_rate_out = 10'000; }};
  fixture.write(fixture.left_boxes[0], 500, 1000);
  fixture.world.advance(1s);
  fixture.world.send(fixture.left.handle, close_atom_v, fixture.right.key.id(), reason::requested);
  BOOST_REQUIRE(fixture.right.events.dropped.size() == 1u);
  BOOST_TEST(fixture.right.events.dropped[0].end.remote_requested);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
