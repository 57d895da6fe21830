// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/gossip.hpp"

#include "ends_of_nonsense.hpp"
#include "gossip_fixture.hpp"
#include "two_nodes.hpp"

#include "devp2p/net/rlp/encoder.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <numeric>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(gossip_test)

namespace {

namespace data = boost::unit_test::data;
using namespace std::chrono_literals;
using numbers = std::vector<std::uint64_t>;

/// Two nodes, 10 ms from each other.
simulator::simulation_options pair(caf::timespan redial_after = 1s) {
  return {
    .links = *simulator::star(2), .conditions = {.latency = 10ms}, .redial_after = redial_after};
}

BOOST_AUTO_TEST_CASE(a_newcomer_is_told_what_there_is) {
  gossips network{pair()};
  BOOST_REQUIRE(network.run->run_until_linked(1s));
  network.run->crash(1);
  network.publish(0, 7);
  network.publish(0, 3);
  network.run->run_for(10s);
  network.run->start(1);
  BOOST_REQUIRE(network.run->run_until_linked(10s));
  network.run->run_for(1s);
  BOOST_TEST(network.heard_by(1) == (numbers{7, 3}));
}

BOOST_AUTO_TEST_CASE(who_were_apart_tell_each_other_what_was_new_meanwhile) {
  gossips network{pair()};
  BOOST_REQUIRE(network.run->run_until_linked(1s));
  network.publish(0, 1);
  network.run->run_for(1s);
  network.run->cut(0, 1);
  network.publish(0, 2);
  network.publish(1, 3);
  network.run->run_for(500ms);
  BOOST_TEST(network.run->linked() == 0u);
  network.run->run_for(10s);
  BOOST_TEST(network.heard_by(0) == (numbers{1, 2, 3}));
  BOOST_TEST(network.heard_by(1) == (numbers{1, 3, 2}));
}

BOOST_AUTO_TEST_CASE(the_latest_are_told) {
  gossips network{pair()};
  network.run->crash(1);
  constexpr std::uint64_t count = simulator::max_recent_rumours + 10;
  for (std::uint64_t i = 0; i < count; ++i)
    network.publish(0, i);
  network.run->run_for(1s);
  network.run->start(1);
  network.run->run_for(10s);
  numbers expected(simulator::max_recent_rumours);
  std::iota(expected.begin(), expected.end(), 10);
  BOOST_TEST(network.heard_by(1) == expected);
}

BOOST_AUTO_TEST_CASE(as_much_is_told_as_is_kept) {
  constexpr auto most = simulator::rumour_memory::max_kept;
  gossips network{pair()};
  network.run->crash(1);
  for (std::uint64_t i = 0; i < 20; ++i)
    network.publish(0, i, most / 8 + 1);
  network.run->run_for(1s);
  network.run->start(1);
  network.run->run_for(10s);
  // Eight do not fit.
  BOOST_TEST(network.heard_by(1) == (numbers{13, 14, 15, 16, 17, 18, 19}));
  // A new rumour displaces only as many as it needs; a small one displaces none.
  network.publish(0, 20);
  network.run->run_for(1s);
  network.run->crash(1);
  network.run->run_for(1s);
  network.run->start(1);
  network.run->run_for(10s);
  BOOST_TEST(network.heard_by(1).size() == 7u + 1 + 8);
}

/// Returns the number of messages that a node's handlers have read in all of its sessions.
std::uint64_t messages_to(simulator::simulation& run, std::size_t number) {
  auto sessions = ask<std::vector<peer_info>>(run.where(), run.node(number), peers_atom_v);
  std::uint64_t out = 0;
  for (const auto& x : sessions.value.value())
    out += x.protocols.at(0).counts.messages_in;
  return out;
}

BOOST_AUTO_TEST_CASE(who_knows_nothing_says_nothing_until_it_is_asked) {
  gossips network{pair()};
  network.run->run_for(1s);
  BOOST_TEST(messages_to(*network.run, 0) == 0u);
  BOOST_TEST(messages_to(*network.run, 1) == 0u);
  network.run->crash(1);
  network.publish(0, 1);
  network.run->start(1);
  network.run->run_for(3s);
  BOOST_TEST(messages_to(*network.run, 0) == 1u); // The list of rumours, which is empty.
  BOOST_TEST(messages_to(*network.run, 1) == 2u); // The list of rumours, and the rumour.
}

BOOST_AUTO_TEST_CASE(a_rumour_is_a_list_of_two_and_numbers_are_a_bare_list) {
  auto spell = [](const simulator::gossip::any_message& x) {
    auto out = x.in(2).value();
    return std::to_string(out.code) + ": " + to_hex(out.payload.view());
  };
  BOOST_TEST(spell(simulator::rumour{7, blob{bytes{1, 2}}}) == "0: c407820102");
  BOOST_TEST(spell(simulator::rumour_numbers{{7, 300}}) == "1: c40782012c");
}

BOOST_AUTO_TEST_CASE(the_defect_loses_what_was_new_before_a_quick_reconnect) {
  for (auto redial_after : {4900ms, 5100ms})
    for (auto defect :
         {simulator::gossip_defect::none, simulator::gossip_defect::quick_reconnect}) {
      gossips network{pair(redial_after), defect};
      BOOST_REQUIRE(network.run->run_until_linked(1s));
      network.run->cut(0, 1);
      network.publish(0, 2);
      network.run->run_for(1min);
      BOOST_TEST(network.run->linked() == 1u);
      auto is_lost = redial_after < 5s && defect != simulator::gossip_defect::none;
      BOOST_TEST(network.heard_by(1).size() == (is_lost ? 0u : 1u));
      // Later rumours are heard as ever.
      network.publish(0, 3);
      network.run->run_for(1s);
      BOOST_TEST(network.heard_by(1).back() == 3u);
    }
}

/// Messages that no node sends.
struct nonsense {
  std::string name;
  std::vector<packet> messages;

  friend std::ostream& operator<<(std::ostream& out, const nonsense& x) { return out << x.name; }
};

packet known(std::size_t count) {
  bytes out;
  rlp::encoder to{out};
  to.list([&] {
    for (std::size_t i = 0; i < count; ++i)
      to.integer(i);
  });
  return {1, blob{out}};
}

const std::vector<nonsense> all_nonsense{
  {"no rumour", {{0, blob{bytes{1, 2, 3}}}}},
  {"an empty rumour", {{0, {}}}},
  {"no list", {{1, blob{bytes{1}}}}},
  {"lists in a list", {{1, blob{bytes{0xc1, 0xc0}}}}},
  {"more behind the list", {{1, blob{bytes{0xc0, 0xc0}}}}},
  {"too many numbers", {known(simulator::max_recent_rumours + 1)}},
  {"known twice", {known(1), known(2)}},
};

BOOST_DATA_TEST_CASE(nonsense_is_no_gossip, data::make(all_nonsense)) {
  auto gossip = [](caf::actor_system& system) {
    return simulator::gossip_protocol(simulator::spawn_gossip(system, {}));
  };
  const auto ends = ends_of_nonsense(gossip, sample.messages);
  BOOST_REQUIRE(ends.size() == 2u);
  for (const auto& x : ends) {
    BOOST_TEST((*x.reason == disconnect_reason::breach_of_protocol));
    BOOST_TEST(x.remote_requested == (x.node == 0));
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
