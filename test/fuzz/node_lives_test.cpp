// SPDX-License-Identifier: BSL-1.0
//
// Random lives, beside those that a fuzzer finds: many remotes act at random towards one node.
#include "node_life.hpp"

#include "../actors/live_memory.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(node_lives_test)

namespace {

/// Returns a random script of a remote's life. The sequence of `std::mt19937_64` is the same
/// everywhere.
bytes random_script(std::mt19937_64& random) {
  bytes out(random() % 400);
  for (auto& x : out)
    x = static_cast<std::uint8_t>(random());
  return out;
}

/// Plays one life. The memory that this function needs is free again when it returns.
void live_one(node_life& stage, std::mt19937_64& random, int number) {
  const auto input = random_script(random);
  script does{input};
  auto wrong = stage.live(does);
  stage.forget();
  BOOST_REQUIRE_MESSAGE(!wrong, "life " << number << ": " << *wrong << "; " << to_hex(input));
}

} // namespace

BOOST_AUTO_TEST_SUITE(node_lives)

BOOST_AUTO_TEST_CASE(leave_nothing_behind_and_disturb_nobody) {
  constexpr auto lives = 5'000;
  /// The number of lives after which all tables have their size.
  constexpr auto settled = 500;
  node_life stage;
  std::mt19937_64 random{1};
  std::size_t before = 0;
  for (auto life = 0; life < lives; ++life) {
    live_one(stage, random, life);
    if (life == settled)
      before = live_memory();
    if (life <= settled)
      continue;
    const auto allowed = before + life_tolerance;
    const auto now = live_memory();
    BOOST_REQUIRE_MESSAGE(now <= allowed,
                          "life " << life << " leaves " << now - before << " bytes");
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
