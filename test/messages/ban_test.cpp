// SPDX-License-Identifier: BSL-1.0
#include "devp2p/messages/ban.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <string>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(ban_test)

namespace {

std::string read_and_written(std::string_view text) {
  auto out = ban_subject::parse(text);
  return out ? to_string(*out) : std::string{to_string(out.error())};
}

bool covers(std::string_view network, std::string_view other) {
  return ban_subject::parse(network)->covers(*ban_subject::parse(other));
}

const std::string some_id(128, 'a');

} // namespace

BOOST_AUTO_TEST_CASE(subjects_are_written_in_one_way) {
  for (const auto* same : {"10.0.0.1", "10.0.0.0/8", "0.0.0.0/0", "10.0.0.0/31", "::1", "::/0",
                           "2001:db8::/32", "2001:db8:8000::/33", "fe80::1"})
    BOOST_TEST(read_and_written(same) == same);
  BOOST_TEST(read_and_written(some_id) == some_id);
  BOOST_TEST(read_and_written(std::string(128, 'A')) == some_id);
  BOOST_TEST(read_and_written("10.0.0.1/32") == "10.0.0.1");
  BOOST_TEST(read_and_written("2001:DB8:0::7/128") == "2001:db8::7");
  BOOST_TEST(read_and_written("::ffff:192.0.2.1") == "192.0.2.1");
  BOOST_TEST(read_and_written("::ffff:192.0.2.0/120") == "192.0.2.0/24");
}

BOOST_AUTO_TEST_CASE(other_text_is_no_subject) {
  const std::string zero(128, '0');
  for (const std::string& text :
       {std::string{}, std::string{"node.example.org"}, std::string{"10.0.0"},
        std::string{"10.0.0.1:30303"}, std::string{"[::1]"}, std::string{"10.0.0.0/33"},
        std::string{"10.0.0.0/"}, std::string{"10.0.0.0/08"}, std::string{"10.0.0.0/-1"},
        std::string{"10.0.0.0/+8"}, std::string{"10.0.0.0/8/8"}, std::string{"10.0.0.0/ 8"},
        std::string{"::/129"}, std::string{"::ffff:10.0.0.0/95"}, std::string{"fe80::1%eth0"},
        std::string{"10.0.0.1\0x", 10}, some_id.substr(1), some_id + "a", zero})
    BOOST_TEST((ban_subject::parse(text).error() == errc::invalid_ban_subject));
}

BOOST_AUTO_TEST_CASE(a_network_has_no_bits_after_its_prefix) {
  for (const auto* text : {"10.0.0.1/8", "10.0.0.1/31", "0.0.0.1/0", "2001:db8::1/64", "::1/127",
                           "::ffff:192.0.2.1/120"})
    BOOST_TEST((ban_subject::parse(text).error() == errc::host_bits_set));
}

BOOST_AUTO_TEST_CASE(a_network_covers_its_addresses_and_networks) {
  BOOST_TEST(covers("10.0.0.0/8", "10.1.2.3"));
  BOOST_TEST(covers("10.0.0.0/8", "10.1.0.0/16"));
  BOOST_TEST(covers("0.0.0.0/0", "198.51.100.1"));
  BOOST_TEST(covers("10.0.0.0/9", "10.127.255.255"));
  BOOST_TEST(!covers("10.0.0.0/9", "10.128.0.0"));
  BOOST_TEST(!covers("10.1.0.0/16", "10.0.0.0/8"));
  BOOST_TEST(!covers("::/0", "10.0.0.1"));
  BOOST_TEST(!covers("0.0.0.0/0", "::1"));
  BOOST_TEST(!covers("0.0.0.0/0", some_id));
  BOOST_TEST(covers(some_id, some_id));
}

BOOST_AUTO_TEST_CASE(an_address_may_have_a_zone_where_it_is_used) {
  BOOST_TEST(to_string(*ban_subject::of_address("fe80::1%eth0")) == "fe80::1");
  BOOST_TEST(!ban_subject::of_address("node.example.org").has_value());
}

BOOST_AUTO_TEST_CASE(any_text_is_refused_or_is_written_in_one_way) {
  std::mt19937 random{5};
  const std::string letters = "0123456789abcdef.:/%fF ";
  for (int i = 0; i < 200'000; ++i) {
    std::string text(random() % 24, ' ');
    for (auto& c : text)
      c = letters[random() % letters.size()];
    auto value = ban_subject::parse(text);
    if (!value)
      continue;
    auto again = ban_subject::parse(to_string(*value));
    BOOST_REQUIRE((value->is_valid() && again && *again == *value));
  }
}

BOOST_AUTO_TEST_CASE(any_network_is_read_as_it_is_written) {
  std::mt19937 random{6};
  for (int i = 0; i < 20'000; ++i) {
    auto byte = [&] { return std::to_string(random() % 256); };
    auto address = byte() + '.' + byte() + '.' + byte() + '.' + byte();
    const auto bits = static_cast<unsigned>(random() % 33);
    const auto network = ban_subject::of_address(address)->shortened(bits);
    auto again = ban_subject::parse(to_string(network));
    BOOST_REQUIRE((again && *again == network && again->is_valid()));
    BOOST_REQUIRE(network.covers(*ban_subject::of_address(address)));
    auto direct = ban_subject::parse(address + '/' + std::to_string(bits));
    BOOST_REQUIRE((direct ? *direct == network : direct.error() == errc::host_bits_set));
  }
}

BOOST_AUTO_TEST_CASE(a_ban_needs_a_subject_and_a_duration) {
  ban what{*ban_subject::parse("10.0.0.1")};
  BOOST_TEST(!what.fault().has_value());
  what.lasting = {};
  BOOST_TEST((what.fault() == errc::invalid_ban));
  BOOST_TEST((ban{}.fault() == errc::invalid_ban_subject));
}

BOOST_AUTO_TEST_CASE(the_reason_of_a_ban_is_short_and_printable) {
  ban what{*ban_subject::parse("10.0.0.1"), ban::duration::max(), "a\nb\x1b\\"};
  auto kept = what.canonical();
  BOOST_TEST(kept.reason == "a?b?\\");
  BOOST_TEST((kept.lasting == ban::forever));
  BOOST_TEST((kept.canonical() == kept));
  what.reason.assign(1'000, 'x');
  BOOST_TEST(what.canonical().reason.size() == ban::max_reason);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
