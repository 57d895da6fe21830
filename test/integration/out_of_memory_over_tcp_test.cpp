// SPDX-License-Identifier: BSL-1.0
//
// The thread of a node's network runs out of memory at times. Sessions may end, but the node does
// not, and it admits peers again as soon as there is memory.
#include "devp2p/messages/caf.hpp"

#include "../failing_new.hpp"
#include "participant.hpp"

#include <atomic>
#include <cstdlib>
#include <thread>
#include <vector>

namespace {

/// The size in bytes from which allocations fail on a thread that is short of memory.
std::atomic<std::size_t> max_size{SIZE_MAX};
/// The period of further failures on such a thread: each n-th allocation fails; none if zero.
std::atomic<std::size_t> fails_each{0};
thread_local bool is_short = false;
thread_local std::size_t allocations = 0;

} // namespace

bool must_fail(std::size_t size) {
  if (!is_short)
    return false;
  auto each = fails_each.load();
  return size >= max_size || (each > 0 && ++allocations % each == 0);
}

/// Replaces the function that Asio allocates with.
extern "C" void* aligned_alloc(std::size_t alignment, std::size_t size) {
  void* out = nullptr;
  if (must_fail(size) || ::posix_memalign(&out, alignment, size) != 0)
    return nullptr;
  return out;
}

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(out_of_memory_over_tcp_test)

namespace {

using namespace std::chrono_literals;

constexpr std::size_t large = std::size_t{1} << 20;

/// The periods of failure: each n-th allocation fails. Depending on the period, a retry fails at
/// the same place or elsewhere.
constexpr std::size_t all_rates[] = {1, 2, 7, 8, 10, 17, 50};

struct simple_config : caf::actor_system_config {
  simple_config() { add_types(*this); }
};

/// Returns the factory of a handler that first sends a message of that size.
handler_factory sender_of(std::size_t size) {
  return handled_by([size](handler_actor::pointer self, const channel& link) {
    link.send(self, packet{0, blob{bytes(size)}});
    return handler_actor::behavior_type{[](const packet&) {}};
  });
}

node_actor spawn(caf::actor_system& system, net::network& network, handler_factory handler) {
  node_config setup{crypto::private_key::generate()};
  // Deadlines end sessions for which memory was missing.
  setup.limits.ping_interval = 200ms;
  setup.limits.disconnect_timeout = setup.limits.linger_timeout = setup.limits.handler_timeout =
    500ms;
  setup.protocols = {{.name = "test", .version = 1, .length = 1, .spawn = std::move(handler)}};
  return spawn_node(system, network, std::move(setup));
}

/// A node on its own thread, for which memory is short while `max_size` or `fails_each` is set.
struct poor_node {
  net::asio_network network;
  net::asio_network elsewhere;
  simple_config config;
  caf::actor_system system{config};
  node_actor node = spawn(system, network, handled_by(silent));
  enode url = ask<enode>(system, node, listen_atom_v, endpoint{"127.0.0.1", 0});
  std::vector<node_actor> others;

  poor_node() {
    network.loop()->post([] { is_short = true; });
  }

  ~poor_node() {
    max_size = SIZE_MAX;
    fails_each = 0;
    for (const auto& x : others)
      caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(node, caf::exit_reason::user_shutdown);
    others.clear();
    node = nullptr;
  }

  const node_actor& another(handler_factory handler) {
    return others.emplace_back(spawn(system, elsewhere, std::move(handler)));
  }

  /// Returns whether the node admits a new peer now.
  bool lets_in() {
    auto in = false;
    caf::scoped_actor self{system};
    request_from(self, another(handled_by(silent)), patience, dial_atom_v, url)
      .receive([&](const peer_info&) { in = true; },
               [](const caf::error& why) { BOOST_TEST_MESSAGE(describe(why)); });
    return in;
  }

  /// Returns whether the node has dropped all sessions before the deadline.
  bool is_left_alone() {
    for (auto until = std::chrono::steady_clock::now() + patience;
         std::chrono::steady_clock::now() < until; std::this_thread::sleep_for(10ms))
      if (auto now = ask<node_info>(system, node, info_atom_v); now.peers + now.pending == 0)
        return true;
    return false;
  }

  std::size_t peers() { return ask<node_info>(system, node, info_atom_v).peers; }
};

} // namespace

BOOST_AUTO_TEST_CASE(a_message_that_there_is_no_memory_for_ends_its_session_alone) {
  poor_node subject;
  BOOST_REQUIRE(subject.lets_in());
  auto end = std::make_shared<std::promise<session_end>>();
  auto witness = subject.system.spawn(await_end, end);
  anon_send_to(subject.node, subscribe_atom_v, witness);
  max_size = large;
  anon_send_to(subject.another(sender_of(2 * large)), dial_atom_v, subject.url);
  auto coming = end->get_future();
  auto what = get(coming);
  BOOST_TEST((what.code == errc::out_of_memory), what.error);
  BOOST_TEST(subject.peers() == 1u);
  BOOST_TEST(subject.lets_in());
  caf::anon_send_exit(witness, caf::exit_reason::user_shutdown);
}

/// Calls `meanwhile` while each n-th allocation fails, and waits until the effects have appeared.
template <class Meanwhile>
void with_little_memory(std::size_t each, Meanwhile meanwhile) {
  fails_each = each;
  meanwhile();
  std::this_thread::sleep_for(500ms);
  fails_each = 0;
}

BOOST_AUTO_TEST_CASE(a_node_recovers_when_there_is_memory_again) {
  for (std::size_t each : all_rates) {
    poor_node subject;
    with_little_memory(each, [&] {
      for (int i = 0; i < 20; ++i)
        anon_send_to(subject.another(sender_of(1000)), dial_atom_v, subject.url);
    });
    // The first attempt may find the node at rest after a failure.
    BOOST_TEST((subject.lets_in() || subject.lets_in()), "one of " << each << " has failed");
  }
}

BOOST_AUTO_TEST_CASE(a_node_forgets_sessions_that_ended_without_memory) {
  for (std::size_t each : all_rates) {
    poor_node subject;
    for (int i = 0; i < 10; ++i)
      BOOST_REQUIRE(subject.lets_in());
    with_little_memory(each, [&] {
      for (std::size_t i = 0; i < 10; ++i)
        if (i % 2 == 0)
          caf::anon_send_exit(subject.others[i], caf::exit_reason::user_shutdown);
        else
          anon_send_to(subject.node, close_atom_v,
                       ask<node_info>(subject.system, subject.others[i], info_atom_v).id,
                       disconnect_reason::client_quitting);
    });
    BOOST_TEST(subject.lets_in(), "one of " << each << " has failed");
    for (const auto& x : subject.others)
      caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
    BOOST_TEST(subject.is_left_alone(), "one of " << each << " has failed");
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
