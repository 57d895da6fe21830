// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/caf.hpp"
#include "devp2p/simulator/player.hpp"
#include "devp2p/simulator/shard_group.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/all.hpp>

#include <chrono>
#include <set>
#include <utility>
#include <vector>

namespace devp2p::test {

/// The time for which parts are waited for.
constexpr caf::timespan patience = std::chrono::seconds{60};

/// The outcome of a run.
struct outcome {
  std::uint64_t hash = 0;
  std::size_t linked = 0;
  caf::timespan now{0};
  simulator::simulation_traffic traffic = {};
  std::set<std::pair<std::size_t, std::size_t>> stalled = {};
  std::vector<simulator::event> events = {};

  void look_at(simulator::run& run) {
    hash = run.hash();
    linked = run.linked();
    now = run.now();
    traffic = run.traffic();
    stalled = run.details().stalled;
  }

  auto adder() {
    return [this](const simulator::event& x) { events.push_back(x); };
  }
};

inline outcome whole(const simulator::scenario& what, caf::timespan slice) {
  outcome out;
  simulator::player run{what, out.adder()};
  while (!run.done())
    run.run_for(slice);
  out.look_at(run);
  return out;
}

/// An actor system in which parts are run.
struct house {
  struct config : caf::actor_system_config {
    config() { add_types(*this); }
  };

  caf::actor spawn_shard(const simulator::scenario& what, std::uint64_t index,
                         const simulator::shard_group& group) {
    return caf::actor_cast<caf::actor>(
      system.spawn<simulator::shard, caf::detached>(what, index, group.door()));
  }

  config settings;
  caf::actor_system system{settings};
};

inline outcome in_parts(const simulator::scenario& what, std::size_t count) {
  house here;
  outcome out;
  simulator::shard_group run{here.system, what, count, out.adder()};
  for (std::size_t i = 0; i < count; ++i)
    here.spawn_shard(what, i, run);
  if (auto wrong = run.gather(patience))
    BOOST_FAIL(*wrong);
  while (!run.done())
    if (auto wrong = run.go_on({}))
      BOOST_FAIL(*wrong);
  out.look_at(run);
  return out;
}

} // namespace devp2p::test
