// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/peering/dial_delays.hpp"
#include "devp2p/actors/peering/dial_slots.hpp"
#include "devp2p/actors/peering/indexed_heap.hpp"
#include "devp2p/actors/peering/random_pool.hpp"
#include "devp2p/net/sim/seeded_rng.hpp"

#include "peering_fixture.hpp"

#include <map>
#include <set>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(dial_tables_test)

using namespace std::chrono_literals;

BOOST_AUTO_TEST_CASE(a_heap_gives_the_smallest_key_whatever_was_removed) {
  net::seeded_rng random{7};
  indexed_heap<std::uint64_t> heap;
  heap_positions at(100, indexed_heap<std::uint64_t>::nowhere);
  heap.reserve(100);
  std::map<std::uint64_t, std::uint32_t> model;
  std::map<std::uint32_t, std::uint64_t> keys;
  for (std::uint64_t step = 0; step < 20'000; ++step) {
    auto which = static_cast<std::uint32_t>(random.below(100));
    if (auto found = keys.find(which); found != keys.end()) {
      heap.remove(at, which);
      model.erase(found->second);
      keys.erase(found);
    } else {
      auto key = random.below(1000) * 100'000 + step;
      heap.add(at, which, key);
      model.emplace(key, which);
      keys.emplace(which, key);
    }
    BOOST_REQUIRE(heap.size() == model.size());
    if (!model.empty())
      BOOST_REQUIRE((heap.front() == std::pair<std::uint64_t, std::uint32_t>{*model.begin()}));
  }
}

BOOST_AUTO_TEST_CASE(a_pool_gives_each_item_as_often_as_the_others) {
  kit::seeded_random random{3};
  random_pool pool;
  heap_positions at(10, indexed_heap<int>::nowhere);
  for (std::uint32_t i = 0; i < 10; ++i)
    pool.add(at, i);
  pool.remove(at, 4);
  pool.remove(at, 9);
  std::map<std::uint32_t, int> drawn;
  for (int i = 0; i < 8000; ++i)
    ++drawn[pool.any(random)];
  BOOST_TEST(drawn.size() == 8u);
  for (auto [item, times] : drawn)
    BOOST_TEST((times > 850 && times < 1150));
}

BOOST_AUTO_TEST_CASE(a_copy_has_as_much_room) {
  slab<int> numbers;
  for (int i = 0; i < 100; ++i) {
    numbers.prepare();
    numbers.add(i);
  }
  roomy_vector<int> full;
  full.make_room(50);
  full.push_back(1);
  auto copy = full;
  BOOST_TEST(copy.capacity() >= 50u);
  BOOST_TEST(copy.size() == 1u);
  full = copy;
  BOOST_TEST(full.capacity() >= 50u);
}

BOOST_AUTO_TEST_CASE(a_slab_uses_numbers_again) {
  slab<int> numbers;
  for (int i = 0; i < 3; ++i) {
    BOOST_TEST(numbers.prepare() == static_cast<std::uint32_t>(i));
    numbers.add(i);
  }
  numbers.remove(1);
  BOOST_TEST(numbers.prepare() == 1u);
  BOOST_TEST(numbers.add(9) == 1u);
  BOOST_TEST(numbers[1] == 9);
  BOOST_TEST(numbers.end() == 3u);
}

BOOST_AUTO_TEST_CASE(a_delay_is_found_until_it_ends) {
  dial_delays delays{10};
  dial_delays::time_point now{1h};
  delays.put(numbered_id(1), {now + 10s, now, dial_refusal::banned, "spam"});
  BOOST_TEST(delays.find(numbered_id(1), now + 9s)->why == "spam");
  BOOST_TEST(delays.find(numbered_id(1), now + 10s) == nullptr);
  BOOST_TEST(delays.find(numbered_id(2), now) == nullptr);
  delays.put(numbered_id(1), {now + 20s, now, dial_refusal::banned, "again"});
  BOOST_TEST(delays.size() == 1u);
  BOOST_TEST(delays.find(numbered_id(1), now + 15s)->why == "again");
  BOOST_TEST(delays.take(numbered_id(1))->why == "again");
  BOOST_TEST(delays.size() == 0u);
}

BOOST_AUTO_TEST_CASE(the_delay_that_ends_first_makes_room) {
  dial_delays delays{100};
  dial_delays::time_point now{1h};
  for (int i = 0; i < 1000; ++i)
    delays.put(numbered_id(i), {now + std::chrono::seconds{i * 7919 % 1000 + 1}, now, {}, {}});
  BOOST_TEST(delays.size() == 100u);
  for (int i = 0; i < 1000; ++i)
    BOOST_TEST((delays.find(numbered_id(i), now) != nullptr) == (i * 7919 % 1000 >= 900));
}

BOOST_AUTO_TEST_CASE(each_free_place_allows_two_dials) {
  dial_limits limits{.peers = 10, .kept_for_inbound = 6, .max_dialling = 5};
  dial_slots slots;
  BOOST_TEST(slots.free(limits) == 4u);
  BOOST_TEST(slots.open(limits) == 5u);
  slots = {.peers = 3, .dialled = 3};
  BOOST_TEST(slots.open(limits) == 2u);
  slots.dialling = 2;
  BOOST_TEST(slots.open(limits) == 0u);
  BOOST_TEST(slots.open_trusted(limits) == 3u);
  // Trusted dials leave fewer of those that are allowed at once.
  slots = {.dialling = 1, .dialling_trusted = 4};
  BOOST_TEST(slots.open(limits) == 0u);
  BOOST_TEST(slots.open_trusted(limits) == 0u);
}

BOOST_AUTO_TEST_CASE(inbound_peers_beyond_their_places_leave_fewer_to_dials) {
  dial_limits limits{.peers = 10, .kept_for_inbound = 6};
  BOOST_TEST((dial_slots{.peers = 6}).free(limits) == 4u);
  BOOST_TEST((dial_slots{.peers = 9}).free(limits) == 1u);
  BOOST_TEST((dial_slots{.peers = 12}).free(limits) == 0u);
}

BOOST_AUTO_TEST_CASE(limits_below_what_there_is_leave_nothing) {
  dial_slots slots{.peers = 20, .dialled = 20, .dialling = 9};
  BOOST_TEST(slots.open({.peers = 0}) == 0u);
  BOOST_TEST(slots.open({.peers = 10, .kept_for_inbound = 20, .max_dialling = 1}) == 0u);
}

BOOST_AUTO_TEST_CASE(each_reason_has_a_name_words_and_what_is_needed) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < dial_refusals; ++i) {
    auto reason = static_cast<dial_refusal>(i);
    names.insert(name_of(reason));
    BOOST_TEST(!to_string(reason).empty());
    BOOST_TEST(!needed_after(reason).empty());
  }
  BOOST_TEST(names.size() == dial_refusals);
  BOOST_TEST(name_of(dial_refusal::connected) == "connected");
  BOOST_TEST(name_of(dial_refusal::waiting_turn) == "waiting_turn");
  BOOST_TEST(name_of(dial_refusal::too_many_kept) == "too_many_kept");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
