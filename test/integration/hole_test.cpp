// SPDX-License-Identifier: BSL-1.0
//
// Holes over loopback, with real threads. There is no NAT to get through. The tests show what
// virtual time cannot: actors, sockets and threads work together, and all of them end.
//
// Simultaneous dials need a host that drops an unexpected SYN, as hosts behind NATs do. With
// DEVP2P_STATEFUL_LOOPBACK set, they are tested, too:
//
//   unshare -rn sh -c 'ip link set lo up; nft -f loopback.nft;
//     DEVP2P_STATEFUL_LOOPBACK=1 hole_test'
#include "devp2p/actors/punching/puncher.hpp"
#include "devp2p/actors/punching/rendezvous.hpp"
#include "devp2p/actors/system_config.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/net/asio/asio_network.hpp"

#include <boost/test/unit_test.hpp>

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>

#include <chrono>
#include <cstdlib>
#include <future>
#include <vector>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(hole_test)

namespace {

using namespace std::chrono_literals;

constexpr auto patience = 20s;

/// A rendezvous, and nodes that use it.
struct loopback {
  net::asio_network network;
  system_config settings;
  caf::actor_system system{settings};
  rendezvous_actor middle = spawn_rendezvous(system, network);
  std::vector<caf::actor> all{caf::actor_cast<caf::actor>(middle)};
  nat::rendezvous_site site;

  struct node {
    crypto::private_key key;
    puncher_actor handle;
  };

  explicit loopback(std::size_t loops) : network(loops) {}

  // Delegates, so that the destructor ends the actors if this constructor throws.
  loopback(std::size_t loops, std::uint16_t port) : loopback(loops) {
    caf::scoped_actor self{system};
    request_from(self, middle, patience, listen_atom_v, endpoint{"127.0.0.1", port},
                 endpoint{"127.0.0.2", port})
      .receive(
        [this](const endpoint& first, const endpoint& second) {
          site = {first, second};
        },
        [](const caf::error& why) { BOOST_FAIL(describe(why)); });
  }

  ~loopback() {
    for (auto& each : all)
      caf::anon_send_exit(each, caf::exit_reason::user_shutdown);
  }

  node start() {
    puncher_config setup{crypto::private_key::generate(), site};
    setup.local.host = "127.0.0.1";
    setup.settings.patience = 5s;
    node out{setup.key, spawn_puncher(system, network, setup)};
    all.push_back(caf::actor_cast<caf::actor>(out.handle));
    return out;
  }

  template <class T>
  using result = expected<T, caf::error>;

  /// Sends a request, and returns the future answer.
  template <class T, class Atom>
  std::future<result<T>> begin(const node& from, const node& to, Atom verb) {
    auto promise = std::make_shared<std::promise<result<T>>>();
    auto out = promise->get_future();
    system.spawn([=, handle = from.handle, id = to.key.id()](caf::event_based_actor* self) {
      request_from(self, handle, patience, verb, id)
        .then([=](T& x) { promise->set_value(std::move(x)); },
              [=](caf::error& why) { promise->set_value(std::move(why)); });
    });
    return out;
  }
};

template <class T>
T value(std::future<expected<T, caf::error>> later) {
  auto got = later.get();
  if (!got)
    BOOST_FAIL(describe(got.error()));
  return std::move(*got);
}

boost::test_tools::assertion_result has_stateful_loopback(boost::unit_test::test_unit_id) {
  boost::test_tools::assertion_result result{std::getenv("DEVP2P_STATEFUL_LOOPBACK") != nullptr};
  result.message() << "DEVP2P_STATEFUL_LOOPBACK is not set";
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(holes_over_loopback)

BOOST_AUTO_TEST_CASE(open_at_both_ends_many_at_a_time) {
  for (std::size_t loops : {1u, 3u}) {
    loopback subject{loops, 0};
    std::vector<loopback::node> nodes;
    for (int i = 0; i < 4; ++i)
      nodes.push_back(subject.start());
    std::vector<std::future<loopback::result<hole>>> holes;
    for (const auto& one : nodes)
      for (const auto& other : nodes)
        if (&one != &other)
          holes.push_back(subject.begin<hole>(one, other, punch_atom_v));
    for (auto& each : holes) {
      auto got = value(std::move(each));
      BOOST_TEST((got.local == got.observed));
      BOOST_TEST(got.remote.host == "127.0.0.1");
      BOOST_TEST((got.round_trip > 0s && got.round_trip < 5s));
    }
  }
}

BOOST_AUTO_TEST_CASE(end_in_every_phase) {
  for (auto wait : {0ms, 1ms, 100ms, 600ms}) {
    loopback subject{2, 0};
    auto one = subject.start();
    auto two = subject.start();
    auto at_one = subject.begin<hole>(one, two, punch_atom_v);
    auto at_two = subject.begin<hole>(two, one, punch_atom_v);
    auto dialled = subject.begin<connected_stream>(one, two, dial_atom_v);
    BOOST_TEST((at_one.wait_for(wait) == std::future_status::ready || wait < 10s));
  }
}

BOOST_AUTO_TEST_CASE(are_introduced_by_tcp_as_well) {
  loopback subject{3, 0};
  auto one = subject.start();
  auto two = subject.start();
  auto got = subject.begin<connected_stream>(one, two, dial_atom_v).get();
  BOOST_REQUIRE(!got);
  BOOST_TEST((got.error() == errc::unknown_to_rendezvous));
}

BOOST_AUTO_TEST_CASE(become_one_stream_if_two_dial_at_once,
                     *boost::unit_test::precondition(has_stateful_loopback)) {
  loopback subject{3, 3478};
  auto one = subject.start();
  auto two = subject.start();
  auto at_one = subject.begin<connected_stream>(one, two, dial_atom_v);
  auto at_two = subject.begin<connected_stream>(two, one, dial_atom_v);
  auto left = value(std::move(at_one));
  auto right = value(std::move(at_two));
  auto at_left = left.take();
  auto at_right = right.take();
  BOOST_TEST((at_left->local() == at_right->remote()));
  BOOST_TEST((at_right->local() == at_left->remote()));
  BOOST_TEST(left.initiator() != right.initiator());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
