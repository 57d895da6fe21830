// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/p2p/offsets.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>
#include <ostream>
#include <string>

namespace devp2p::p2p {

std::ostream& operator<<(std::ostream& out, const shared_range& x) {
  return out << '#' << x.index << " at " << x.offset << '+' << x.length;
}

} // namespace devp2p::p2p

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(p2p_offsets_test)

using p2p::local_protocol;
using p2p::shared_range;

namespace {

using local_list = std::vector<local_protocol>;
using remote_list = std::vector<capability>;
using shared_list = std::vector<shared_range>;

void check(const local_list& local, const remote_list& remote, const shared_list& wanted) {
  BOOST_TEST(p2p::match_capabilities(local, remote) == wanted, boost::test_tools::per_element());
}

constexpr auto huge = std::numeric_limits<std::uint64_t>::max();

} // namespace

// The next ten cases have the inputs and results of go-ethereum's TestMatchProtocols.

BOOST_AUTO_TEST_CASE(matches_nothing_if_the_remote_offers_nothing) {
  check({{{"a", 0}, 0}}, {}, {});
}

BOOST_AUTO_TEST_CASE(matches_nothing_if_we_speak_nothing) {
  check({}, {{"a", 0}}, {});
}

BOOST_AUTO_TEST_CASE(matches_nothing_if_no_name_is_shared) {
  check({{{"b", 0}, 0}}, {{"a", 0}}, {});
}

BOOST_AUTO_TEST_CASE(matches_the_names_that_are_shared) {
  check({{{"match1", 0}, 0}, {{"match2", 0}, 0}, {{"remote", 0}, 0}},
        {{"local", 0}, {"match1", 0}, {"match2", 0}}, {{0, 16, 0}, {1, 16, 0}});
}

BOOST_AUTO_TEST_CASE(orders_by_name_whatever_the_order_of_the_lists) {
  check({{{"ba", 0}, 0}, {{"bb", 0}, 0}, {{"ab", 0}, 0}, {{"aa", 0}, 0}},
        {{"aa", 0}, {"ab", 0}, {"bb", 0}, {"ba", 0}},
        {{3, 16, 0}, {2, 16, 0}, {0, 16, 0}, {1, 16, 0}});
}

BOOST_AUTO_TEST_CASE(matches_nothing_if_no_version_is_shared) {
  check({{{"", 2}, 0}}, {{"", 1}}, {});
}

BOOST_AUTO_TEST_CASE(matches_the_only_version_that_is_shared) {
  check({{{"", 2}, 0}, {{"", 3}, 0}}, {{"", 1}, {"", 2}}, {{0, 16, 0}});
}

BOOST_AUTO_TEST_CASE(matches_the_highest_version_that_is_shared) {
  check({{{"", 2}, 0}, {{"", 3}, 0}}, {{"", 1}, {"", 2}, {"", 3}, {"", 4}}, {{1, 16, 0}});
}

BOOST_AUTO_TEST_CASE(matches_the_highest_version_whatever_the_order_of_the_lists) {
  check({{{"", 2}, 0}, {{"", 3}, 0}, {{"", 1}, 0}}, {{"", 4}, {"", 1}, {"", 3}, {"", 2}},
        {{1, 16, 0}});
}

BOOST_AUTO_TEST_CASE(counts_only_the_length_of_the_version_that_is_chosen) {
  check({{{"", 1}, 1}, {{"", 2}, 2}, {{"", 3}, 3}, {{"a", 0}, 0}},
        {{"", 1}, {"", 2}, {"", 3}, {"a", 0}}, {{2, 16, 3}, {3, 19, 0}});
}

// Cases of our own.

BOOST_AUTO_TEST_CASE(puts_each_protocol_behind_the_one_before) {
  check({{{"wit", 0}, 4}, {{"eth", 68}, 17}, {{"eth", 69}, 18}, {{"snap", 1}, 8}},
        {{"snap", 1}, {"eth", 67}, {"eth", 68}, {"wit", 0}}, {{1, 16, 17}, {3, 33, 8}, {0, 41, 4}});
}

BOOST_AUTO_TEST_CASE(a_name_that_we_do_not_know_takes_no_room) {
  check({{{"b", 1}, 5}, {{"d", 1}, 5}}, {{"a", 1}, {"b", 1}, {"c", 1}, {"d", 1}, {"e", 1}},
        {{0, 16, 5}, {1, 21, 5}});
}

BOOST_AUTO_TEST_CASE(duplicates_do_no_harm) {
  check({{{"a", 1}, 5}, {{"a", 1}, 7}, {{"b", 1}, 2}}, {{"b", 1}, {"a", 1}, {"a", 1}, {"b", 1}},
        {{0, 16, 5}, {2, 21, 2}});
}

BOOST_AUTO_TEST_CASE(the_first_of_many_equal_protocols_is_the_one) {
  check(local_list(100, {{"a", 1}, 5}), {{"a", 1}}, {{0, 16, 5}});
}

BOOST_AUTO_TEST_CASE(a_protocol_without_messages_takes_no_room) {
  check({{{"a", 1}, 0}, {{"b", 1}, 3}}, {{"a", 1}, {"b", 1}}, {{0, 16, 0}, {1, 16, 3}});
}

BOOST_AUTO_TEST_CASE(orders_names_byte_by_byte_and_without_signs) {
  // Upper case before lower case, a prefix before what it begins, and 0xff behind all.
  check({{{"\xff", 1}, 1}, {{"a", 1}, 1}, {{"aa", 1}, 1}, {{"B", 1}, 1}},
        {{"a", 1}, {"\xff", 1}, {"B", 1}, {"aa", 1}},
        {{3, 16, 1}, {1, 17, 1}, {2, 18, 1}, {0, 19, 1}});
}

BOOST_AUTO_TEST_CASE(leaves_out_a_protocol_whose_identifiers_would_pass_64_bits) {
  check({{{"a", 1}, 1}, {{"b", 1}, huge - 16}, {{"c", 1}, 0}}, {{"a", 1}, {"b", 1}, {"c", 1}},
        {{0, 16, 1}});
  check({{{"a", 1}, huge - 16}, {{"b", 1}, 1}}, {{"a", 1}, {"b", 1}}, {{0, 16, huge - 16}});
}

BOOST_AUTO_TEST_CASE(a_huge_length_of_a_version_that_is_not_chosen_does_no_harm) {
  check({{{"a", 1}, huge}, {{"a", 2}, 4}, {{"b", 1}, 1}}, {{"a", 1}, {"a", 2}, {"b", 1}},
        {{1, 16, 4}, {2, 20, 1}});
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
