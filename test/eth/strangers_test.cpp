// SPDX-License-Identifier: BSL-1.0

// Goal: a stranger gains nothing by sending what makes no sense, or too much of what does.
//
// Method: a remote that is driven by hand sends messages that it has encoded itself.

#include "eth_fixture.hpp"

#include "devp2p/net/rlp/encoder.hpp"

#include <string>
#include <utility>
#include <vector>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(strangers_test)

namespace {

/// A message has room for so many items of one byte.
constexpr std::size_t many = 10'000'000;

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

bytes list_of(const std::vector<bytes>& items) {
  bytes out;
  rlp::encoder to{out};
  to.list([&] {
    for (const auto& item : items)
      to.raw(item);
  });
  return out;
}

/// Returns a list of so many equal items.
bytes list_of(std::size_t count, const bytes& item) {
  bytes content;
  content.reserve(count * item.size());
  for (std::size_t i = 0; i < count; ++i)
    content.insert(content.end(), item.begin(), item.end());
  return list_of({content});
}

template <class T>
bytes encoded(const T& what) {
  auto out = rlp::encode(what);
  return {out.view().begin(), out.view().end()};
}

eth::transaction transaction_of(std::uint64_t n) {
  return *eth::transaction::read(sample_transaction(n, 0));
}

/// A list of transactions from number `first` on.
bytes transactions_of(std::uint64_t first, std::uint64_t count) {
  std::vector<bytes> out;
  for (auto n = first; n < first + count; ++n)
    out.push_back(encoded(sample_transaction(n, 0)));
  return list_of(out);
}

std::vector<eth::hash> numbered_hashes(std::size_t count) {
  std::vector<eth::hash> out;
  for (std::size_t i = 0; i < count; ++i)
    out.push_back({1, static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i)});
  return out;
}

/// An announcement as eth/68 has it.
bytes announced(std::size_t count) {
  return list_of({encoded(bytes(count)), list_of(count, {1}), encoded(numbered_hashes(count))});
}

/// A node, and a remote that answers what the node asks.
struct answering : eth_interview {
  explicit answering(std::uint64_t version = 69) : eth_interview(version) { greet(); }

  /// Asks; the remote answers with that content. Returns why the session has ended then.
  template <class Question, class Query>
  std::string end_by(const Query& query, std::uint64_t answer_code, const bytes& content) {
    caf::scoped_actor self{world.system()};
    [[maybe_unused]] auto pending = request_from(self, ready.front().handler, caf::infinite, query);
    world.run();
    auto asked = heard<Question>();
    BOOST_REQUIRE(asked.size() == 1u);
    send_encoded(answer_code, list_of({encoded(asked[0].id), content}));
    return end();
  }

  eth::wanted_bodies bodies(std::uint64_t first, std::uint64_t last) const {
    return {headers_of(served->blocks, first, last)};
  }

  eth::wanted_receipts receipts(std::uint64_t first, std::uint64_t last) const {
    return {headers_of(served->blocks, first, last)};
  }
};

} // namespace

// Transactions.

BOOST_AUTO_TEST_CASE(who_sends_junk_is_disconnected_and_nothing_is_kept) {
  for (const auto& junk : std::vector<bytes>{{0xc0}, {0x82, 0x7f, 0xc0}, {0x82, 2, 0xc0}}) {
    answering talk;
    talk.send_encoded(2, list_of({encoded(sample_transaction(1, 0)), junk}));
    BOOST_TEST(says(talk.end(), "a transaction that makes no sense"));
    BOOST_TEST(talk.subject.shared.pool.size() == 0u);
  }
}

BOOST_AUTO_TEST_CASE(one_remote_has_an_eighth_of_the_pool) {
  answering talk;
  const auto& pool = talk.subject.shared.pool;
  talk.send_encoded(2, transactions_of(0, 300));
  talk.send_encoded(2, transactions_of(200, 1'000));
  talk.send_encoded(2, transactions_of(1'200, 1'000));
  BOOST_TEST(pool.size() == 512u);
  BOOST_TEST(!talk.ended());
  // Nor is it asked for more.
  talk.send_encoded(8, announced(10));
  BOOST_TEST(talk.heard<eth::get_pooled_transactions>().empty());
  BOOST_TEST(eth::submit(talk.subject.shared, transaction_of(5'000)));
}

BOOST_AUTO_TEST_CASE(no_more_is_asked_for_than_it_may_send) {
  answering talk;
  talk.send_encoded(2, transactions_of(0, 200));
  talk.send_encoded(8, announced(4'096));
  talk.send_encoded(8, announced(4'096));
  std::size_t count = 0;
  for (const auto& one : talk.heard<eth::get_pooled_transactions>())
    count += one.hashes.size();
  BOOST_TEST(count == 312u);
}

BOOST_AUTO_TEST_CASE(nobody_is_told_of_what_a_remote_has_sent) {
  answering talk;
  talk.send_encoded(2, transactions_of(0, 3));
  const auto& shared = talk.subject.shared;
  BOOST_TEST(shared.pool.size() == 3u);
  BOOST_TEST(shared.pool.announcement().hashes.empty());
  // A transaction that is submitted here becomes ours, even if a remote has sent it before.
  BOOST_TEST(eth::submit(shared, transaction_of(1)));
  BOOST_TEST((shared.pool.announcement().hashes == std::vector{transaction_of(1).hash()}));
}

BOOST_AUTO_TEST_CASE(what_a_remote_has_sent_goes_with_it) {
  answering talk;
  talk.send_encoded(2, transactions_of(0, 3));
  const auto& shared = talk.subject.shared;
  BOOST_TEST(eth::submit(shared, transaction_of(7)));
  BOOST_TEST(shared.pool.size() == 4u);
  talk.remote.hang_up();
  talk.world.run();
  BOOST_TEST(shared.pool.size() == 1u);
  BOOST_TEST(shared.pool.has(transaction_of(7).hash()));
}

BOOST_AUTO_TEST_CASE(more_than_4096_announced_are_a_breach) {
  for (std::uint64_t version : {66, 67, 68, 69}) {
    auto announce = [&](answering& talk, std::size_t count) {
      talk.send_encoded(8, version < 68 ? encoded(numbered_hashes(count)) : announced(count));
    };
    answering talk{version};
    announce(talk, 4'096);
    BOOST_TEST(!talk.ended());
    announce(talk, 4'097);
    BOOST_TEST(says(talk.end(disconnect_reason::breach_of_protocol), "of more than 4096 "));
  }
}

BOOST_AUTO_TEST_CASE(sizes_without_hashes_are_not_read) {
  answering talk;
  talk.send_encoded(8, list_of({{0x80}, list_of(many, {1}), {0xc0}}));
  BOOST_TEST(says(talk.end(disconnect_reason::breach_of_protocol),
                  "sizes: a list of more than 4096 elements"));
}

BOOST_AUTO_TEST_CASE(too_many_transactions_are_not_read) {
  answering talk;
  talk.send_encoded(2, list_of(5'001, {0xc0}));
  BOOST_TEST(says(talk.end(), "too many transactions at once"));
}

// New blocks.

BOOST_AUTO_TEST_CASE(new_blocks_are_a_breach_since_69) {
  for (std::uint64_t code : {1, 7}) {
    answering talk;
    talk.send_encoded(code, bytes{0xc0});
    BOOST_TEST(says(talk.end(disconnect_reason::breach_of_protocol), "no such message"));
  }
}

BOOST_AUTO_TEST_CASE(new_blocks_are_a_breach_after_the_merge) {
  for (std::uint64_t code : {1, 7}) {
    auto genesis = sample_genesis().fields;
    genesis.difficulty = 0;
    eth::chain blocks{eth::seal(genesis)};
    eth::fork_schedule forks{blocks.genesis().hash, {}, {}, 0};
    eth_interview talk{68, share({1337, forks, std::move(blocks)})};
    talk.greet();
    talk.send_encoded(code, code == 1 ? bytes{0xc0} : bytes{0xc2, 0xc0, 0x80});
    BOOST_TEST(says(talk.end(disconnect_reason::breach_of_protocol), "after the merge"));
  }
}

BOOST_AUTO_TEST_CASE(before_it_they_are_not_read) {
  answering talk{68};
  talk.send_encoded(1, list_of(many, {1}));
  talk.send_encoded(7, list_of({list_of(many, {1}), {0x80}}));
  BOOST_TEST(!talk.ended());
}

// Answers.

BOOST_AUTO_TEST_CASE(more_items_than_were_asked_for_are_not_read) {
  const auto items = list_of(many, {0xc0});
  BOOST_TEST(says(answering{}.end_by<eth::get_block_headers>(
                    eth::wanted_headers{{std::uint64_t{1}, 5}}, 4, items),
                  "more headers than were asked for"));
  answering bodies;
  BOOST_TEST(says(bodies.end_by<eth::get_block_bodies>(bodies.bodies(1, 5), 6, items),
                  "more bodies than were asked for"));
  answering receipts;
  BOOST_TEST(says(receipts.end_by<eth::get_receipts>(receipts.receipts(1, 5), 16, items),
                  "more blocks' receipts than were asked for"));
  BOOST_TEST(says(answering{}.end_by<eth::get_pooled_transactions>(
                    eth::wanted_transactions{numbered_hashes(5)}, 10, items),
                  "more transactions than were asked for"));
}

BOOST_AUTO_TEST_CASE(no_more_than_1024_headers_are_asked_for) {
  answering talk;
  caf::scoped_actor self{talk.world.system()};
  [[maybe_unused]] auto pending = request_from(self, talk.ready.front().handler, caf::infinite,
                                               eth::wanted_headers{{std::uint64_t{1}, 1'000'000}});
  talk.world.run();
  BOOST_TEST(talk.heard<eth::get_block_headers>().at(0).query.limit == 1'024u);
}

BOOST_AUTO_TEST_CASE(a_body_has_no_more_transactions_than_gas) {
  for (std::size_t count : {std::size_t{13}, many}) {
    answering talk; // The blocks 1 to 3 have 6 transactions of 21,000 each.
    const auto body = list_of({list_of(count, {1}), {0xc0}});
    BOOST_TEST(says(talk.end_by<eth::get_block_bodies>(talk.bodies(1, 3), 6, list_of({body})),
                    "more transactions than its block can have"));
  }
}

BOOST_AUTO_TEST_CASE(a_body_has_no_more_than_2_ommers_and_256_withdrawals) {
  for (std::size_t count : {std::size_t{257}, many}) {
    answering ommers;
    auto body = list_of({{0xc0}, list_of(count, {1})});
    BOOST_TEST(says(ommers.end_by<eth::get_block_bodies>(ommers.bodies(1, 3), 6, list_of({body})),
                    "ommers: a list of more than 2 elements"));
    answering withdrawals;
    body = list_of({{0xc0}, {0xc0}, list_of(count, {1})});
    BOOST_TEST(
      says(withdrawals.end_by<eth::get_block_bodies>(withdrawals.bodies(1, 3), 6, list_of({body})),
           "withdrawals: a list of more than 256 elements"));
  }
}

BOOST_AUTO_TEST_CASE(receipts_have_no_more_logs_than_gas) {
  const auto log = encoded(eth::log{});
  for (std::size_t count : {std::size_t{673}, many / log.size()}) {
    answering talk; // 126,000 of gas, and half as much again that may have come back.
    const auto one = list_of({{2}, {1}, {1}, list_of(count, log)});
    BOOST_TEST(
      says(talk.end_by<eth::get_receipts>(talk.receipts(1, 3), 16, list_of({list_of({one})})),
           "a receipt makes no sense"));
  }
}

BOOST_AUTO_TEST_CASE(a_block_has_no_more_receipts_than_gas) {
  for (std::size_t count : {std::size_t{13}, many}) {
    answering talk;
    BOOST_TEST(
      says(talk.end_by<eth::get_receipts>(talk.receipts(1, 3), 16, list_of({list_of(count, {1})})),
           "more receipts than their blocks can have"));
  }
}

BOOST_AUTO_TEST_SUITE_END()
} // namespace devp2p::test
