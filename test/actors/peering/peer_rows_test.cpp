// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/peering/bounded_table.hpp"
#include "devp2p/actors/peering/peer_rows.hpp"
#include "devp2p/actors/peering/unix_time.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <random>
#include <string>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(peer_rows_test)

BOOST_AUTO_TEST_CASE(a_bounded_table_keeps_the_rows_of_the_highest_ranks) {
  std::mt19937 random{1};
  for (std::size_t most : {0, 1, 5}) {
    bounded_table<int, std::string, int> subject{most};
    std::map<int, std::pair<int, std::string>> model;
    for (int i = 0; i < 5000; ++i) {
      auto key = static_cast<int>(random() % 12);
      auto rank = static_cast<int>(random() % 6);
      if (random() % 4 == 0) {
        BOOST_TEST(subject.erase(key) == (model.erase(key) > 0));
        continue;
      }
      auto row = std::to_string(i);
      auto gone = subject.put(key, row, rank);
      model[key] = {rank, row};
      std::optional<int> expected;
      if (model.size() > most) {
        auto lowest = std::ranges::min_element(model, {}, [](const auto& x) {
          return std::pair{x.second.first, x.first};
        });
        expected = lowest->first;
        model.erase(lowest);
      }
      BOOST_TEST((gone == expected));
      BOOST_TEST(subject.all().size() == model.size());
      for (const auto& [known, x] : model) {
        auto found = subject.all().find(known);
        BOOST_TEST_REQUIRE((found != subject.all().end()));
        BOOST_TEST(found->second.row == x.second);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(effects_tell_what_a_file_has_to_do) {
  peer_rows subject{{.scores = 1}};
  std::vector<store_change> effects;
  auto score = [](std::uint8_t id, std::int64_t when) {
    stored_score out;
    out.id.value[0] = id;
    out.changed = from_unix_time(when);
    return out;
  };
  subject.apply(score(1, 10), effects);
  BOOST_TEST(effects.size() == 1u);
  subject.apply(score(2, 9), effects); // Goes at once.
  BOOST_TEST(effects.size() == 1u);
  subject.apply(removed_score{score(2, 0).id}, effects);
  subject.apply(removed_ban{"none"}, effects);
  subject.apply(own_sequence{0}, effects);
  BOOST_TEST(effects.size() == 1u);
  subject.apply(score(3, 11), effects);
  BOOST_TEST_REQUIRE(effects.size() == 3u);
  BOOST_TEST((std::get<stored_score>(effects[1]) == score(3, 11)));
  BOOST_TEST((std::get<removed_score>(effects[2]).id == score(1, 0).id));
  BOOST_TEST(subject.as_changes().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_unix_time_comes_back) {
  using time_point = std::chrono::system_clock::time_point;
  for (std::int64_t x : {-1'000'000, -1, 0, 1, 1'800'000'000})
    BOOST_TEST(to_unix_time(from_unix_time(x)) == x);
  BOOST_TEST((from_unix_time(to_unix_time(time_point::max())) == time_point::max()));
  BOOST_TEST((from_unix_time(INT64_MAX) == time_point::max()));
  BOOST_TEST((from_unix_time(INT64_MIN) < time_point{}));
  BOOST_TEST((to_unix_time(from_unix_time(INT64_MIN)) < 0));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
