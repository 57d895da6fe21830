// SPDX-License-Identifier: BSL-1.0
//
// Every fault in every phase of a session, under many seeds: the invariants hold.
//
//     trials -- seeds=FIRST:LAST [least=N]   all, with each of these seeds
//     trials -- trial=FAULT/PHASE/N/SEED     one again, as it was printed
#include "crash_note.hpp"
#include "trial.hpp"

#include <boost/test/unit_test.hpp>

#include <iostream>

namespace devp2p::trials {
namespace {

/// Returns the value of the argument `name=value` after `--`.
std::optional<std::string> argument(const std::string& name) {
  const auto& suite = boost::unit_test::framework::master_test_suite();
  for (int i = 1; i < suite.argc; ++i)
    if (std::string text = suite.argv[i]; text.starts_with(name + '='))
      return text.substr(name.size() + 1);
  return std::nullopt;
}

/// Returns the command that runs the trial again.
std::string replay(const trial& what) {
  std::string program = boost::unit_test::framework::master_test_suite().argv[0];
  return "replay: " + program + " -- 'trial=" + to_string(what) + "'\n";
}

outcome run_and_check(const trial& what) {
  set_crash_note(replay(what));
  outcome found;
  try {
    found = run(what);
  } catch (const std::exception& e) {
    found.violations.push_back(std::string{"it threw: "} + e.what());
  }
  set_crash_note({});
  for (const auto& x : found.violations)
    BOOST_ERROR(to_string(what) << ": " << x << '\n' << replay(what));
  return found;
}

std::pair<std::uint64_t, std::uint64_t> seeds() {
  auto text = argument("seeds").value_or("1:2");
  auto colon = text.find(':');
  BOOST_REQUIRE_MESSAGE(colon != text.npos, "seeds=FIRST:LAST");
  return {std::stoull(text.substr(0, colon)), std::stoull(text.substr(colon + 1))};
}

} // namespace

BOOST_AUTO_TEST_CASE(what_must_always_hold_does_whatever_goes_wrong) {
  if (auto text = argument("trial")) {
    auto one = parse_trial(*text);
    BOOST_REQUIRE_MESSAGE(one, "no such trial: " << *text);
    auto found = run_and_check(*one);
    std::cout << to_string(*one) << ": trace " << std::hex << found.trace_hash << std::dec << '\n';
    return;
  }
  auto [first, last] = seeds();
  std::size_t count = 0;
  for (auto seed = first; seed <= last; ++seed)
    for (const auto& x : all_with(seed)) {
      run_and_check(x);
      ++count;
    }
  std::cout << count << " trials\n";
  BOOST_TEST(count >= std::stoull(argument("least").value_or("1")));
}

BOOST_AUTO_TEST_CASE(the_same_seed_is_the_same_run_and_another_schedule_another) {
  if (argument("trial"))
    return;
  auto all = all_with(seeds().first);
  for (std::size_t i = 0; i < all.size(); i += 7)
    BOOST_TEST_CONTEXT(to_string(all[i])) {
      auto hash = run_and_check(all[i]).trace_hash;
      BOOST_TEST(run_and_check(all[i]).trace_hash == hash);
      // The keys and the latencies stay the same.
      all[i].schedule = 1000;
      BOOST_TEST(run_and_check(all[i]).trace_hash != hash);
    }
}

} // namespace devp2p::trials
