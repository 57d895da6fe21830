// SPDX-License-Identifier: BSL-1.0
#include "eth/chain.hpp"

#include "eth/body.hpp"

#include "sample_chain.hpp"

#include "devp2p/net/rlp/decode.hpp"

#include <limits>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(chain_test)

namespace {

constexpr auto most = std::numeric_limits<std::uint64_t>::max();

using numbers = std::vector<std::uint64_t>;

numbers numbers_of(const std::vector<rlp::raw>& headers) {
  numbers out;
  for (const auto& one : headers)
    out.push_back(eth::read_header(one)->fields.number);
  return out;
}

struct chain_of_twenty {
  eth::chain blocks = sample_chain(20);

  numbers asked(eth::origin first, std::uint64_t limit, std::uint64_t skip = 0,
                bool reverse = false) const {
    return numbers_of(blocks.headers({first, limit, skip, reverse}));
  }

  eth::hash hash_of(std::uint64_t number) const { return blocks.find(number)->hash; }

  std::vector<eth::hash> hashes(std::uint64_t first, std::uint64_t last) const {
    std::vector<eth::hash> out;
    for (const auto& one : headers_of(blocks, first, last))
      out.push_back(one.hash);
    return out;
  }
};

/// Returns the file of these blocks, and that of their receipts in the form of that version.
std::pair<bytes, bytes> files_of(const eth::chain& blocks, std::uint64_t version = 68) {
  std::pair<bytes, bytes> out;
  auto add = [](bytes& to, const blob& item) {
    to.insert(to.end(), item.view().begin(), item.view().end());
  };
  for (const auto& one : headers_of(blocks, 0, blocks.head().fields.number)) {
    auto body = *eth::read_body(blocks.bodies({one.hash}).at(0), 3);
    add(out.first,
        rlp::encode(eth::block{one.encoding, body.transactions, body.ommers, body.withdrawals}));
    add(out.second, rlp::encode(blocks.receipts({one.hash}, version).at(0)));
  }
  return out;
}

} // namespace

BOOST_FIXTURE_TEST_CASE(headers_begin_at_their_origin, chain_of_twenty) {
  BOOST_TEST(asked(std::uint64_t{3}, 4) == (numbers{3, 4, 5, 6}));
  BOOST_TEST(asked(hash_of(3), 4) == (numbers{3, 4, 5, 6}));
  BOOST_TEST(asked(std::uint64_t{3}, 4, 2) == (numbers{3, 6, 9, 12}));
  BOOST_TEST(asked(std::uint64_t{9}, 3, 0, true) == (numbers{9, 8, 7}));
  BOOST_TEST(asked(hash_of(9), 3, 1, true) == (numbers{9, 7, 5}));
}

BOOST_FIXTURE_TEST_CASE(headers_end_at_the_ends_of_the_chain, chain_of_twenty) {
  BOOST_TEST(asked(std::uint64_t{18}, 9) == (numbers{18, 19, 20}));
  BOOST_TEST(asked(std::uint64_t{16}, 9, 3) == (numbers{16, 20}));
  BOOST_TEST(asked(std::uint64_t{17}, 9, 3) == (numbers{17}));
  BOOST_TEST(asked(std::uint64_t{2}, 9, 0, true) == (numbers{2, 1, 0}));
  BOOST_TEST(asked(std::uint64_t{2}, 9, 1, true) == (numbers{2, 0}));
  BOOST_TEST(asked(std::uint64_t{3}, 9, 1, true) == (numbers{3, 1}));
  BOOST_TEST(asked(std::uint64_t{21}, 9) == numbers{});
  BOOST_TEST(asked(eth::hash{1}, 9) == numbers{});
  BOOST_TEST(asked(std::uint64_t{3}, 0) == numbers{});
}

BOOST_FIXTURE_TEST_CASE(the_largest_numbers_overflow_nothing, chain_of_twenty) {
  BOOST_TEST(asked(most, most, most) == numbers{});
  for (auto skip : {most, most - 1, most - 3, most - 4})
    for (auto reverse : {false, true}) {
      BOOST_TEST(asked(std::uint64_t{3}, most, skip, reverse) == (numbers{3}));
      BOOST_TEST(asked(std::uint64_t{0}, most, skip, reverse) == (numbers{0}));
      BOOST_TEST(asked(std::uint64_t{20}, most, skip, reverse) == (numbers{20}));
    }
  BOOST_TEST(asked(std::uint64_t{0}, most).size() == 21u);
}

BOOST_AUTO_TEST_CASE(an_answer_has_at_most_1024_headers) {
  auto blocks = sample_chain(1'030);
  BOOST_TEST(blocks.headers({std::uint64_t{0}, 2'000}).size() == 1'024u);
  std::vector<eth::hash> hashes;
  for (const auto& one : headers_of(blocks, 0, 1'030))
    hashes.push_back(one.hash);
  BOOST_TEST(blocks.bodies(hashes).size() == 1'024u);
  BOOST_TEST(blocks.receipts(hashes, 69).size() == 1'024u);
}

BOOST_AUTO_TEST_CASE(an_answer_ends_once_it_is_large_enough) {
  auto blocks = large_chain(5, 900'000);
  std::vector<eth::hash> hashes;
  for (const auto& one : headers_of(blocks, 1, 5))
    hashes.push_back(one.hash);
  BOOST_TEST(blocks.bodies(hashes).size() == 3u);  // The third passes the 2 MiB.
  BOOST_TEST(blocks.receipts(hashes, 69).empty()); // They are not known.
}

BOOST_FIXTURE_TEST_CASE(bodies_and_receipts_come_up_to_the_first_that_is_unknown, chain_of_twenty) {
  auto asked = hashes(3, 9);
  BOOST_TEST(blocks.bodies(asked).size() == 7u);
  BOOST_TEST(blocks.receipts(asked, 68).size() == 7u);
  asked[2] = {};
  BOOST_TEST(blocks.bodies(asked).size() == 2u);
  BOOST_TEST(blocks.receipts(asked, 68).size() == 2u);
  BOOST_TEST(blocks.bodies({}).empty());
}

BOOST_FIXTURE_TEST_CASE(bodies_of_empty_blocks_are_there, chain_of_twenty) {
  auto encoded = [&](std::uint64_t number) {
    return to_hex(blocks.bodies({hash_of(number)}).at(0).item.view());
  };
  BOOST_TEST(encoded(0) == "c2c0c0");
  BOOST_TEST(encoded(4) == "c2c0c0");
  BOOST_TEST(encoded(12).starts_with("dec0c0"));
}

BOOST_FIXTURE_TEST_CASE(the_difficulty_is_that_of_all_blocks, chain_of_twenty) {
  BOOST_TEST(to_string(blocks.total_difficulty()) == std::to_string(21 * 131'072));
  eth::header genesis;
  genesis.difficulty.big_endian.fill(0xff);
  genesis.difficulty.big_endian[0] = 0;
  eth::chain large{eth::seal(genesis)};
  eth::header next;
  next.parent = large.genesis().hash;
  next.number = 1;
  next.difficulty = 1;
  next.ommers = eth::roots_of(eth::block_body{}).ommers;
  next.transactions = *eth::roots_of(eth::block_body{}).transactions;
  BOOST_REQUIRE(!large.append({eth::seal(next).encoding}, std::nullopt));
  BOOST_TEST(to_hex(large.total_difficulty().big_endian) == "01" + std::string(62, '0'));
}

BOOST_FIXTURE_TEST_CASE(a_block_must_be_the_next_one_and_what_its_header_says, chain_of_twenty) {
  const auto next = sample_child(blocks.head());
  auto refused = [&](const sample_block& what) {
    auto copy = blocks;
    auto why = copy.append(what.block, what.receipts);
    BOOST_TEST((copy.head().hash == blocks.head().hash) == why.has_value());
    return why.value_or("");
  };
  BOOST_TEST(refused(next) == "");
  BOOST_TEST(refused(sample_child(blocks.genesis())) == "its parent is another");
  auto changed = next;
  changed.block.transactions.pop_back();
  BOOST_TEST(refused(changed) == "the roots in its header are not those of its body");
  changed = next;
  changed.block.withdrawals.reset();
  BOOST_TEST(refused(changed) == "the roots in its header are not those of its body");
  changed = next;
  changed.block.ommers.push_back(sample_genesis().encoding);
  BOOST_TEST(refused(changed) == "the roots in its header are not those of its body");
  changed = next;
  changed.block.transactions[0] = {blob{bytes{0x80}}};
  BOOST_TEST(refused(changed) == "the roots in its header are not those of its body");
  changed = next;
  changed.receipts[0].gas_used = 1;
  BOOST_TEST(refused(changed) == "the root in its header is not that of its receipts");
  changed = next;
  changed.block.header = {blob{bytes{0xc0}}};
  BOOST_TEST(refused(changed).starts_with("a header makes no sense: parent"));
}

BOOST_FIXTURE_TEST_CASE(a_chain_is_read_from_files, chain_of_twenty) {
  const auto [all, receipts] = files_of(blocks);
  auto read = taken(eth::read_chain(all, receipts));
  BOOST_TEST((read.head().hash == blocks.head().hash));
  BOOST_TEST((files_of(read, 69) == files_of(blocks, 69)));
  BOOST_TEST(taken(eth::read_chain(all, {})).receipts(hashes(3, 3), 68).empty());
}

BOOST_FIXTURE_TEST_CASE(a_file_that_is_damaged_is_refused, chain_of_twenty) {
  const auto [all, receipts] = files_of(blocks);
  auto why = [](const bytes& blocks, const bytes& receipts) {
    auto read = eth::read_chain(blocks, receipts);
    return read ? "" : read.error();
  };
  BOOST_TEST(why({}, {}).starts_with("block 0: "));
  // A chain without its first blocks: those that remain would be found by wrong numbers.
  auto second = rlp::encode(eth::block{.header = blocks.headers({std::uint64_t{7}, 1}).at(0)});
  BOOST_TEST(why({second.view().begin(), second.view().end()}, {}) ==
             "block 0: the first block is no genesis: its number is 7");
  // The last header may be any.
  for (std::size_t i = 0; i + 1'000 < all.size(); i += 97) {
    auto changed = all;
    changed[i] ^= 1;
    BOOST_TEST(why(changed, receipts) != "");
  }
  auto shorter = all;
  shorter.pop_back();
  BOOST_TEST(why(shorter, receipts).starts_with("block 20: "));
  auto fewer = receipts;
  fewer.resize(fewer.size() - 2); // The last block has none, which takes a byte.
  BOOST_TEST(why(all, fewer).starts_with("block 19: its receipts make no sense"));
}

BOOST_AUTO_TEST_SUITE_END()
} // namespace devp2p::test
