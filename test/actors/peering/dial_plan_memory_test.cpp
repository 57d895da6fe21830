// SPDX-License-Identifier: BSL-1.0
//
// A dial plan when memory runs out: what throws has changed nothing.
#include "../../failing_new.hpp"
#include "peering_fixture.hpp"

#include <functional>
#include <new>

namespace {

/// The number of allocations until the one that fails; 0 if none does.
std::size_t allocations_left = 0;

} // namespace

bool must_fail(std::size_t) {
  return allocations_left > 0 && --allocations_left == 0;
}

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(dial_plan_memory_test)

using namespace std::chrono_literals;

namespace {

using operation = std::function<void(planned&)>;

constexpr auto long_reason = "a reason that is too long for the place within the string itself";

/// A plan with a node in every state.
planned busy_plan() {
  planned out{{.peers = 8, .kept_for_inbound = 2, .max_candidates = 40, .max_of_source = 30}};
  for (int i = 1; i <= 30; ++i)
    out.offer(i, 1);
  for (int i = 31; i <= 40; ++i)
    out.offer(i, 2);
  out.plan.add_static(numbered_node(50), out.now);
  out.plan.trust(numbered_id(51), out.now);
  out.plan.ban(numbered_id(52), out.now + 1h, long_reason, out.now);
  auto dialled = out.dials();
  out.connect(dialled[0]);
  out.connect(dialled[1], true);
  out.fail(dialled[2], 1h, long_reason);
  out.fail(dialled[3]);
  out.now += 2min;
  return out;
}

/// Returns all that can be asked of the plan.
std::string answers(const planned& of) {
  std::string out;
  for (int i = 0; i < 110; ++i)
    out += of.text(i) + "\n";
  for (source_number source : {1, 2, 3})
    out += std::to_string(of.plan.candidates_of(source)) + "/" +
           std::to_string(of.plan.credit(source)) + "\n";
  const auto& slots = of.plan.slots();
  for (auto number : {slots.peers, slots.dialled, slots.dialling, slots.dialling_trusted})
    out += std::to_string(number) + " ";
  for (std::size_t i = 0; i < dial_refusals; ++i)
    out += std::to_string(of.plan.refusals().of(static_cast<dial_refusal>(i))) + " ";
  if (auto due = of.plan.when())
    out += std::to_string(due->time_since_epoch().count());
  return out;
}

/// Returns whether the operation has thrown when that allocation failed.
bool throws_at(std::size_t allocation, planned& of, const operation& f) {
  allocations_left = allocation;
  try {
    f(of);
    allocations_left = 0;
    return false;
  } catch (const std::bad_alloc&) {
    allocations_left = 0;
    return true;
  }
}

/// Fails each allocation of the operation in turn, and then lets it go on. Returns the number of
/// its allocations.
std::size_t check_all_or_nothing(const operation& f) {
  auto start = busy_plan();
  start.plan.unban(numbered_id(999), start.now);
  auto before = answers(start);
  auto done = start;
  f(done);
  for (std::size_t allocation = 1;; ++allocation) {
    BOOST_REQUIRE(allocation < 1000u);
    auto tried = start;
    if (!throws_at(allocation, tried, f))
      return allocation - 1;
    BOOST_TEST(answers(tried) == before);
    tried.random = start.random;
    f(tried);
    BOOST_TEST(answers(tried) == answers(done));
  }
}

} // namespace

BOOST_AUTO_TEST_CASE(an_offer_that_throws_has_changed_nothing) {
  BOOST_TEST(check_all_or_nothing([](planned& of) { of.offer(100, 3); }) > 0u);
  check_all_or_nothing([](planned& of) { of.offer(20, 2); });
  BOOST_TEST(check_all_or_nothing([](planned& of) {
               of.plan.offer(2, {numbered_node(20, "a.name.that.is.long.example.org")}, of.now);
             }) > 0u);
  check_all_or_nothing([](planned& of) { of.offer(100, 1); });
  check_all_or_nothing([](planned& of) { of.offer(51, 1); });
  check_all_or_nothing([](planned& of) { of.offer(52, 1); });
  check_all_or_nothing([](planned& of) { of.plan.offer(1, {numbered_node(100, "::")}, of.now); });
}

BOOST_AUTO_TEST_CASE(a_command_that_throws_has_changed_nothing) {
  for (int i : {2, 5, 20, 50, 52, 100}) {
    check_all_or_nothing([=](planned& of) { of.plan.add_static(numbered_node(i), of.now); });
    check_all_or_nothing([=](planned& of) { of.plan.trust(numbered_id(i), of.now); });
    check_all_or_nothing([=](planned& of) { of.plan.remove(numbered_id(i), of.now); });
    check_all_or_nothing(
      [=](planned& of) { of.plan.ban(numbered_id(i), of.now + 1h, long_reason, of.now); });
    check_all_or_nothing(
      [=](planned& of) { of.plan.delay(numbered_id(i), of.now + 1h, long_reason, of.now); });
  }
  check_all_or_nothing([](planned& of) { of.plan.distrust(numbered_id(51), of.now); });
  check_all_or_nothing([](planned& of) { of.plan.forget_source(2, of.now); });
  check_all_or_nothing([](planned& of) { of.plan.set_source(2, {.name = long_reason}); });
  check_all_or_nothing(
    [](planned& of) { of.plan.set_limits({.max_candidates = 10, .max_of_source = 5}); });
}

BOOST_AUTO_TEST_CASE(an_event_that_throws_has_changed_nothing) {
  for (int i : {1, 2, 3, 4, 5, 6, 20, 50, 51, 100}) {
    check_all_or_nothing([=](planned& of) { of.connect(i); });
    check_all_or_nothing([=](planned& of) { of.connect(i, true); });
    check_all_or_nothing([=](planned& of) { of.fail(i, 1h, long_reason); });
    check_all_or_nothing([=](planned& of) { of.drop(i, 1h, long_reason); });
    check_all_or_nothing(
      [=](planned& of) { of.plan.on_dialled(numbered_id(i), of.now, of.random); });
  }
}

BOOST_AUTO_TEST_CASE(a_dial_that_throws_has_changed_nothing) {
  BOOST_TEST(check_all_or_nothing([](planned& of) { of.plan.next(of.now, of.random); }) > 0u);
  check_all_or_nothing([](planned& of) { of.plan.churn(of.now, of.random); });
}

BOOST_AUTO_TEST_CASE(an_end_needs_no_memory) {
  auto of = busy_plan();
  for (int i : {1, 2, 3, 4, 5, 6})
    BOOST_TEST(!throws_at(1, of, [=](planned& x) {
      x.plan.on_failed(numbered_id(i), x.now, {}, x.now);
      x.plan.on_dropped(numbered_id(i), x.now, {}, x.now);
    }));
  BOOST_TEST(!throws_at(1, of, [](planned& x) { x.plan.set_own_link(false, x.now); }));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
