// SPDX-License-Identifier: BSL-1.0
#include "devp2p/kit/for_each_seed.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <numeric>
#include <stdexcept>
#include <string>
#include <unistd.h>
#include <vector>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(for_each_seed_test)

namespace {

/// The environment's seed while this lives.
struct chosen_seed {
  explicit chosen_seed(const char* text) { setenv("DEVP2P_SEED", text, 1); }
  ~chosen_seed() { unsetenv("DEVP2P_SEED"); }
  chosen_seed(const chosen_seed&) = delete;
  chosen_seed& operator=(const chosen_seed&) = delete;
};

/// Returns what `action` writes to the standard error.
template <class Action>
std::string error_output(Action action) {
  auto* file = std::tmpfile();
  BOOST_REQUIRE(file);
  auto before = dup(2);
  dup2(fileno(file), 2);
  action();
  std::fflush(stderr);
  dup2(before, 2);
  close(before);
  std::rewind(file);
  std::string out(1000, '\0');
  out.resize(std::fread(out.data(), 1, out.size(), file));
  std::fclose(file);
  return out;
}

} // namespace

BOOST_AUTO_TEST_CASE(tries_seeds_from_one_on) {
  std::vector<std::uint64_t> seen;
  auto all = kit::for_each_seed(4, [&](std::uint64_t seed) { seen.push_back(seed); });
  BOOST_TEST(all);
  const std::vector<std::uint64_t> expected{1, 2, 3, 4};
  BOOST_TEST(seen == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(stops_at_the_first_that_fails_and_says_how_to_try_it_alone) {
  auto tried = 0;
  auto result = true;
  auto told = error_output([&] {
    result = kit::for_each_seed(9, [&](std::uint64_t seed) { return ++tried, seed != 3; });
  });
  BOOST_TEST(!result);
  BOOST_TEST(tried == 3);
  BOOST_TEST(told.starts_with("seed 3 failed; to try it alone: DEVP2P_SEED=3 "), told);
  BOOST_TEST(told.find(boost::unit_test::framework::master_test_suite().argv[0]) != told.npos,
             told);
}

BOOST_AUTO_TEST_CASE(throws_on_what_a_trial_throws) {
  auto told = error_output([] {
    BOOST_CHECK_THROW(
      kit::for_each_seed(2, [](std::uint64_t) { throw std::runtime_error{"a failed check"}; }),
      std::runtime_error);
  });
  BOOST_TEST(told.starts_with("seed 1 failed"), told);
}

BOOST_AUTO_TEST_CASE(tries_the_chosen_seed_alone) {
  chosen_seed seed{"18446744073709551615"};
  std::vector<std::uint64_t> seen;
  kit::for_each_seed(4, [&](std::uint64_t x) { seen.push_back(x); });
  const std::vector<std::uint64_t> expected{18446744073709551615U};
  BOOST_TEST(seen == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(refuses_a_chosen_seed_that_is_no_number) {
  for (const auto* text : {"", "x", "3x", "-1", "18446744073709551616"}) {
    chosen_seed seed{text};
    BOOST_CHECK_THROW(kit::for_each_seed(1, [](std::uint64_t) {}), std::invalid_argument);
  }
}

BOOST_AUTO_TEST_SUITE_END()
} // namespace devp2p::test
