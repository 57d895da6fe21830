// SPDX-License-Identifier: BSL-1.0
//
// Messages from any sender that has a handle: `caf::actor_cast` and other processes check no type.
#include "node_fixture.hpp"

#include "devp2p/actors/mapper.hpp"
#include "devp2p/actors/punching/puncher.hpp"
#include "devp2p/actors/punching/rendezvous.hpp"
#include "devp2p/kit/raw_remote.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/traversal.hpp"

#include <caf/event_based_actor.hpp>

#include <limits>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(hostile_messages_test)

namespace {

using namespace std::chrono_literals;
using reason = disconnect_reason;

constexpr auto no_index = std::numeric_limits<std::uint16_t>::max();
constexpr auto no_number = std::numeric_limits<std::uint64_t>::max();
constexpr auto no_reason = static_cast<reason>(0xee);

/// Outlives the world of the fixture.
struct handler_inbox {
  inbox handler;
};

struct hostile_fixture : handler_inbox, node_fixture {
  test_node other{world, "10.0.0.2", random, {make_protocol("test", 1, 8, collect(&handler))}};

  hostile_fixture() { BOOST_REQUIRE(dial(other, subject.url).value); }

  template <class Handle, class... Args>
  void tell(const Handle& whom, Args&&... what) {
    world.send(caf::actor_cast<caf::actor>(whom), std::forward<Args>(what)...);
  }

  /// Sends messages that must not harm any actor, whichever of them it understands.
  template <class Handle>
  void insult(const Handle& whom) {
    auto id = other.key.id();
    node_id zero{};
    std::shared_ptr<net::stream> no_stream;
    std::vector<std::shared_ptr<net::stream>> no_streams;
    auto failure = caf::make_error(errc::network_failure);
    endpoint odd{std::string("a\0b", 3), 0};
    port_mapping unasked{{static_cast<transport>(77), 0}, odd, caf::timespan::max(), {}};
    for (auto number : {std::uint64_t{0}, std::uint64_t{1}, no_number}) {
      auto index = static_cast<std::size_t>(number);
      auto place = static_cast<std::uint16_t>(number);
      tell(whom, accept_atom_v, index);
      tell(whom, accept_atom_v, index, no_streams);
      tell(whom, accept_atom_v, index, decltype(no_streams){no_stream});
      tell(whom, accept_atom_v, index, failure);
      tell(whom, dial_atom_v, number, no_stream);
      tell(whom, dial_atom_v, number, failure);
      tell(whom, tick_atom_v, number);
      tell(whom, tick_atom_v, id, number);
      tell(whom, tick_atom_v, zero, number);
      tell(whom, tick_atom_v, local_port{static_cast<transport>(9), 0}, number);
      tell(whom, find_atom_v, number);
      tell(whom, ask_atom_v, rendezvous_guest_actor{}, index, odd, blob{bytes(64)});
      tell(whom, detach_atom_v, place);
      tell(whom, attach_atom_v, place, handler_actor{});
      tell(whom, failed_atom_v, place, number);
      tell(whom, stalled_atom_v, writer_place{place, static_cast<std::uint32_t>(number)});
      tell(whom, write_atom_v, writer_place{place, 7}, packet{number, {}});
      tell(whom, write_atom_v, writer_place{place, 0}, packet{number, {}});
      tell(whom, write_atom_v, writer_place{place, 0}, std::vector<packet>{});
    }
    tell(whom, subscribe_atom_v, subscriber_actor{});
    tell(whom, subscribe_atom_v, mapping_subscriber_actor{});
    tell(whom, subscribe_atom_v, hole_subscriber_actor{});
    tell(whom, listen_atom_v, odd);
    tell(whom, listen_atom_v, odd, odd);
    tell(whom, dial_atom_v, enode{zero, odd, 0});
    tell(whom, dial_atom_v, zero);
    tell(whom, adopt_atom_v, zero, connected_stream{});
    tell(whom, adopt_atom_v, id, connected_stream{});
    tell(whom, punch_atom_v, zero);
    tell(whom, close_atom_v, zero, no_reason);
    tell(whom, close_atom_v, zero);
    tell(whom, admit_atom_v, zero);
    tell(whom, admit_atom_v, peer_info{});
    tell(whom, peer_info{});
    tell(whom, peer_dropped{}, failure);
    tell(whom, message_event{});
    tell(whom, hello{});
    tell(whom, routing{{{{"x", 1}, no_number, no_number, no_number}}, {}});
    tell(whom, handlers{{}, {}, {}});
    tell(whom, ping_atom_v);
    tell(whom, map_atom_v, local_port{static_cast<transport>(77), 9});
    tell(whom, map_atom_v, local_port{});
    tell(whom, unmap_atom_v, local_port{static_cast<transport>(77), 9});
    tell(whom, port_mapped{unasked});
    tell(whom, port_renewed{unasked});
    tell(whom, port_lost{unasked, {}});
    tell(whom, external_changed{unasked, odd});
    tell(whom, mapping_failed{unasked.internal, failure, caf::timespan::min()});
    tell(whom, hole_lost{});
    tell(whom, router_atom_v);
    tell(whom, resume_atom_v);
    tell(whom, tick_atom_v);
    tell(whom, std::string{"what is this?"}, 42);
  }

  template <class Handle>
  bool lives(const Handle& whom) {
    bool gone = false;
    world.spawn([&gone, whom = caf::actor_cast<caf::actor>(whom)](caf::event_based_actor* self) {
      self->set_down_handler([&gone](const caf::down_msg&) { gone = true; });
      self->monitor(whom);
      return caf::behavior{[](int) {}};
    });
    world.run();
    return !gone;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(what_anybody_may_send, hostile_fixture)

BOOST_AUTO_TEST_CASE(does_not_hurt_a_node) {
  insult(subject.handle);
  world.advance(20s);
  BOOST_TEST(lives(subject.handle));
  BOOST_TEST(info().peers == 1u);
  BOOST_TEST(info().external.empty());
  auto late = another(7);
  BOOST_TEST(dial(*late, subject.url).value.has_value());
}

BOOST_AUTO_TEST_CASE(does_not_hurt_a_peer_or_its_session) {
  insult(handler.link->writer);
  world.advance(1min);
  BOOST_TEST(lives(handler.link->writer));
  BOOST_TEST(info().peers == 1u);
  BOOST_TEST(subject.events.dropped.empty());
}

BOOST_AUTO_TEST_CASE(does_not_hurt_a_mapper) {
  auto mapper = world.adopt(spawn_mapper(world.system(), {.gateways = {}, .random = &random}));
  insult(mapper);
  BOOST_TEST(lives(mapper));
}

BOOST_AUTO_TEST_CASE(does_not_hurt_a_puncher) {
  puncher_config setup{crypto::private_key::generate(random), {{"10.0.0.9", 1}, {}}};
  setup.random = &random;
  auto puncher =
    world.adopt(spawn_puncher(world.system(), world.host("10.0.0.3"), std::move(setup)));
  insult(puncher);
  world.advance(5min);
  BOOST_TEST(lives(puncher));
}

BOOST_AUTO_TEST_CASE(does_not_hurt_a_rendezvous) {
  auto rendezvous = world.adopt(spawn_rendezvous(
    world.system(), world.host("10.0.0.4"), rendezvous_config{.limits = {}, .random = &random}));
  insult(rendezvous);
  anon_send_to(rendezvous, listen_atom_v, endpoint{"10.0.0.4", 1}, endpoint{"10.0.0.4", 2});
  world.run();
  insult(rendezvous);
  BOOST_TEST(lives(rendezvous));
}

BOOST_AUTO_TEST_CASE(is_refused_where_it_is_a_null_subscriber) {
  auto refused = ask<caf::unit_t>(world, subject.handle, subscribe_atom_v, subscriber_actor{});
  BOOST_TEST((refused.error == caf::sec::invalid_argument));
}

BOOST_AUTO_TEST_CASE(is_not_answered_with_an_empty_message) {
  // CAF prints "unexpected message" for these; the default handler of an actor ends it.
  std::vector<std::string> unexpected;
  auto sender =
    world.spawn([&, node = subject.handle, id = other.key.id()](caf::event_based_actor* self) {
      self->set_default_handler(
        [&](caf::scheduled_actor*, caf::message_view& x) -> caf::result<caf::message> {
          unexpected.push_back(x.content().stringify());
          return caf::none;
        });
      send_to(self, node, subscribe_atom_v, subscriber_actor{});
      send_to(self, node, close_atom_v, id, reason::requested);
      self->set_error_handler([](caf::error&) {});
      return caf::behavior{[](int) {}};
    });
  world.advance(10s);
  BOOST_TEST(unexpected.empty());
  BOOST_TEST(info().peers == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
