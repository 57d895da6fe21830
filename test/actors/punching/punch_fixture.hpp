// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "../two_nodes.hpp"

#include "devp2p/actors/punching/puncher.hpp"
#include "devp2p/actors/punching/rendezvous.hpp"
#include "devp2p/messages/caf.hpp"

#include <boost/test/unit_test.hpp>

#include <caf/event_based_actor.hpp>

namespace devp2p::test {

using namespace std::chrono_literals;

/// A rendezvous, two nodes that know it, and the holes that they have lost.
struct punch_fixture {
  struct side {
    std::string host;
    crypto::private_key key;
    puncher_actor handle;
    std::vector<hole_lost> lost;
  };

  const std::string middle_host = "203.0.113.1";
  const endpoint first{middle_host, 3478};
  const endpoint second{middle_host, 3479};
  kit::seeded_random random;
  // Declared before the world, because its actors write there.
  side one{"198.51.100.1", crypto::private_key::generate(random), {}, {}};
  side two{"198.51.100.2", crypto::private_key::generate(random), {}, {}};
  kit::world world;
  rendezvous_actor middle;

  explicit punch_fixture(std::optional<std::uint64_t> seed = std::nullopt,
                         caf::timespan latency = 20ms)
    : random(seed.value_or(7)),
      world(kit::world_options{.seed = seed}) {
    middle =
      world.adopt(spawn_rendezvous(world.system(), world.host(middle_host), {.random = &random}));
    auto listening = ask_middle();
    BOOST_REQUIRE(listening);
    for (auto* each : {&one, &two}) {
      each->handle = start(*each, {first, second});
      auto diary = [](hole_subscriber_actor::pointer,
                      std::vector<hole_lost>* out) -> hole_subscriber_actor::behavior_type {
        return {[=](const hole_lost& x) { out->push_back(x); }};
      };
      world.send(each->handle, subscribe_atom_v, world.spawn(diary, &each->lost));
    }
    set_everywhere({.latency = latency});
  }

  bool ask_middle() {
    caf::scoped_actor self{world.system()};
    auto handle = request_from(self, middle, caf::infinite, listen_atom_v, first, second);
    world.run();
    auto ok = false;
    std::move(handle).receive([&](const endpoint&, const endpoint&) { ok = true; },
                              [](caf::error&) {});
    return ok;
  }

  void set(const std::string& a, const std::string& b, const net::line_conditions& x) {
    world.network().set_conditions(a, b, x);
    world.network().set_conditions(b, a, x);
  }

  void set_everywhere(const net::line_conditions& x) {
    set(one.host, two.host, x);
    set(one.host, middle_host, x);
    set(two.host, middle_host, x);
  }

  /// Asks `from` for a way to `to`. The answer is written to `out`, which must outlive the world.
  template <class T, class Atom>
  void begin(const side& from, const node_id& to, answer<T>& out, Atom verb) {
    auto asker = [handle = from.handle, to, &out, verb](caf::event_based_actor* self) {
      request_from(self, handle, caf::infinite, verb, to)
        .then([&out](T& x) { out.value = std::move(x); },
              [&out](caf::error& x) { out.error = std::move(x); });
    };
    world.adopt(world.system().spawn(asker));
  }

  /// Asks `times` times in all, again without a pause whenever it is refused. The errors are
  /// written to `out`, which must outlive the world.
  template <class T, class Atom>
  void insist(const puncher_actor& whom, const node_id& to, unsigned times,
              std::vector<caf::error>& out, Atom verb) {
    auto asker = [=, &out](caf::event_based_actor* self) {
      ask_again<T>(self, whom, to, times, out, verb);
    };
    world.adopt(world.system().spawn(asker));
  }

  template <class T, class Atom>
  static void ask_again(caf::event_based_actor* self, puncher_actor whom, node_id to,
                        unsigned times, std::vector<caf::error>& out, Atom verb) {
    request_from(self, whom, caf::infinite, verb, to)
      .then([](T&) {},
            [=, &out](caf::error& x) {
              out.push_back(std::move(x));
              if (times > 1)
                ask_again<T>(self, whom, to, times - 1, out, verb);
            });
  }

  /// Starts a puncher of that side.
  puncher_actor start(const side& at, const nat::rendezvous_site& site,
                      const endpoint& local = {"0.0.0.0", 0},
                      std::chrono::nanoseconds patience = 10s) {
    puncher_config config{.key = at.key, .rendezvous = site, .local = local, .random = &random};
    config.settings.patience = patience;
    return world.adopt(spawn_puncher(world.system(), world.host(at.host), std::move(config)));
  }

  /// Has both sides ask at once, and runs the world until both have been answered.
  template <class T, class Atom>
  void meet(answer<T>& at_one, answer<T>& at_two, Atom verb) {
    at_one = {};
    at_two = {};
    begin(one, two.key.id(), at_one, verb);
    begin(two, one.key.id(), at_two, verb);
    auto known = [](const auto& x) { return x.value || x.error; };
    BOOST_REQUIRE(world.run_until([&] { return known(at_one) && known(at_two); }, 1min));
  }

  std::vector<node_id> holes(const side& at) {
    return *ask<std::vector<node_id>>(world, at.handle, info_atom_v).value;
  }
};

/// The answers to both sides. Declared before the fixture, because its actors write there.
template <class T>
struct outcomes {
  answer<T> at_one;
  answer<T> at_two;
};

} // namespace devp2p::test
