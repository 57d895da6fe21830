// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/sim/nat_box.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>
#include <vector>

namespace devp2p::net {
BOOST_AUTO_TEST_SUITE(nat_box_test)

namespace {

using namespace std::chrono_literals;

const endpoint remote{"203.0.113.1", 100};
const endpoint same_host{"203.0.113.1", 101};
const endpoint stranger{"203.0.113.2", 100};

nat_box box(nat_kind kind, std::uint64_t seed = 1) {
  return {kind, seeded_rng{seed}, 30s};
}

BOOST_AUTO_TEST_SUITE(a_nat)

BOOST_AUTO_TEST_CASE(lets_in_whom_its_kind_lets_in) {
  struct expectation {
    nat_kind kind;
    bool same_host;
    bool stranger;
  };
  for (auto x : {expectation{nat_kind::fullcone, true, true},
                 {nat_kind::addrcone, true, false},
                 {nat_kind::cone, false, false},
                 {nat_kind::portrange, false, false},
                 {nat_kind::symmetric, false, false}}) {
    BOOST_TEST_CONTEXT(to_string(x.kind)) {
      auto subject = box(x.kind);
      BOOST_TEST(!subject.inbound(7, remote, 0s));
      auto external = subject.outbound(7, remote, 0s);
      BOOST_REQUIRE(external.has_value());
      BOOST_TEST((subject.inbound(*external, remote, 0s) == 7));
      BOOST_TEST(subject.inbound(*external, same_host, 0s).has_value() == x.same_host);
      BOOST_TEST(subject.inbound(*external, stranger, 0s).has_value() == x.stranger);
      BOOST_TEST(!subject.inbound(static_cast<std::uint16_t>(*external + 1), remote, 0s));
    }
  }
}

BOOST_AUTO_TEST_CASE(takes_the_ports_that_its_kind_takes) {
  for (auto kind : {nat_kind::fullcone, nat_kind::addrcone, nat_kind::cone})
    BOOST_TEST((box(kind).outbound(7, remote, 0s) == 7));
  auto ranged = box(nat_kind::portrange);
  auto external = ranged.outbound(7, remote, 0s);
  BOOST_TEST((external >= 40'000 && external < 40'100));
  BOOST_TEST((ranged.outbound(7, stranger, 0s) == external), "the same for all remotes");
  auto symmetric = box(nat_kind::symmetric);
  auto one = symmetric.outbound(7, remote, 0s);
  auto two = symmetric.outbound(7, same_host, 0s);
  BOOST_TEST((one != two));
  BOOST_TEST((symmetric.outbound(7, remote, 0s) == one));
}

BOOST_AUTO_TEST_CASE(forgets_what_nothing_is_sent_through) {
  auto subject = box(nat_kind::cone);
  BOOST_REQUIRE(subject.outbound(7, remote, 0s).has_value());
  BOOST_TEST(subject.inbound(7, remote, 30s - 1ns).has_value());
  BOOST_TEST(!subject.inbound(7, remote, 30s));
  BOOST_REQUIRE(subject.outbound(7, stranger, 20s).has_value());
  BOOST_TEST(subject.inbound(7, stranger, 49s).has_value());
  BOOST_TEST(!subject.inbound(7, remote, 30s), "what was sent to another counts for that one only");
  BOOST_REQUIRE(subject.outbound(7, remote, 60s).has_value());
  subject.restart();
  BOOST_TEST(!subject.inbound(7, remote, 60s));
  BOOST_TEST(subject.mappings() == 0u);
}

BOOST_AUTO_TEST_CASE(takes_another_port_when_it_has_forgotten_the_first) {
  auto subject = box(nat_kind::symmetric);
  auto first = subject.outbound(7, remote, 0s);
  auto second = subject.outbound(7, remote, 30s);
  BOOST_TEST((first != second));
  BOOST_TEST(subject.mappings() == 1u);
  BOOST_TEST(!subject.inbound(*first, remote, 30s));
}

BOOST_AUTO_TEST_CASE(gives_no_port_of_its_range_twice_and_loses_what_needs_another) {
  auto subject = box(nat_kind::portrange);
  std::set<std::uint16_t> taken;
  for (std::uint16_t port = 0; port < nat_box::range; ++port) {
    auto external = subject.outbound(port, remote, 0s);
    BOOST_REQUIRE(external.has_value());
    BOOST_TEST(taken.insert(*external).second);
    BOOST_TEST((subject.inbound(*external, remote, 0s) == port));
  }
  BOOST_TEST(!subject.outbound(1000, remote, 29s));
  BOOST_TEST(subject.outbound(5, remote, 29s).has_value(), "those that are there go on");
  BOOST_TEST(subject.outbound(1000, remote, 30s).has_value(), "now there is room");
}

BOOST_AUTO_TEST_CASE(has_bounded_tables) {
  auto subject = box(nat_kind::symmetric);
  auto to = [](std::size_t i) {
    return endpoint{"203.0." + std::to_string(i / 250) + "." + std::to_string(i % 250), 1};
  };
  for (std::size_t i = 0; i < nat_box::max_entries; ++i)
    BOOST_REQUIRE(subject.outbound(7, to(i), 0s).has_value());
  BOOST_TEST(!subject.outbound(7, to(nat_box::max_entries), 0s));
  BOOST_TEST(subject.mappings() == nat_box::max_entries);
  BOOST_TEST(subject.outbound(7, to(0), 0s).has_value());
  BOOST_TEST(subject.outbound(7, to(nat_box::max_entries), 30s).has_value());
  BOOST_TEST(subject.mappings() == 1u);
  // The bound holds for remotes that one mapping lets in, too.
  auto cone = box(nat_kind::cone);
  for (std::size_t i = 0; i < nat_box::max_entries; ++i)
    BOOST_REQUIRE(cone.outbound(7, to(i), 0s).has_value());
  BOOST_TEST(!cone.outbound(7, to(nat_box::max_entries), 0s));
  BOOST_TEST(cone.outbound(7, to(nat_box::max_entries), 30s).has_value());
}

BOOST_AUTO_TEST_CASE(takes_the_same_ports_for_the_same_seed) {
  auto ports = [](std::uint64_t seed) {
    auto subject = box(nat_kind::symmetric, seed);
    std::vector<std::uint16_t> out;
    for (std::uint16_t port = 0; port < 10; ++port)
      out.push_back(*subject.outbound(port, remote, 0s));
    return out;
  };
  BOOST_TEST((ports(1) == ports(1)));
  BOOST_TEST((ports(1) != ports(2)));
  nat_box without{nat_kind::portrange, seeded_rng{std::nullopt}, 30s};
  BOOST_TEST((without.outbound(7, remote, 0s) == 40'000));
  BOOST_TEST((without.outbound(8, remote, 0s) == 40'001));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::net
