// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/port_table.hpp"

#include <boost/test/unit_test.hpp>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(port_table_test)

namespace {

using namespace std::chrono_literals;

const local_port one{transport::tcp, 1};
const local_port two{transport::tcp, 2};

/// Returns the mapping that a gateway grants for `lifetime`.
port_mapping mapping_of(local_port port, std::uint16_t external, std::chrono::seconds lifetime) {
  return {port, {"11.22.33.2", external}, lifetime, "gateway"};
}

struct table_fixture {
  port_table table;
  port_table::time_point now{1h};

  void grant(local_port port, std::chrono::seconds lifetime = 20min) {
    table.end_asking();
    table.on_granted(mapping_of(port, 40000, lifetime), now, 0);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_port_table, table_fixture)

BOOST_AUTO_TEST_CASE(asks_for_one_port_after_the_other) {
  BOOST_TEST(!table.ask_next().has_value());
  BOOST_TEST(table.add(two));
  BOOST_TEST(table.add(one));
  BOOST_TEST(!table.add(one));
  BOOST_TEST((table.ask_next()->internal == one));
  BOOST_TEST(!table.ask_next().has_value());
  table.end_asking();
  BOOST_TEST((table.ask_next()->internal == two));
  table.end_asking();
  BOOST_TEST(!table.ask_next().has_value());
}

BOOST_AUTO_TEST_CASE(wishes_for_the_external_port_that_was_granted_before) {
  table.add(one);
  BOOST_TEST(table.ask_next()->external.port == 0);
  grant(one);
  table.make_all_due();
  BOOST_TEST(table.ask_next()->external.port == 40000);
}

BOOST_AUTO_TEST_CASE(knows_the_mapping_from_before) {
  table.add(one);
  BOOST_TEST(!table.on_granted(mapping_of(one, 40000, 20min), now, 0).before.has_value());
  BOOST_TEST(table.mapping_of(one)->external.port == 40000);
  auto renewed = table.on_granted(mapping_of(one, 40001, 20min), now, 0);
  BOOST_TEST((renewed.wait == 10min));
  BOOST_TEST(renewed.before->external.port == 40000);
  BOOST_TEST_REQUIRE(table.mapped().size() == 1u);
  BOOST_TEST(table.mapped()[0].external.port == 40001);
}

BOOST_AUTO_TEST_CASE(heeds_the_latest_tick_alone) {
  table.add(one);
  table.ask_next();
  grant(one);
  auto early = table.next_tick(one);
  auto latest = table.next_tick(one);
  BOOST_TEST(!table.on_tick(one, early));
  BOOST_TEST(!table.on_tick(two, latest));
  BOOST_TEST(!table.ask_next().has_value());
  BOOST_TEST(table.on_tick(one, latest));
  BOOST_TEST((table.ask_next()->internal == one));
}

BOOST_AUTO_TEST_CASE(keeps_a_mapping_that_was_not_renewed_until_its_end) {
  table.add(one);
  table.ask_next();
  grant(one, 60s);
  now += 30s;
  auto early = table.on_refused(one, now, 0);
  BOOST_TEST((early.wait == nat::lease::first_retry));
  BOOST_TEST(!early.lost.has_value());
  now += 30s;
  auto late = table.on_refused(one, now, 0);
  BOOST_TEST((late.wait == 2 * nat::lease::first_retry));
  BOOST_TEST(late.lost->external.port == 40000);
  BOOST_TEST(table.mapping_of(one) == nullptr);
  BOOST_TEST(table.mapped().empty());
}

BOOST_AUTO_TEST_CASE(is_exhausted_when_nothing_is_mapped_or_due) {
  table.add(one);
  table.add(two);
  table.ask_next();
  table.end_asking();
  table.on_refused(one, now, 0);
  BOOST_TEST(!table.is_exhausted());
  table.ask_next();
  BOOST_TEST(table.is_exhausted());
  grant(two);
  BOOST_TEST(!table.is_exhausted());
}

BOOST_AUTO_TEST_CASE(takes_back_what_may_have_been_granted) {
  table.add(one);
  table.add(two);
  table.ask_next();
  grant(one);
  table.ask_next();
  auto all = table.take_back();
  BOOST_TEST_REQUIRE(all.size() == 2u);
  BOOST_TEST(all[0].known);
  BOOST_TEST((all[0].mapping == mapping_of(one, 40000, 20min)));
  BOOST_TEST(!all[1].known);
  BOOST_TEST((all[1].mapping.internal == two));
  BOOST_TEST(all[1].mapping.external.port == 2);
  table.end_asking();
  BOOST_TEST(table.take_back().size() == 1u);
}

BOOST_AUTO_TEST_CASE(forgets_a_port) {
  table.add(one);
  table.add(two);
  table.remove(one);
  BOOST_TEST(!table.contains(one));
  BOOST_TEST(table.mapping_of(one) == nullptr);
  BOOST_TEST((table.ports() == std::vector{two}));
  BOOST_TEST((table.ask_next()->internal == two));
}

BOOST_AUTO_TEST_CASE(has_a_bound) {
  for (std::uint16_t i = 0; i < port_table::max_ports; ++i) {
    BOOST_TEST(!table.is_full());
    table.add({transport::udp, i});
  }
  BOOST_TEST(table.is_full());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
