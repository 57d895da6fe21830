// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/system_end.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <boost/test/unit_test.hpp>

#include <memory>
#include <optional>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(system_end_test)

namespace {

/// An actor system that can be ended.
struct ended_system {
  caf::actor_system_config config;
  std::optional<caf::actor_system> system{std::in_place, config};

  void end() { system.reset(); }
};

} // namespace

BOOST_AUTO_TEST_CASE(calls_each_function_once) {
  ended_system subject;
  int calls = 0;
  at_system_end first;
  at_system_end second;
  first.call(*subject.system, [&] { calls += 1; });
  second.call(*subject.system, [&] { calls += 10; });
  BOOST_TEST(calls == 0);
  subject.end();
  BOOST_TEST(calls == 11);
}

BOOST_AUTO_TEST_CASE(calls_no_function_of_an_owner_that_has_ended) {
  ended_system subject;
  int calls = 0;
  auto destroyed = std::make_unique<at_system_end>();
  at_system_end forgotten;
  at_system_end kept;
  destroyed->call(*subject.system, [&] { calls += 1; });
  forgotten.call(*subject.system, [&] { calls += 10; });
  kept.call(*subject.system, [&] { calls += 100; });
  destroyed = nullptr;
  forgotten.forget();
  subject.end();
  BOOST_TEST(calls == 100);
}

BOOST_AUTO_TEST_CASE(lets_a_function_end_other_owners) {
  ended_system subject;
  int calls = 0;
  at_system_end owners[3];
  for (auto& x : owners)
    x.call(*subject.system, [&] {
      ++calls;
      for (auto& y : owners)
        y.forget();
    });
  subject.end();
  BOOST_TEST(calls == 1);
}

BOOST_AUTO_TEST_CASE(tells_systems_apart) {
  ended_system subject;
  ended_system other;
  int calls = 0;
  at_system_end owner;
  owner.call(*subject.system, [&] { ++calls; });
  other.end();
  BOOST_TEST(calls == 0);
  subject.end();
  BOOST_TEST(calls == 1);
}

BOOST_AUTO_TEST_CASE(takes_a_new_system_at_the_same_address_for_another) {
  ended_system subject;
  at_system_end outlives;
  outlives.call(*subject.system, [] {});
  subject.end();
  subject.system.emplace(subject.config);
  int calls = 0;
  at_system_end owner;
  owner.call(*subject.system, [&] { ++calls; });
  BOOST_TEST(calls == 0);
  subject.end();
  BOOST_TEST(calls == 1);
}

BOOST_AUTO_TEST_SUITE_END()
} // namespace devp2p::test
