// SPDX-License-Identifier: BSL-1.0
#include "eth/transaction_pool.hpp"

#include "sample_chain.hpp"

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(transaction_pool_test)

namespace {

eth::transaction sample(std::uint64_t n, bool typed = false) {
  return *eth::transaction::read(sample_transaction(n, 0, typed));
}

/// Returns a transaction whose content has that size.
eth::transaction of_size(std::size_t size, std::uint8_t n) {
  const auto rest = sample_transaction(n, 0, false, bytes(100'000)).item.size() - 100'000;
  return *eth::transaction::read(sample_transaction(n, 0, false, bytes(size - rest)));
}

/// The session of a remote.
eth::transaction_pool::session_number remote(std::uint64_t n) {
  return n;
}

} // namespace

BOOST_AUTO_TEST_CASE(it_has_what_was_added_once) {
  eth::transaction_pool pool;
  BOOST_TEST(pool.add(sample(1)));
  BOOST_TEST(pool.add(sample(2, true)));
  BOOST_TEST(!pool.add(sample(1)));
  BOOST_TEST(pool.size() == 2u);
  BOOST_TEST(pool.has(sample(1).hash()));
  BOOST_TEST(!pool.has(sample(3).hash()));
}

BOOST_AUTO_TEST_CASE(those_that_are_asked_for_come_in_order_without_gaps) {
  eth::transaction_pool pool;
  for (std::uint64_t n : {1, 2, 3})
    pool.add(sample(n));
  auto found = pool.find({sample(3).hash(), sample(9).hash(), sample(1).hash()});
  BOOST_REQUIRE(found.size() == 2u);
  BOOST_TEST((found[0] == sample(3).encoding()));
  BOOST_TEST((found[1] == sample(1).encoding()));
}

BOOST_AUTO_TEST_CASE(an_answer_has_256_transactions_and_2_mib_at_most) {
  eth::transaction_pool pool;
  std::vector<eth::hash> hashes;
  for (std::uint64_t n = 0; n < 300; ++n) {
    pool.add(sample(n));
    hashes.push_back(sample(n).hash());
  }
  BOOST_TEST(pool.find(hashes).size() == 256u);
  hashes.clear();
  for (std::uint8_t n = 0; n < 40; ++n) {
    auto large = of_size(eth::transaction_pool::max_transaction_size, n);
    BOOST_TEST(pool.add(large));
    hashes.push_back(large.hash());
  }
  BOOST_TEST(pool.find(hashes).size() == 17u); // 16 are 2 MiB, which the last passes.
}

BOOST_AUTO_TEST_CASE(it_is_bounded_by_number_by_size_and_by_that_of_each) {
  eth::transaction_pool pool;
  BOOST_TEST(!pool.add(of_size(eth::transaction_pool::max_transaction_size + 1, 1)));
  for (std::uint64_t n = 0; n < 5'000; ++n)
    pool.add(sample(n));
  BOOST_TEST(pool.size() == eth::transaction_pool::max_transactions);
  eth::transaction_pool other;
  for (std::uint16_t n = 0; n < 300; ++n)
    other.add(of_size(eth::transaction_pool::max_transaction_size - (n & 1),
                      static_cast<std::uint8_t>(n / 2)));
  BOOST_TEST(other.size() == 256u);
}

BOOST_AUTO_TEST_CASE(others_are_told_types_sizes_and_hashes) {
  eth::transaction_pool pool;
  BOOST_TEST(pool.announcement().hashes.empty());
  pool.add(sample(7, true));
  auto news = pool.announcement();
  BOOST_TEST(news.types == bytes{2});
  const auto size = sample(7, true).content().size();
  BOOST_TEST(size == 36u); // The type, and a list of 34 bytes.
  BOOST_TEST((news.sizes == std::vector{std::uint64_t{size}}));
  BOOST_TEST((news.hashes == std::vector{sample(7, true).hash()}));
  BOOST_TEST((eth::announcement_of(sample(7)).hashes == std::vector{sample(7).hash()}));
}

BOOST_AUTO_TEST_CASE(a_remote_has_a_share_in_number_and_in_size) {
  eth::transaction_pool pool;
  BOOST_TEST(pool.room_for(remote(1)) == 512u);
  for (std::uint64_t n = 0; n < 600; ++n)
    BOOST_TEST(pool.add(sample(n), remote(1)) == (n < 512));
  BOOST_TEST(pool.room_for(remote(1)) == 0u);
  BOOST_TEST(pool.room_for(remote(2)) == 512u);
  for (std::uint8_t n = 0; n < 40; ++n)
    BOOST_TEST(pool.add(of_size(eth::transaction_pool::max_transaction_size, n), remote(2)) ==
               (n < 32));
  BOOST_TEST(pool.room_for(remote(2)) == 0u);
  BOOST_TEST(!pool.add(sample(700), remote(2)));
}

BOOST_AUTO_TEST_CASE(remotes_together_leave_a_share_for_our_own) {
  eth::transaction_pool pool;
  for (std::uint64_t n = 0; n < 5'000; ++n)
    pool.add(sample(n), remote(n / 512));
  BOOST_TEST(pool.size() == 7u * 512);
  BOOST_TEST(pool.room_for(remote(99)) == 0u);
  for (std::uint64_t n = 5'000; n < 6'000; ++n)
    BOOST_TEST(pool.add(sample(n)) == (n < 5'512));
  BOOST_TEST(pool.announcement().hashes.size() == 512u);
  pool.forget(remote(3));
  BOOST_TEST(pool.size() == 7u * 512);
  BOOST_TEST(pool.room_for(remote(99)) == 0u); // Our own have what would be theirs.
  pool.forget(remote(4));
  BOOST_TEST(pool.room_for(remote(99)) == 512u);
  BOOST_TEST(pool.room_for(remote(5)) == 0u);
}

BOOST_AUTO_TEST_CASE(one_session_at_a_time_asks_for_a_transaction) {
  eth::transaction_pool pool;
  const auto what = sample(1).hash();
  BOOST_TEST(pool.claim(what, remote(1)));
  BOOST_TEST(!pool.claim(what, remote(2)));
  pool.release({what}, remote(2)); // That is not its claim.
  BOOST_TEST(!pool.claim(what, remote(2)));
  pool.release({what, sample(2).hash()}, remote(1));
  BOOST_TEST(pool.claim(what, remote(2)));
  pool.forget(remote(1));
  BOOST_TEST(!pool.claim(what, remote(3)));
  pool.forget(remote(2));
  BOOST_TEST(pool.claim(what, remote(3)));
}

BOOST_AUTO_TEST_CASE(each_session_has_its_own_number) {
  eth::transaction_pool pool;
  const auto copy = pool;
  BOOST_TEST(pool.begin_session() != copy.begin_session());
}

BOOST_AUTO_TEST_CASE(what_is_our_own_is_no_longer_the_remotes) {
  eth::transaction_pool pool;
  BOOST_TEST(pool.add(sample(1), remote(1)));
  BOOST_TEST(!pool.add(sample(1), remote(2)));
  BOOST_TEST(pool.announcement().hashes.empty());
  BOOST_TEST(pool.room_for(remote(1)) == 511u);
  BOOST_TEST(pool.add(sample(1)));
  BOOST_TEST(!pool.add(sample(1)));
  BOOST_TEST(pool.room_for(remote(1)) == 512u);
  pool.forget(remote(1));
  BOOST_TEST((pool.announcement().hashes == std::vector{sample(1).hash()}));
}

BOOST_AUTO_TEST_SUITE_END()
} // namespace devp2p::test
