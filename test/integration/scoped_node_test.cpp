// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/scoped_node.hpp"
#include "devp2p/actors/system_config.hpp"
#include "devp2p/net/asio/asio_network.hpp"

#include <boost/test/unit_test.hpp>

#include <caf/all.hpp>

#include <atomic>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(scoped_node_test)

namespace {

/// Two nodes in one process, the first of which listens.
struct pair_of_nodes {
  net::asio_network network;
  system_config config;
  caf::actor_system system{config};
  std::optional<scoped_node> first;
  std::optional<scoped_node> second;
  enode url;

  pair_of_nodes() {
    first.emplace(system, network, node_config{crypto::private_key::generate()});
    second.emplace(system, network, node_config{crypto::private_key::generate()});
    auto at = first->listen({"127.0.0.1", 0});
    BOOST_REQUIRE(at);
    url = *at;
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(answers_come_as_values, pair_of_nodes) {
  auto session = second->dial(url);
  BOOST_REQUIRE(session);
  BOOST_TEST((session->id == url.id));
  auto peers = second->peers();
  BOOST_REQUIRE(peers.size() == 1u);
  BOOST_TEST((peers.front().id == url.id));
  auto itself = first->info();
  BOOST_REQUIRE(itself);
  BOOST_TEST((itself->id == url.id));
  BOOST_TEST(static_cast<bool>(second->close(url.id, disconnect_reason::requested)));
  BOOST_TEST(second->peers().empty());
}

BOOST_FIXTURE_TEST_CASE(so_do_errors, pair_of_nodes) {
  auto nowhere = first->listen({"192.0.2.1", 1});
  BOOST_REQUIRE(!nowhere);
  BOOST_TEST((nowhere.error() == errc::address_not_available), describe(nowhere.error()));
  auto myself = first->dial(url);
  BOOST_REQUIRE(!myself);
  BOOST_TEST((myself.error() == errc::connected_to_self));
  BOOST_TEST(!second->close(url.id, disconnect_reason::requested));
}

BOOST_FIXTURE_TEST_CASE(the_end_of_the_scope_tells_remotes_goodbye, pair_of_nodes) {
  std::optional<session_end> here;
  std::promise<session_end> there;
  first->subscribe([&](const peer_dropped& x) { there.set_value(x.end); });
  second->subscribe([&](const peer_dropped& x) { here = x.end; });
  BOOST_REQUIRE(second->dial(url));
  second.reset();
  // The last event has come, and no other will.
  BOOST_REQUIRE(here);
  BOOST_TEST((here->reason == disconnect_reason::client_quitting));
  auto told = there.get_future().get();
  BOOST_TEST((told.reason == disconnect_reason::client_quitting));
  BOOST_TEST(told.remote_requested);
}

BOOST_FIXTURE_TEST_CASE(a_node_that_has_ended_before_is_not_waited_for, pair_of_nodes) {
  auto ended = std::make_shared<std::promise<void>>();
  first->handle()->attach_functor([=](const caf::error&) { ended->set_value(); });
  caf::anon_send_exit(first->handle(), caf::exit_reason::kill);
  ended->get_future().wait();
  BOOST_TEST(!first->info());
  BOOST_TEST(first->peers().empty());
  first.reset();
}

BOOST_FIXTURE_TEST_CASE(its_ports_have_subscribers_of_their_own, pair_of_nodes) {
  first->subscribe<mapping_subscriber_actor>([](const port_mapped&) {});
  BOOST_TEST(static_cast<bool>(first->info()));
}

BOOST_FIXTURE_TEST_CASE(threads_may_subscribe_at_once, pair_of_nodes) {
  std::atomic<int> seen = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int j = 0; j < 50; ++j)
        first->subscribe([&](const peer_added&) { ++seen; });
    });
  for (auto& x : threads)
    x.join();
  BOOST_REQUIRE(second->dial(url));
  while (first->peers().empty())
    std::this_thread::yield();
  first.reset();
  BOOST_TEST(seen == 200);
}

BOOST_AUTO_TEST_CASE(any_actor_can_end_with_a_scope) {
  system_config config;
  caf::actor_system system{config};
  std::atomic<bool> ended = false;
  {
    auto waiting = system.spawn([](subscriber_actor::pointer) { return on_events(); });
    const ended_with_scope ending{waiting};
    waiting->attach_functor([&](const caf::error&) { ended = true; });
  }
  BOOST_TEST(ended);
}

BOOST_AUTO_TEST_SUITE_END()
} // namespace devp2p::test
