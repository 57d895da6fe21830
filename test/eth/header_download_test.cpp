// SPDX-License-Identifier: BSL-1.0
#include "eth/header_download.hpp"

#include "sample_chain.hpp"

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(header_download_test)

namespace {

std::vector<eth::sealed_header> answer_of(const eth::chain& blocks, const eth::header_query& what) {
  std::vector<eth::sealed_header> out;
  for (const auto& one : blocks.headers(what))
    out.push_back(*eth::read_header(one));
  return out;
}

} // namespace

BOOST_AUTO_TEST_CASE(questions_grow_with_the_speed_of_the_answers) {
  const auto blocks = sample_chain(300);
  eth::header_download all{0, 301};
  std::vector<std::uint64_t> limits;
  while (auto question = all.next()) {
    limits.push_back(question->limit);
    // A hundredth of a second for each header.
    auto answer = answer_of(blocks, *question);
    BOOST_REQUIRE(!all.take(answer, seconds{0.01 * static_cast<double>(answer.size())}));
  }
  BOOST_TEST(limits == (std::vector<std::uint64_t>{1, 22, 40, 56, 71, 84, 27}));
}

BOOST_AUTO_TEST_CASE(no_question_is_too_large) {
  eth::header_download all{5, 10'000};
  BOOST_TEST(!all.take({sample_genesis()}, seconds{1e-9}));
  BOOST_TEST(all.next()->limit == 512u);
  BOOST_TEST(std::get<std::uint64_t>(all.next()->origin) == 6u);
}

BOOST_AUTO_TEST_CASE(a_chain_that_ends_ends_the_download) {
  eth::header_download all{21, 3};
  BOOST_TEST(all.take({}, seconds{1}).value() == "the remote has no block 21");
}

BOOST_AUTO_TEST_CASE(each_answer_follows_the_one_before_it) {
  const auto blocks = sample_chain(5);
  eth::header_download all{1, 5};
  BOOST_TEST(!all.take(headers_of(blocks, 1, 2), seconds{1}));
  auto other = headers_of(sample_chain(5, 1), 3, 3);
  auto copy = all;
  BOOST_TEST(copy.take(other, seconds{1}).value() == "block 3 does not follow the one before it");
  BOOST_TEST(!all.take(headers_of(blocks, 3, 5), seconds{1}));
  BOOST_TEST(!all.next().has_value());
}

BOOST_AUTO_TEST_CASE(a_download_of_nothing_asks_nothing) {
  BOOST_TEST(!eth::header_download(7, 0).next().has_value());
}

BOOST_AUTO_TEST_SUITE_END()
} // namespace devp2p::test
