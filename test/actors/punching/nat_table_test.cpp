// SPDX-License-Identifier: BSL-1.0
//
// The table of nat/punching/README.md, checked with the actors that punch holes and with NATs in
// memory.
#include "punch_fixture.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(nat_table_test)

namespace {

namespace data = boost::unit_test::data;
using net::nat_kind;

constexpr bool by_udp[5][5] = {
  // fullcone, addrcone, cone, portrange, symmetric
  {true, true, true, true, true},    // fullcone
  {true, true, true, true, true},    // addrcone
  {true, true, true, true, false},   // cone
  {true, true, true, true, false},   // portrange
  {true, true, false, false, false}, // symmetric
};

template <class T>
struct behind_nats : outcomes<T>, punch_fixture {
  behind_nats(int kind_of_one, int kind_of_two, std::uint64_t seed) : punch_fixture(seed) {
    world.network().put_behind(one.host, static_cast<nat_kind>(kind_of_one));
    world.network().put_behind(two.host, static_cast<nat_kind>(kind_of_two));
  }

  // The values must not outlive the network.
  ~behind_nats() { this->at_one.value = this->at_two.value = std::nullopt; }

  template <class Atom>
  void check(bool works, Atom verb) {
    meet(this->at_one, this->at_two, verb);
    for (const auto* each : {&this->at_one, &this->at_two}) {
      BOOST_TEST(each->value.has_value() == works);
      if (!works)
        BOOST_TEST((each->error == errc::symmetric_nat));
    }
  }
};

const auto kinds = data::make({0, 1, 2, 3, 4});

BOOST_DATA_TEST_CASE(holes_are_punched_through_the_pairs_of_the_table, kinds* kinds, one, two) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    behind_nats<hole> subject{one, two, seed};
    subject.check(by_udp[one][two], punch_atom_v);
  }
}

BOOST_DATA_TEST_CASE(connections_are_made_through_all_pairs_without_a_symmetric_one, kinds* kinds,
                     one, two) {
  constexpr auto symmetric = static_cast<int>(nat_kind::symmetric);
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    behind_nats<connected_stream> subject{one, two, seed};
    subject.check(one != symmetric && two != symmetric, dial_atom_v);
    if (seed > 1)
      continue;
    // The end of all dials is known soon.
    subject.world.advance(130s);
    BOOST_TEST(subject.world.network().dials(subject.one.host) == 0u);
    BOOST_TEST(subject.world.network().dials(subject.two.host) == 0u);
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
