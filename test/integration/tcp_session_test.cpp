// SPDX-License-Identifier: BSL-1.0
//
// Nodes over loopback TCP, with real threads. The tests show what virtual time cannot: nodes start
// and end in any order, and no object remains or is used after the actor system has ended.
#include "devp2p/actors/node.hpp"
#include "devp2p/actors/system_config.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/net/asio/asio_network.hpp"

#include <boost/test/unit_test.hpp>

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>

#include <chrono>
#include <functional>
#include <future>
#include <optional>
#include <thread>
#include <vector>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(tcp_session_test)

namespace {

using namespace std::chrono_literals;

constexpr auto patience = 20s;

handler_actor::behavior_type echo(handler_actor::pointer self, const channel& link) {
  return {[=](const packet& x) { link.send(self, x); }};
}

/// Sends a first message, and returns each answer.
handler_actor::behavior_type player(handler_actor::pointer self, const channel& link) {
  link.send(self, {0, blob{bytes(1000, 0xaa)}});
  return {[=](const packet& x) { link.send(self, x); }};
}

/// Nodes that play ping-pong with a hub, in an actor system of their own.
struct tcp_fixture {
  explicit tcp_fixture(std::size_t loops, bool pinned = false) : network(loops), pinned(pinned) {}

  node_actor start(handler_factory handler) {
    node_config setup{crypto::private_key::generate()};
    setup.protocols = {{.name = "game", .version = 1, .length = 1, .spawn = std::move(handler)}};
    setup.limits.dial_ratio = 0;
    return spawn_node(system, network, std::move(setup));
  }

  template <class T, class... Args>
  std::optional<T> ask(const node_actor& who, const Args&... args) {
    std::optional<T> out;
    caf::scoped_actor self{system};
    request_from(self, who, patience, args...)
      .receive([&](T& x) { out = std::move(x); },
               [](const caf::error& why) { BOOST_ERROR(describe(why)); });
    return out;
  }

  /// Waits until `who` has `count` peers; returns false if it takes longer than `patience`.
  bool has_peers(const node_actor& who, std::uint64_t count) {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < until)
      if (auto info = ask<node_info>(who, info_atom_v); info && info->peers == count)
        return true;
    return false;
  }

  void meet(std::size_t count) {
    hub = start(pinned ? handled_by(echo) : handled_on_scheduler_by(echo));
    auto url = ask<enode>(hub, listen_atom_v, endpoint{"127.0.0.1", 0});
    BOOST_REQUIRE(url);
    for (std::size_t i = 0; i < count; ++i) {
      others.push_back(start(pinned ? handled_by(player) : handled_on_scheduler_by(player)));
      BOOST_REQUIRE(ask<peer_info>(others.back(), dial_atom_v, *url));
    }
    BOOST_TEST(has_peers(hub, count));
  }

  net::asio_network network;
  /// Set if handlers live on loops.
  const bool pinned;
  system_config settings;
  caf::actor_system system{settings};
  node_actor hub;
  std::vector<node_actor> others;
};

void end(const node_actor& who, caf::exit_reason why) {
  caf::anon_send_exit(who, why);
}

/// Starts nodes and ends them after `go`. The end of the actor system waits for every actor, so a
/// return is a success.
void come_and_go(const std::function<void(tcp_fixture&)>& go) {
  for (int round = 0; round < 20; ++round) {
    tcp_fixture fixture{round % 2 == 0 ? 1u : 2u, round % 4 < 2};
    fixture.meet(4);
    go(fixture);
    end(fixture.hub, caf::exit_reason::user_shutdown);
    for (const auto& x : fixture.others)
      end(x, caf::exit_reason::user_shutdown);
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(nodes_over_tcp)

BOOST_AUTO_TEST_CASE(end_together) {
  come_and_go([](tcp_fixture&) {});
}

BOOST_AUTO_TEST_CASE(see_each_other_leave) {
  come_and_go([](tcp_fixture& x) {
    end(x.others[0], caf::exit_reason::user_shutdown);
    BOOST_TEST(x.has_peers(x.hub, 3));
    end(x.hub, caf::exit_reason::user_shutdown);
    for (std::size_t i = 1; i < x.others.size(); ++i)
      BOOST_TEST(x.has_peers(x.others[i], 0));
  });
}

BOOST_AUTO_TEST_CASE(survive_one_that_is_killed) {
  come_and_go([](tcp_fixture& x) {
    end(x.others[0], caf::exit_reason::kill);
    BOOST_TEST(x.has_peers(x.hub, 3));
  });
}

BOOST_AUTO_TEST_CASE(are_killed_all_at_once) {
  come_and_go([](tcp_fixture& x) {
    end(x.hub, caf::exit_reason::kill);
    for (const auto& other : x.others)
      end(other, caf::exit_reason::kill);
  });
}

BOOST_AUTO_TEST_CASE(have_handlers_on_the_loop_if_they_are_told_to) {
  std::promise<std::thread::id> spawned;
  std::promise<std::thread::id> handled;
  tcp_fixture fixture{2};
  auto tell = [&](handler_actor::pointer, const channel&) -> handler_actor::behavior_type {
    return {[&](const packet&) { handled.set_value(std::this_thread::get_id()); }};
  };
  auto spawn = [&](caf::actor_system& system, const channel& link) {
    spawned.set_value(std::this_thread::get_id());
    return handled_by(tell)(system, link);
  };
  auto once = [](handler_actor::pointer self, const channel& link) -> handler_actor::behavior_type {
    link.send(self, {0, {}});
    return {[](const packet&) {}};
  };
  auto one = fixture.start(spawn);
  auto other = fixture.start(handled_by(once));
  auto url = fixture.ask<enode>(one, listen_atom_v, endpoint{"127.0.0.1", 0});
  BOOST_REQUIRE((url && fixture.ask<peer_info>(other, dial_atom_v, *url)));
  auto where = handled.get_future();
  BOOST_REQUIRE((where.wait_for(patience) == std::future_status::ready));
  BOOST_TEST((where.get() == spawned.get_future().get()));
  end(one, caf::exit_reason::user_shutdown);
  end(other, caf::exit_reason::user_shutdown);
}

BOOST_AUTO_TEST_CASE(have_no_slow_handler_on_the_loop_for_long) {
  constexpr int messages = 20;
  std::promise<std::thread::id> first;
  std::promise<std::thread::id> last;
  tcp_fixture fixture{1};
  int count = 0; // Two messages are never handled at once.
  auto dawdle = [&](handler_actor::pointer, const channel&) -> handler_actor::behavior_type {
    return {[&](const packet&) {
      const auto until = std::chrono::steady_clock::now() + 2ms;
      while (std::chrono::steady_clock::now() < until)
        continue;
      if (++count == 1)
        first.set_value(std::this_thread::get_id());
      else if (count == messages)
        last.set_value(std::this_thread::get_id());
    }};
  };
  auto hurry = [](handler_actor::pointer self,
                  const channel& link) -> handler_actor::behavior_type {
    link.send_all(self, std::vector(messages, packet{}));
    return {[](const packet&) {}};
  };
  auto one = fixture.start(handled_by(dawdle));
  auto other = fixture.start(handled_by(hurry));
  auto url = fixture.ask<enode>(one, listen_atom_v, endpoint{"127.0.0.1", 0});
  BOOST_REQUIRE((url && fixture.ask<peer_info>(other, dial_atom_v, *url)));
  auto where = last.get_future();
  BOOST_REQUIRE((where.wait_for(patience) == std::future_status::ready));
  BOOST_TEST((where.get() != first.get_future().get()));
  end(one, caf::exit_reason::user_shutdown);
  end(other, caf::exit_reason::user_shutdown);
}

BOOST_AUTO_TEST_CASE(come_back_after_they_were_disconnected) {
  tcp_fixture fixture{2};
  fixture.meet(1);
  auto hub = fixture.ask<node_info>(fixture.hub, info_atom_v);
  BOOST_REQUIRE(hub);
  for (int round = 0; round < 20; ++round) {
    caf::scoped_actor self{fixture.system};
    request_from(self, fixture.others[0], patience, close_atom_v, hub->id,
                 disconnect_reason::requested)
      .receive([] {}, [](const caf::error& why) { BOOST_ERROR(describe(why)); });
    BOOST_TEST(fixture.has_peers(fixture.hub, 0));
    BOOST_REQUIRE(fixture.ask<peer_info>(fixture.others[0], dial_atom_v, hub->listening.at(0)));
    BOOST_TEST(fixture.has_peers(fixture.hub, 1));
  }
  end(fixture.hub, caf::exit_reason::user_shutdown);
  end(fixture.others[0], caf::exit_reason::user_shutdown);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
