// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/block_cache.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(block_cache_test)

using net::block_cache;

BOOST_AUTO_TEST_CASE(a_block_cache_gives_a_block_again_to_who_asks_for_about_as_much) {
  block_cache subject;
  auto* block = subject.allocate(70'000);
  subject.deallocate(block, 70'000);
  BOOST_TEST(subject.kept() >= 70'000u);
  BOOST_TEST(subject.allocate(66'000) == block);
  BOOST_TEST(subject.kept() == 0u);
  subject.deallocate(block, 66'000);
}

BOOST_AUTO_TEST_CASE(a_block_of_a_cache_has_the_room_that_was_asked_for) {
  block_cache subject;
  for (auto size = block_cache::min_size - 2; size <= block_cache::max_kept + 2; size += size / 7) {
    for (auto asked : {size, size + 1}) {
      auto* block = static_cast<std::uint8_t*>(subject.allocate(asked));
      std::fill_n(block, asked, std::uint8_t{0xab});
      subject.deallocate(block, asked);
      BOOST_REQUIRE(subject.kept() <= block_cache::max_kept);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_block_cache_keeps_no_more_than_its_bound) {
  block_cache subject;
  std::vector<void*> blocks(100);
  for (auto& x : blocks)
    x = subject.allocate(100'000);
  for (auto* x : blocks)
    subject.deallocate(x, 100'000);
  BOOST_TEST(subject.kept() <= block_cache::max_kept);
  BOOST_TEST(subject.kept() > block_cache::max_kept - 2 * 100'000);
}

BOOST_AUTO_TEST_CASE(a_block_cache_leaves_small_and_very_large_blocks_to_others) {
  block_cache subject;
  for (auto size : {std::size_t{1}, block_cache::min_size - 1, block_cache::max_kept + 1})
    subject.deallocate(subject.allocate(size), size);
  BOOST_TEST(subject.kept() == 0u);
}

BOOST_AUTO_TEST_CASE(a_block_cache_makes_room_for_what_is_wanted_now) {
  block_cache subject;
  std::vector<void*> blocks(2000);
  for (auto& x : blocks)
    x = subject.allocate(5000);
  for (auto* x : blocks)
    subject.deallocate(x, 5000);
  for (std::size_t size : {70'000, 1'100'000}) {
    auto* block = subject.allocate(size);
    subject.deallocate(block, size);
    BOOST_TEST(subject.kept() <= block_cache::max_kept);
    BOOST_TEST(subject.allocate(size) == block);
    subject.deallocate(block, size);
  }
}

BOOST_AUTO_TEST_CASE(a_block_cache_gives_the_room_of_a_buffer_again) {
  block_cache subject;
  bytes buffer(100'000);
  auto room = buffer.capacity();
  subject.give_back(std::move(buffer));
  BOOST_TEST(subject.kept() == room);
  auto again = subject.take_buffer();
  BOOST_TEST(again.empty());
  BOOST_TEST(again.capacity() == room);
  BOOST_TEST(subject.take_buffer().capacity() == 0u);
  BOOST_TEST(subject.kept() == 0u);
}

BOOST_AUTO_TEST_CASE(a_block_cache_does_not_keep_a_very_large_buffer) {
  block_cache subject;
  subject.give_back(bytes(block_cache::max_kept / 2 + 1));
  BOOST_TEST(subject.take_buffer().capacity() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
