// SPDX-License-Identifier: BSL-1.0
//
// The headers that `devp2p eth` asks for, without the tool.
#include "header_walk.hpp"
#include "sample_chain.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <limits>
#include <string>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(tool_header_walk_test)

namespace {

using namespace std::chrono_literals;
using tool::block_range;
using tool::header_walk;
using tool::known_blocks;

struct walk_fixture {
  eth::chain chain = sample_chain(30);
  known_blocks known{chain.genesis().hash, chain.head()};

  /// Returns the header of another chain with that number.
  [[nodiscard]] eth::sealed_header other(std::uint64_t number) const {
    auto fields = chain.find(number)->fields;
    fields.extra = {1};
    return eth::seal(fields);
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(a_range)

BOOST_AUTO_TEST_CASE(is_two_numbers_that_do_not_fall) {
  auto whole = block_range::parse("0..18446744073709551614");
  BOOST_REQUIRE(whole.has_value());
  BOOST_TEST(whole->first == 0u);
  BOOST_TEST(whole->count() == std::numeric_limits<std::uint64_t>::max());
  BOOST_TEST(block_range::parse("7..7")->count() == 1u);
  for (const auto* bad : {"", "..", "1", "1..", "..1", "2..1", "1.2", "1...2", "-1..2", "01..2",
                          "0x1..2", " 1..2", "1..2 ", "1..2..3", "0..18446744073709551615", "a..b"})
    BOOST_TEST(!block_range::parse(bad), bad);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_walk, walk_fixture)

BOOST_AUTO_TEST_CASE(counts_until_all_headers_are_there) {
  header_walk walk{{5, 30}, known};
  BOOST_TEST(walk.count() == 26u);
  BOOST_TEST(!walk.take(headers_of(chain, 5, 7), 1ms));
  BOOST_TEST(walk.taken() == 3u);
  BOOST_REQUIRE(walk.next().has_value());
  BOOST_TEST((walk.next()->origin == eth::origin{std::uint64_t{8}}));
  BOOST_TEST(!walk.take(headers_of(chain, 8, 30), 1ms));
  BOOST_TEST(walk.taken() == 26u);
  BOOST_TEST(!walk.next());
}

BOOST_AUTO_TEST_CASE(ends_where_the_remote_has_no_more) {
  header_walk walk{{30, 40}, known};
  BOOST_TEST(!walk.take(headers_of(chain, 30, 30), 1ms));
  BOOST_TEST(walk.take({}, 1ms).value() == "the remote has no block 31; its newest is 30");
  header_walk without_head{{31, 40}, {known.genesis}};
  BOOST_TEST(without_head.take({}, 1ms).value() == "the remote has no block 31");
}

BOOST_AUTO_TEST_CASE(refuses_an_answer_that_does_not_follow_the_last) {
  header_walk walk{{5, 20}, known};
  BOOST_TEST(!walk.take(headers_of(chain, 5, 7), 1ms));
  auto next = chain.find(std::uint64_t{8})->fields;
  next.parent = other(7).hash;
  BOOST_TEST(walk.take({eth::seal(next)}, 1ms).value() ==
             "block 8 does not follow the one before it");
}

BOOST_AUTO_TEST_CASE(refuses_another_genesis_than_was_named) {
  BOOST_TEST((header_walk{{0, 0}, known}.take({other(0)}, 1ms).value() ==
              "block 0 is not the genesis that the remote has named"));
  BOOST_TEST((!header_walk{{0, 0}, known}.take({chain.genesis()}, 1ms)));
}

BOOST_AUTO_TEST_CASE(refuses_another_head_than_was_named) {
  auto why = header_walk{{30, 30}, known}.take({other(30)}, 1ms);
  BOOST_REQUIRE(why.has_value());
  BOOST_TEST(why->starts_with("block 30 is not the newest "));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
