// SPDX-License-Identifier: BSL-1.0
//
// Simulated networks with NATs in front of nodes.
#include "gossip_fixture.hpp"

#include "devp2p/net/sim/distribution.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <utility>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(nat_simulation_test)

namespace {

using namespace std::chrono_literals;
using net::nat_kind;

/// Returns a topology of that number of nodes, each linked to each.
simulator::topology complete(std::uint32_t nodes) {
  simulator::topology out{nodes, {}};
  for (std::uint32_t i = 0; i < nodes; ++i)
    for (auto j = i + 1; j < nodes; ++j)
      out.links.push_back({i, j});
  return out;
}

simulator::simulation_options behind_cones(simulator::topology links, std::uint64_t seed = 1) {
  simulator::simulation_options out{.seed = seed, .links = std::move(links)};
  out.conditions = {.latency = 10ms, .jitter = net::distribution::exponential(5ms)};
  for (std::uint32_t i = 0; i < out.links.nodes; ++i)
    out.nats[i] = i % 2 == 0 ? nat_kind::cone : nat_kind::portrange;
  return out;
}

/// Returns the ends of links, as node and peer, that have seen a session begin or a punch fail.
std::set<std::pair<std::size_t, std::size_t>> ends(const gossips& of, event_kind what) {
  std::set<std::pair<std::size_t, std::size_t>> out;
  for (const auto& x : of.all(what))
    out.emplace(x.node, x.peer.value());
  return out;
}

BOOST_AUTO_TEST_CASE(links_come_up_that_can_and_others_are_told) {
  constexpr std::size_t open = 4;
  constexpr std::size_t symmetric = 3;
  gossips network{{.links = complete(5),
                   .conditions = {.latency = 10ms},
                   .nats = {{0, nat_kind::fullcone},
                            {1, nat_kind::portrange},
                            {2, nat_kind::addrcone},
                            {symmetric, nat_kind::symmetric}}}};
  network.run->run_for(1min);
  // All links, except those of the symmetric node with others behind NATs.
  BOOST_TEST(network.run->linked() == 10u - 3);
  auto added = ends(network, event_kind::peer_added);
  BOOST_TEST(added.size() == 14u);
  BOOST_TEST(added.contains({symmetric, open}));
  auto failed = ends(network, event_kind::punch_failed);
  BOOST_TEST(failed.size() == 6u, "both sides of three links");
  for (auto [one, other] : failed)
    BOOST_TEST((one == symmetric) != (other == symmetric));
  for (const auto& x : network.all(event_kind::punch_failed))
    BOOST_TEST(x.detail.starts_with("a symmetric NAT keeps the two sides apart: "), x.detail);
  BOOST_TEST(network.all(event_kind::session_failed).empty());
}

BOOST_AUTO_TEST_CASE(who_is_behind_a_nat_dials_who_is_not) {
  for (std::uint32_t hidden : {0, 1}) {
    gossips network{{.links = {2, {{0, 1}}}, .nats = {{hidden, nat_kind::symmetric}}}};
    BOOST_TEST(network.run->run_until_linked(1s));
    BOOST_TEST(network.run->where().network().dials("10.0.0.0") == 0u);
    BOOST_TEST(network.run->where().network().dials("10.0.0.1") == 0u);
    // No node needs a rendezvous.
    BOOST_TEST(network.run->where().network().carried("10.0.0.0", "192.0.2.1") == 0u);
  }
}

BOOST_AUTO_TEST_CASE(a_node_behind_a_nat_that_crashes_comes_back) {
  gossips network{behind_cones(complete(4))};
  BOOST_REQUIRE(network.run->run_until_linked(10s));
  network.run->crash(1);
  network.run->run_for(1s);
  BOOST_TEST(network.run->linked() == 3u);
  network.run->start(1);
  BOOST_TEST(network.run->run_until_linked(1min));
  // A node may also crash while it punches.
  network.run->crash(1);
  network.run->run_for(1s);
  network.run->start(1);
  network.run->run_for(50ms);
  network.run->crash(1);
  network.run->run_for(40s);
  for (auto [one, other] : ends(network, event_kind::punch_failed))
    BOOST_TEST(other == 1u, "those who have waited for it");
  network.run->start(1);
  BOOST_TEST(network.run->run_until_linked(1min));
}

BOOST_AUTO_TEST_CASE(who_has_met_one_that_is_gone_meets_it_when_it_is_back) {
  gossips network{{.links = complete(2),
                   .conditions = {.latency = 20ms},
                   .nats = {{0, nat_kind::cone}, {1, nat_kind::cone}}}};
  network.run->run_for(10s);
  BOOST_REQUIRE(network.run->linked() == 1u);
  for (auto time : {4000ms, 900ms, 1100ms}) {
    network.run->node(1) ? network.run->crash(1) : network.run->start(1);
    network.run->run_for(time);
  }
  network.run->start(1);
  BOOST_TEST(network.run->run_until_linked(15s));
}

BOOST_AUTO_TEST_CASE(the_rendezvous_is_outside_of_what_is_separated) {
  for (auto alone : {true, false}) {
    gossips network{behind_cones(complete(4))};
    alone ? network.run->freeze(0) : network.run->separate({0, 1});
    network.run->run_for(2min);
    BOOST_TEST(network.run->linked() == (alone ? 3u : 1u));
    BOOST_TEST(network.run->stalled_ways().size() == (alone ? 6u : 8u));
    alone ? network.run->thaw(0) : network.run->heal();
    BOOST_TEST(network.run->run_until_linked(2min));
    BOOST_TEST(network.run->stalled_ways().empty());
  }
}

BOOST_AUTO_TEST_CASE(a_nat_that_is_restarted_breaks_no_session) {
  gossips network{behind_cones(complete(3))};
  BOOST_REQUIRE(network.run->run_until_linked(10s));
  network.run->restart_nat(0);
  network.run->run_for(1min);
  BOOST_TEST(network.all(event_kind::peer_dropped).empty());
  network.run->cut(0, 1);
  BOOST_TEST(network.run->linked() == 3u, "nobody has looked yet");
  network.run->run_for(1s);
  BOOST_TEST(network.run->linked() == 2u);
  BOOST_TEST(network.run->run_until_linked(1min));
}

BOOST_AUTO_TEST_CASE(many_links_come_up_at_once) {
  auto options = behind_cones(*simulator::random_regular(100, 4, 1));
  // Without jitter, only the order of events keeps the links apart.
  options.conditions.jitter.clear();
  gossips network{std::move(options)};
  BOOST_TEST(network.run->run_until_linked(5s));
  BOOST_TEST(network.all(event_kind::punch_failed).empty());
  for (std::size_t i = 0; i < 100; ++i)
    BOOST_TEST(network.run->where().network().dials("10.0.0." + std::to_string(i)) == 0u);
}

std::uint64_t eventful(std::uint64_t seed) {
  auto options = behind_cones(*simulator::random_regular(8, 4, seed), seed);
  options.nats.erase(3);
  options.nats[4] = nat_kind::symmetric;
  gossips network{std::move(options)};
  auto& run = *network.run;
  run.run_for(2s);
  run.crash((seed + 3) % 8);
  run.restart_nat(seed % 8);
  run.run_for(1s);
  run.start((seed + 3) % 8);
  run.separate({0, 1, 2});
  run.run_for(70s);
  run.heal();
  run.run_for(1min);
  BOOST_TEST(!network.all(event_kind::punch_failed).empty());
  return run.hash();
}

BOOST_AUTO_TEST_CASE(the_same_seed_makes_the_same_happen_behind_nats) {
  std::set<std::uint64_t> hashes;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    auto hash = eventful(seed);
    BOOST_TEST(eventful(seed) == hash, "seed " << seed);
    BOOST_TEST(hashes.insert(hash).second, "seed " << seed);
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
