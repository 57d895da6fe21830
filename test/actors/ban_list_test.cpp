// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/ban_list.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(ban_list_test)

namespace {

using namespace std::chrono_literals;

const ban_list::time_point start{};

ban on(std::string_view subject, ban::duration lasting = ban::forever, std::string why = {}) {
  return {*ban_subject::parse(subject), lasting, std::move(why)};
}

} // namespace

BOOST_AUTO_TEST_CASE(a_ban_lasts_until_its_end) {
  ban_list bans;
  BOOST_TEST(!bans.add(on("10.0.0.1", 10s, "spam"), start).has_value());
  auto found = bans.find("10.0.0.1", start + 4s);
  BOOST_REQUIRE(found.has_value());
  BOOST_TEST((found->lasting == 6s));
  BOOST_TEST(found->reason == "spam");
  BOOST_TEST(!bans.find("10.0.0.2", start).has_value());
  BOOST_TEST(!bans.find("10.0.0.1", start + 10s).has_value());
  BOOST_TEST(bans.list(start + 10s).empty());
  BOOST_TEST(!bans.remove(*ban_subject::parse("10.0.0.1"), start + 10s));
  BOOST_TEST(bans.size() == 0u);
}

BOOST_AUTO_TEST_CASE(a_later_ban_takes_the_place_of_an_earlier_one) {
  ban_list bans;
  bans.add(on("10.0.0.1", 10s, "first"), start);
  bans.add(on("10.0.0.1", ban::forever, "second"), start);
  BOOST_TEST(bans.size() == 1u);
  BOOST_TEST(bans.find("10.0.0.1", start + 1h)->reason == "second");
  BOOST_TEST((bans.find("10.0.0.1", start + 1h)->lasting == ban::forever));
}

BOOST_AUTO_TEST_CASE(the_smallest_network_is_found) {
  ban_list bans;
  bans.add(on("10.0.0.0/8"), start);
  bans.add(on("10.1.0.0/16", 10s), start);
  auto found = [&](std::string_view host, ban_list::time_point now) {
    auto out = bans.find(host, now);
    return out ? to_string(out->subject) : "";
  };
  BOOST_TEST(found("10.1.2.3", start) == "10.1.0.0/16");
  BOOST_TEST(found("::ffff:10.1.2.3", start) == "10.1.0.0/16");
  BOOST_TEST(found("10.1.2.3", start + 10s) == "10.0.0.0/8");
  BOOST_TEST(found("11.1.2.3", start) == "");
  BOOST_TEST(found("a00::", start) == "");
  BOOST_TEST(found("node.example.org", start) == "");
  BOOST_TEST(bans.remove(*ban_subject::parse("10.0.0.0/8"), start));
  BOOST_TEST(found("10.2.2.3", start) == "");
  bans.add(on("::/0"), start);
  BOOST_TEST(found("2001:db8::1%eth0", start) == "::/0");
  BOOST_TEST(found("10.2.2.3", start) == "");
}

BOOST_AUTO_TEST_CASE(a_node_is_found_by_its_id) {
  ban_list bans;
  const std::string id(128, 'a');
  bans.add(on(id), start);
  BOOST_TEST(bans.find(*node_id::parse(id), start).has_value());
  BOOST_TEST(!bans.find(node_id{}, start).has_value());
  BOOST_TEST(!bans.find("10.0.0.1", start).has_value());
}

BOOST_AUTO_TEST_CASE(a_full_list_keeps_the_bans_that_end_last) {
  ban_list bans{2};
  bans.add(on("10.0.0.1", 10s), start);
  bans.add(on("10.0.0.2"), start);
  BOOST_TEST((bans.add(on("10.0.0.3", 10s), start) == errc::list_full));
  BOOST_TEST(bans.find("10.0.0.1", start).has_value());
  // A ban of the same subject needs no place.
  BOOST_TEST(!bans.add(on("10.0.0.1", 5s), start).has_value());
  BOOST_TEST(!bans.add(on("10.0.0.3", 10s), start).has_value());
  BOOST_TEST(!bans.find("10.0.0.1", start).has_value());
  BOOST_TEST(!bans.add(on("10.0.0.4"), start).has_value());
  BOOST_TEST((bans.add(on("10.0.0.5"), start) == errc::list_full));
  BOOST_TEST(bans.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_full_list_has_room_when_a_ban_is_over) {
  ban_list bans{1};
  bans.add(on("10.0.0.1", 10s), start);
  BOOST_TEST(!bans.add(on("10.0.0.2", 1s), start + 10s).has_value());
  BOOST_TEST(bans.size() == 1u);
}

BOOST_AUTO_TEST_CASE(what_is_no_ban_is_refused) {
  ban_list bans;
  BOOST_TEST((bans.add(ban{}, start) == errc::invalid_ban_subject));
  BOOST_TEST((bans.add(on("10.0.0.1", 0s), start) == errc::invalid_ban));
  BOOST_TEST(bans.size() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
