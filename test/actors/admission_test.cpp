// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/admission.hpp"

#include <boost/test/unit_test.hpp>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(admission_test)

namespace {

node_id id(std::uint8_t n) {
  node_id out;
  out.value[0] = n;
  return out;
}

settings limits(std::size_t max_peers, std::size_t dial_ratio) {
  settings out;
  out.max_peers = max_peers;
  out.dial_ratio = dial_ratio;
  return out;
}

nat::source somewhere(std::uint8_t network, std::uint8_t address = 0) {
  return {{network}, {network, address}};
}

constexpr bool inbound = true;
constexpr bool outbound = false;

} // namespace

BOOST_AUTO_TEST_SUITE(admission_to_a_node)

BOOST_AUTO_TEST_CASE(is_open_until_all_places_are_taken) {
  admission peers{id(0), limits(2, 0), {}};
  BOOST_TEST(!peers.refuses(id(1), inbound).has_value());
  peers.add(id(1), inbound);
  BOOST_TEST(!peers.refuses(id(2), inbound).has_value());
  peers.add(id(2), inbound);
  BOOST_TEST((peers.refuses(id(3), inbound) == errc::too_many_peers));
  BOOST_TEST((peers.refuses(id(3), outbound) == errc::too_many_peers));
  peers.remove(id(1));
  BOOST_TEST(!peers.refuses(id(3), outbound).has_value());
}

BOOST_AUTO_TEST_CASE(keeps_places_for_who_is_dialled) {
  admission peers{id(0), limits(6, 3), {}}; // two of six
  for (std::uint8_t i = 1; i <= 4; ++i)
    peers.add(id(i), inbound);
  BOOST_TEST((peers.refuses(id(5), inbound) == errc::too_many_peers));
  BOOST_TEST(!peers.refuses(id(5), outbound).has_value());
  peers.remove(id(1));
  BOOST_TEST(!peers.refuses(id(5), inbound).has_value());
}

BOOST_AUTO_TEST_CASE(keeps_at_least_one_place_for_who_is_dialled) {
  admission peers{id(0), limits(2, 3), {}};
  peers.add(id(1), inbound);
  BOOST_TEST((peers.refuses(id(2), inbound) == errc::too_many_peers));
  BOOST_TEST(!peers.refuses(id(2), outbound).has_value());
}

BOOST_AUTO_TEST_CASE(of_nobody_is_possible) {
  admission peers{id(0), limits(0, 3), {id(9)}};
  BOOST_TEST((peers.refuses(id(1), outbound) == errc::too_many_peers));
  BOOST_TEST(!peers.refuses(id(9), inbound).has_value());
}

BOOST_AUTO_TEST_CASE(lets_trusted_nodes_exceed_the_limit) {
  admission peers{id(0), limits(1, 0), {id(9)}};
  peers.add(id(1), inbound);
  BOOST_TEST(!peers.refuses(id(9), inbound).has_value());
}

/// The number of sessions does not grow, even if trusted nodes exceed the limit.
BOOST_AUTO_TEST_CASE(changes_hands_also_while_trusted_nodes_exceed_the_limit) {
  admission peers{id(0), limits(3, 0), {id(9)}};
  const auto full = somewhere(1);
  const auto other = somewhere(2);
  for (std::uint8_t i = 1; i <= 3; ++i)
    peers.add(id(i), inbound, full);
  peers.add(id(9), inbound, other);
  BOOST_TEST((peers.refuses(id(4), inbound) == errc::too_many_peers));
  auto loser = peers.displaced_by(somewhere(3));
  BOOST_REQUIRE(loser.has_value());
  BOOST_TEST((*loser == id(3)));
  BOOST_TEST(!peers.refuses(id(4), inbound, true).has_value());
  BOOST_TEST((peers.refuses(id(1), inbound, true) == errc::already_connected));
  BOOST_TEST((peers.refuses(id(0), inbound, true) == errc::connected_to_self));
}

BOOST_AUTO_TEST_CASE(changes_hands_only_towards_a_source_that_then_holds_no_more) {
  admission peers{id(0), limits(3, 0), {}};
  const auto fuller = somewhere(1);
  const auto poorer = somewhere(2);
  peers.add(id(1), inbound, fuller);
  peers.add(id(2), inbound, fuller);
  peers.add(id(3), inbound, poorer);
  BOOST_TEST(!peers.displaced_by(poorer).has_value());
  BOOST_TEST((peers.displaced_by(somewhere(3)) == id(2)));
  peers.remove(id(1));
  BOOST_TEST(!peers.displaced_by(somewhere(3)).has_value());
}

BOOST_AUTO_TEST_CASE(changes_hands_inside_a_network_towards_an_address_that_then_holds_no_more) {
  admission peers{id(0), limits(4, 0), {}};
  peers.add(id(1), inbound, somewhere(1, 1));
  peers.add(id(2), inbound, somewhere(1, 1));
  peers.add(id(3), inbound, somewhere(1, 2));
  peers.add(id(4), inbound, somewhere(2));
  BOOST_TEST((peers.displaced_by(somewhere(1, 3)) == id(2)));
  BOOST_TEST(!peers.displaced_by(somewhere(1, 2)).has_value());
  peers.remove(id(2));
  BOOST_TEST(!peers.displaced_by(somewhere(1, 3)).has_value());
}

BOOST_AUTO_TEST_CASE(is_kept_by_trusted_nodes_and_by_those_we_dialled) {
  admission peers{id(0), limits(4, 0), {id(8), id(9)}};
  const auto full = somewhere(1);
  peers.add(id(1), inbound, full);
  peers.add(id(2), inbound, full);
  peers.add(id(8), inbound, full);
  peers.add(id(9), inbound, full);
  peers.add(id(3), outbound, full);
  BOOST_TEST((peers.displaced_by(somewhere(2)) == id(2)));
  peers.remove(id(2));
  BOOST_TEST(!peers.displaced_by(somewhere(2)).has_value());
}

BOOST_AUTO_TEST_CASE(may_be_limited_anew) {
  admission peers{id(0), limits(4, 0), {id(9)}};
  for (std::uint8_t i = 1; i <= 2; ++i)
    peers.add(id(i), inbound);
  peers.add(id(3), outbound);
  peers.add(id(9), inbound);
  BOOST_TEST(!peers.has_too_many(id(1)));
  // Two of four places are for dials: three remotes that dialled are one too many.
  peers.set_limits(limits(4, 2));
  BOOST_TEST(peers.has_too_many(id(1)));
  BOOST_TEST(!peers.has_too_many(id(3)));
  BOOST_TEST(!peers.has_too_many(id(9)));
  peers.set_limits(limits(3, 0));
  BOOST_TEST(peers.has_too_many(id(3)));
  peers.remove(id(3));
  BOOST_TEST(!peers.has_too_many(id(1)));
}

BOOST_AUTO_TEST_CASE(is_kept_as_long_as_the_node_is_trusted) {
  admission peers{id(0), limits(2, 0), {}};
  const auto full = somewhere(1);
  peers.add(id(1), inbound, full);
  peers.add(id(2), inbound, full);
  BOOST_TEST(peers.trust(id(2)));
  BOOST_TEST((peers.displaced_by(somewhere(2)) != id(2)));
  BOOST_TEST(peers.untrust(id(2), full));
  BOOST_TEST(!peers.untrust(id(2), full));
  BOOST_TEST((peers.displaced_by(somewhere(2)) == id(2)));
}

BOOST_AUTO_TEST_CASE(is_given_once) {
  admission peers{id(0), limits(5, 0), {id(9)}};
  peers.add(id(1), outbound);
  peers.add(id(9), outbound);
  BOOST_TEST((peers.refuses(id(1), inbound) == errc::already_connected));
  BOOST_TEST((peers.refuses(id(9), inbound) == errc::already_connected));
}

BOOST_AUTO_TEST_CASE(is_not_given_to_oneself) {
  admission peers{id(0), limits(5, 0), {}};
  BOOST_TEST((peers.refuses(id(0), inbound) == errc::connected_to_self));
}

BOOST_AUTO_TEST_CASE(names_the_lack_of_places_before_anything_else) {
  admission peers{id(0), limits(1, 0), {}};
  peers.add(id(1), inbound);
  BOOST_TEST((peers.refuses(id(1), inbound) == errc::too_many_peers));
  BOOST_TEST((peers.refuses(id(0), inbound) == errc::too_many_peers));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
