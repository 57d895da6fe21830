// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "two_nodes.hpp"

#include "devp2p/actors/supervisor.hpp"
#include "devp2p/kit/raw_remote.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>

namespace devp2p::test {

inline handler_factory ignore() {
  auto behavior = [](handler_actor::pointer, const channel&) {
    return handler_actor::behavior_type{[](const packet&) {}};
  };
  return handled_by(behavior);
}

inline std::vector<protocol> test_protocol() {
  return {make_protocol("test", 1, 8, ignore())};
}

/// One node that listens, and others that meet it.
struct node_fixture {
  kit::seeded_random random{5};
  kit::world world;
  test_node subject;

  explicit node_fixture(const settings& limits = {})
    : subject(world, "10.0.0.1", random, test_protocol(), limits) {
    BOOST_REQUIRE(ask<enode>(world, subject.handle, listen_atom_v, subject.url.address).value);
  }

  std::unique_ptr<test_node> another(int n) {
    return std::make_unique<test_node>(world, "10.0.1." + std::to_string(n), random,
                                       test_protocol());
  }

  std::unique_ptr<kit::raw_remote> stranger(int n) {
    return std::make_unique<kit::raw_remote>(world, "10.0.2." + std::to_string(n), random);
  }

  answer<peer_info> dial(const test_node& from, const enode& to) {
    return ask<peer_info>(world, from.handle, dial_atom_v, to);
  }

  /// Returns the supervisor that has something to do next. Runs the world until there is one.
  caf::actor next_supervisor() {
    auto& scheduler = dynamic_cast<caf::scheduler::test_coordinator&>(world.system().scheduler());
    for (;;) {
      if (scheduler.has_job())
        if (auto* found = dynamic_cast<supervisor*>(&scheduler.next_job<caf::resumable>()))
          return caf::actor_cast<caf::actor>(found);
      BOOST_REQUIRE(world.run_one());
    }
  }

  /// Returns the supervisor whose deadline passes next. The deadline has passed, and the supervisor
  /// has not handled it yet.
  caf::actor supervisor_at_its_deadline() {
    auto& scheduler = dynamic_cast<caf::scheduler::test_coordinator&>(world.system().scheduler());
    while (!scheduler.has_job())
      BOOST_REQUIRE(
        dynamic_cast<caf::detail::test_actor_clock&>(scheduler.clock()).trigger_timeout());
    return next_supervisor();
  }

  node_info info() { return ask<node_info>(world, subject.handle, info_atom_v).value.value(); }
};

} // namespace devp2p::test
