// SPDX-License-Identifier: BSL-1.0
#include "eth/verification.hpp"

#include "eth/body.hpp"

#include "sample_chain.hpp"

#include <limits>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(verification_test)

namespace {

struct headers_of_ten {
  eth::chain blocks = sample_chain(10);
  std::vector<eth::sealed_header> all = headers_of(blocks, 0, 10);

  /// Returns what is wrong with the headers of these numbers.
  std::string wrong(const eth::header_query& query, const std::vector<std::size_t>& numbers) const {
    std::vector<eth::sealed_header> answer;
    for (auto number : numbers)
      answer.push_back(all[number]);
    return eth::mismatch(query, answer).value_or("");
  }

  std::vector<eth::block_body> bodies(const std::vector<std::size_t>& numbers) const {
    std::vector<eth::hash> hashes;
    for (auto number : numbers)
      hashes.push_back(all[number].hash);
    std::vector<eth::block_body> out;
    for (const auto& one : blocks.bodies(hashes))
      out.push_back(*eth::read_body(one, 3));
    return out;
  }
};

constexpr std::string_view wrong_number = "a header has another number than was asked for";
constexpr std::string_view wrong_first = "the first header is another than was asked for";

} // namespace

BOOST_FIXTURE_TEST_CASE(headers_are_those_that_were_asked_for, headers_of_ten) {
  const eth::origin three = std::uint64_t{3};
  BOOST_TEST(wrong({three, 3}, {3, 4, 5}) == "");
  BOOST_TEST(wrong({three, 3}, {3, 4}) == "");
  BOOST_TEST(wrong({three, 3}, {}) == "");
  BOOST_TEST(wrong({three, 3}, {3, 4, 5, 6}) == "more headers than were asked for");
  BOOST_TEST(wrong({three, 3}, {4, 5}) == wrong_first);
  BOOST_TEST(wrong({all[3].hash, 3}, {3, 4}) == "");
  BOOST_TEST(wrong({all[3].hash, 3}, {4, 5}) == wrong_first);
  BOOST_TEST(wrong({three, 3}, {3, 5}) == wrong_number);
  BOOST_TEST(wrong({three, 3}, {3, 2}) == wrong_number);
  BOOST_TEST(wrong({three, 3}, {3, 3}) == wrong_number);
  BOOST_TEST(wrong({three, 3, 1}, {3, 5, 7}) == "");
  BOOST_TEST(wrong({three, 3, 1}, {3, 5, 6}) == wrong_number);
  BOOST_TEST(wrong({three, 3, 0, true}, {3, 2, 1}) == "");
  BOOST_TEST(wrong({three, 3, 0, true}, {3, 4}) == wrong_number);
  BOOST_TEST(wrong({three, 3, 1, true}, {3, 1}) == "");
  BOOST_TEST(wrong({three, 3, std::numeric_limits<std::uint64_t>::max()}, {3, 3}) == wrong_number);
}

BOOST_FIXTURE_TEST_CASE(headers_next_to_each_other_are_child_and_parent, headers_of_ten) {
  all[4] = headers_of(sample_chain(10, 1), 4, 4).front();
  constexpr std::string_view stranger = "a header is not the parent of the next one";
  BOOST_TEST(wrong({std::uint64_t{3}, 3}, {3, 4}) == stranger);
  BOOST_TEST(wrong({std::uint64_t{5}, 3, 0, true}, {5, 4}) == stranger);
  BOOST_TEST(wrong({std::uint64_t{2}, 3, 1}, {2, 4}) == ""); // That cannot be known.
}

BOOST_FIXTURE_TEST_CASE(bodies_are_matched_by_their_roots, headers_of_ten) {
  const auto asked = headers_of(blocks, 5, 8);
  auto found = eth::matched(asked, bodies({5, 6, 7, 8}));
  BOOST_REQUIRE(found);
  BOOST_TEST(std::count(found->begin(), found->end(), std::nullopt) == 0);
  found = eth::matched(asked, bodies({6, 8}));
  BOOST_REQUIRE(found);
  BOOST_TEST(!(*found)[0]);
  BOOST_TEST((*found)[1].has_value());
  BOOST_TEST(!(*found)[2]);
  BOOST_TEST((*found)[3].has_value());
  for (const auto& wrong : std::vector<std::vector<std::size_t>>{{3}, {6, 5}, {5, 5}, {8, 9}})
    BOOST_TEST(!eth::matched(asked, bodies(wrong)));
  found = eth::matched(asked, std::vector<eth::block_body>{});
  BOOST_REQUIRE(found);
  BOOST_TEST(found->size() == 4u);
}

BOOST_FIXTURE_TEST_CASE(receipts_are_matched_by_their_root, headers_of_ten) {
  const auto asked = headers_of(blocks, 3, 5);
  std::vector<std::vector<eth::receipt>> all;
  for (const auto& one : blocks.receipts({asked[0].hash, asked[1].hash, asked[2].hash}, 69)) {
    auto& block = all.emplace_back();
    for (const auto& receipt : items_of(eth::raw_list{one}))
      block.push_back(*eth::read_receipt(receipt, 69));
  }
  auto found = eth::matched(asked, all);
  BOOST_REQUIRE(found);
  BOOST_TEST((*found)[0]->size() == 3u);
  BOOST_TEST((*found)[1]->empty());
  BOOST_TEST((*found)[2]->size() == 1u);
  all[0][0].logs[0].data.push_back(0);
  BOOST_TEST(!eth::matched(asked, all));
}

namespace {

/// Returns headers of blocks that have used so much gas.
eth::sealed_headers of(const std::vector<std::uint64_t>& gas) {
  eth::sealed_headers out;
  for (auto one : gas)
    out.emplace_back().fields.gas_used = one;
  return out;
}

constexpr auto most = std::numeric_limits<std::uint64_t>::max();

} // namespace

BOOST_AUTO_TEST_CASE(no_more_receipts_are_asked_for_than_an_answer_may_have) {
  auto count = [](const std::vector<std::uint64_t>& gas) {
    return eth::with_receipts_of_one_answer(of(gas)).size();
  };
  BOOST_TEST(count({}) == 0u);
  BOOST_TEST(count({most}) == 1u);
  BOOST_TEST(count({most, most, 0, 10'499}) == 4u);
  BOOST_TEST(count({most, most, 10'500, 0}) == 2u);
  // As 22 blocks of Ethereum may have, whose gas ends at 30 million.
  BOOST_TEST(count(std::vector<std::uint64_t>(100, 15'000'000)) == 22u);
}

BOOST_AUTO_TEST_CASE(gas_bounds_transactions_and_logs) {
  BOOST_TEST(eth::max_transactions({}) == 0u);
  // Half of the gas of the second had come back.
  BOOST_TEST(eth::max_transactions(of({21'000, 10'500})) == 3u);
  BOOST_TEST(eth::max_receipts(of({21'000, 10'500})) == 3u);
  BOOST_TEST(eth::max_logs(of({21'000, 10'500})) == 168u);
  BOOST_TEST(eth::max_transactions(of({most, 21'000})) == 16'386u);
  BOOST_TEST(eth::max_transactions(of(std::vector(9, most))) == 65'536u);
  BOOST_TEST(eth::max_receipts(of({most, 21'000})) == 16'386u);
  BOOST_TEST(eth::max_receipts(of(std::vector(9, most))) == 32'768u);
  BOOST_TEST(eth::max_logs(of({21'000, most})) == 262'144u);
}

BOOST_AUTO_TEST_SUITE_END()
} // namespace devp2p::test
