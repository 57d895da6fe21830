// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/simulation.hpp"

#include "gossip_fixture.hpp"

#include "devp2p/net/sim/distribution.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(simulation_test)

namespace {

using namespace std::chrono_literals;
using simulator::event;
using simulator::event_kind;

/// Four nodes, each linked to two others, 10 ms from each other.
simulator::simulation_options small_ring() {
  return {.links = *simulator::ring(4), .conditions = {.latency = 10ms}};
}

BOOST_AUTO_TEST_CASE(all_links_come_up) {
  gossips network{small_ring()};
  BOOST_TEST(network.run->linked() == 0u);
  BOOST_TEST(network.run->run_until_linked(1s));
  BOOST_TEST(network.run->linked() == 4u);
  // A round trip for the connection, one for auth and ack, and one way for both Hellos.
  BOOST_TEST((network.run->now() == 50ms));
  BOOST_TEST(network.all(event_kind::started).size() == 4u);
  BOOST_TEST(network.all(event_kind::peer_added).size() == 8u);
  BOOST_TEST(network.events.size() == 12u);
}

BOOST_AUTO_TEST_CASE(a_hub_has_room_for_all_its_links) {
  gossips network{{.links = *simulator::star(200)}};
  BOOST_TEST(network.run->run_until_linked(1s));
  BOOST_TEST(network.all(event_kind::session_failed).empty());
}

BOOST_AUTO_TEST_CASE(keys_of_full_sessions_do_as_well) {
  simulator::simulation network{
    {.links = *simulator::ring(3), .protocols = [](auto& system, std::size_t) {
       return std::vector{simulator::gossip_protocol(simulator::spawn_gossip(system, {}))};
     }}};
  BOOST_TEST(network.run_until_linked(1s));
}

BOOST_AUTO_TEST_CASE(a_rumour_reaches_each_node_once_by_the_shortest_way) {
  gossips network{{.links = *simulator::ring(10), .conditions = {.latency = 10ms}}};
  BOOST_REQUIRE(network.run->run_until_linked(1s));
  auto begin = network.run->now();
  network.publish(0, 7);
  network.run->run_for(1s);
  auto heard = network.all("heard");
  BOOST_REQUIRE(heard.size() == 10u);
  std::map<std::size_t, caf::timespan> when;
  for (const auto& x : heard) {
    BOOST_TEST(x.detail == "7");
    when[x.node] = x.when - begin;
  }
  for (std::size_t i = 0; i < 10; ++i)
    BOOST_TEST((when.at(i) == 10ms * std::min(i, 10 - i)), "node " << i);
}

BOOST_AUTO_TEST_CASE(what_goes_by_is_counted) {
  gossips network{{.links = *simulator::ring(3)}};
  BOOST_REQUIRE(network.run->run_until_linked(1s));
  auto before = network.run->traffic();
  BOOST_TEST(before.sent == 0u);
  BOOST_TEST(before.handled == 0u);
  BOOST_TEST(before.carried > 0u, "the handshakes at least");
  network.publish(0, 7);
  network.run->run_for(1s);
  auto after = network.run->traffic();
  // Node 0 tells both neighbours, and each of them tells node 2, which hears both at once.
  BOOST_TEST(after.sent == 4u);
  BOOST_TEST(after.handled == 4u);
  // Each payload is the list of the number and 32 bytes.
  BOOST_TEST(after.payload == 4u * 35u);
  BOOST_TEST(after.carried > before.carried);
}

BOOST_AUTO_TEST_CASE(who_takes_the_time_is_measured_if_asked_for_and_changes_nothing) {
  auto play = [](bool timed) {
    auto options = small_ring();
    options.timed = timed;
    auto out = std::make_unique<gossips>(std::move(options));
    BOOST_REQUIRE(out->run->run_until_linked(1s));
    for (std::uint64_t rumour = 0; rumour < 10; ++rumour)
      out->publish(0, rumour);
    out->run->run_for(1s);
    out->run->crash(1);
    out->run->run_for(1s);
    return out;
  };
  auto timed = play(true);
  auto untimed = play(false);
  BOOST_TEST(timed->run->hash() == untimed->run->hash());
  BOOST_TEST(untimed->run->times().by_kind.empty());
  BOOST_TEST(untimed->run->times().slowest.empty());
  auto [kinds, slowest] = timed->run->times();
  for (auto* kind : {"gossip", "handler", "link_keeper", "network", "node", "peer", "supervisor"})
    BOOST_TEST(kinds.contains(kind), kind);
  // Four sessions have two handlers each; those that have ended count, too.
  BOOST_TEST(slowest.size() == 8u);
  simulator::time_spent all;
  for (std::size_t i = 0; i < slowest.size(); ++i) {
    const auto& [where, spent] = slowest[i];
    BOOST_TEST(where.protocol == "gossip/2");
    auto distance = (where.node + 4 - where.peer.value()) % 4;
    BOOST_TEST((distance == 1 || distance == 3));
    BOOST_TEST((spent.longest.count() > 0 && spent.longest <= spent.total));
    if (i > 0)
      BOOST_TEST((spent.total <= slowest[i - 1].spent.total));
    all.turns += spent.turns;
    all.total += spent.total;
  }
  BOOST_TEST(all.turns == kinds.at("handler").turns);
  BOOST_TEST((all.total == kinds.at("handler").total));
}

BOOST_AUTO_TEST_CASE(only_the_slowest_handlers_are_kept) {
  simulator::turn_times subject;
  for (caf::actor_id i = 1; i <= 100; ++i) {
    subject.add_handler(i, {.node = i});
    subject.add({i, "any", i * 1us, false});
    subject.add({i, "any", 1us, i % 2 == 0});
  }
  subject.add({500, "node", 1s, false});
  auto [kinds, slowest] = subject.so_far();
  BOOST_REQUIRE(slowest.size() == simulator::actor_times::max_slowest);
  for (std::size_t i = 0; i < slowest.size(); ++i) {
    BOOST_TEST(slowest[i].where.node == 100 - i);
    BOOST_TEST((slowest[i].spent.total == (101 - i) * 1us));
    BOOST_TEST((slowest[i].spent.longest == (100 - i) * 1us));
  }
  BOOST_TEST(kinds.at("handler").turns == 200u);
  BOOST_TEST(kinds.at("node").turns == 1u);
}

BOOST_AUTO_TEST_CASE(a_node_that_crashes_is_missed_and_comes_back) {
  gossips network{small_ring()};
  BOOST_REQUIRE(network.run->run_until_linked(1s));
  network.run->crash(1);
  BOOST_TEST(network.run->linked() == 3u);
  network.run->run_for(1s);
  BOOST_TEST(network.run->linked() == 2u);
  auto dropped = network.all(event_kind::peer_dropped);
  BOOST_REQUIRE(dropped.size() == 2u);
  for (const auto& x : dropped) {
    BOOST_TEST(*x.peer == 1u);
    BOOST_TEST((*x.reason == disconnect_reason::network_error));
  }
  network.run->crash(1); // The node is down already.
  network.run->start(1);
  BOOST_TEST(network.run->run_until_linked(10s));
  network.run->start(1); // The node is up already.
  network.run->run_for(1s);
  BOOST_TEST(network.all(event_kind::crashed).size() == 1u);
  BOOST_TEST(network.all(event_kind::started).size() == 5u);
}

BOOST_AUTO_TEST_CASE(who_hears_nothing_gives_up_and_links_again_when_it_can) {
  for (auto both : {false, true}) {
    gossips network{small_ring()};
    BOOST_REQUIRE(network.run->run_until_linked(1s));
    if (both)
      network.run->freeze(2);
    else
      network.run->stall(2, 1);
    network.run->run_for(2min);
    BOOST_TEST(network.run->linked() == (both ? 2u : 3u));
    for (const auto& x : network.all(event_kind::peer_dropped))
      BOOST_TEST((*x.peer == 2u || x.node == 2u));
    if (both)
      network.run->thaw(2);
    else
      network.run->resume(2, 1);
    BOOST_TEST(network.run->run_until_linked(1min));
  }
}

BOOST_AUTO_TEST_CASE(a_network_in_two_parts_knows_two_truths) {
  gossips network{{.links = *simulator::ring(6), .conditions = {.latency = 1ms}}};
  BOOST_REQUIRE(network.run->run_until_linked(1s));
  network.run->separate({0, 1, 2});
  network.publish(1, 1);
  network.publish(4, 2);
  network.run->run_for(1s);
  for (const auto& x : network.all("heard"))
    BOOST_TEST((x.detail == "1") == (x.node < 3));
  BOOST_TEST(network.all("heard").size() == 6u);
  network.run->heal();
  network.run->run_for(1s);
  BOOST_TEST(network.all("heard").size() == 12u);
}

BOOST_AUTO_TEST_CASE(an_event_is_a_line_of_json) {
  BOOST_TEST(to_json(event{.when = 1500ms, .node = 3}) ==
             R"({"ns":1500000000,"node":3,"what":"started"})");
  BOOST_TEST(
    to_json(event{.node = 3,
                  .what = event_kind::peer_dropped,
                  .peer = 4,
                  .reason = disconnect_reason::useless_peer,
                  .remote_requested = true,
                  .detail = "\"\n\xff"}) ==
    "{\"ns\":0,\"node\":3,\"what\":\"peer_dropped\",\"peer\":4,\"reason\":\"useless peer\","
    "\"by\":\"remote\",\"detail\":\"\\\"\\n\xef\xbf\xbd\"}");
}

/// Runs a network for more than a minute, in which everything goes wrong once. Returns the hash of
/// the run.
std::uint64_t eventful(std::uint64_t seed) {
  gossips network{{.seed = seed,
                   .links = *simulator::random_regular(8, 4, seed),
                   .conditions = {.latency = 5ms, .jitter = net::distribution::exponential(20ms)}}};
  auto& run = *network.run;
  run.run_for(2s);
  network.publish(seed % 8, 1);
  run.run_for(10ms);
  run.crash((seed + 3) % 8);
  run.run_for(1s);
  run.start((seed + 3) % 8);
  run.separate({0, 1, 2});
  run.run_for(70s);
  run.heal();
  BOOST_TEST(run.run_until_linked(1min), "seed " << seed);
  network.publish((seed + 1) % 8, 2);
  run.run_for(5s);
  BOOST_TEST(network.all("heard").size() >= 8u);
  return run.hash();
}

BOOST_AUTO_TEST_CASE(the_same_seed_makes_the_same_happen) {
  std::map<std::uint64_t, std::uint64_t> hashes;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    auto hash = eventful(seed);
    BOOST_TEST(eventful(seed) == hash, "seed " << seed);
    BOOST_TEST(hashes.emplace(hash, seed).second, "seed " << seed);
  }
  // Compares compilers and builds with each other.
  BOOST_TEST(eventful(1) == 10696589937511773275u);
}

} // namespace

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
