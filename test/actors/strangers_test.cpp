// SPDX-License-Identifier: BSL-1.0
//
// Strangers share the resources of a node, and leave nothing behind.
#include "live_memory.hpp"
#include "node_fixture.hpp"
#include "with_places.hpp"

#include "devp2p/actors/mapper.hpp"
#include "devp2p/actors/punching/puncher.hpp"
#include "devp2p/actors/punching/rendezvous.hpp"
#include "devp2p/actors/remote/remote_handler.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/on_events.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>

#include <array>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(strangers_test)

namespace {

namespace data = boost::unit_test::data;
using namespace std::chrono_literals;
using reason = disconnect_reason;

/// Connections that send no data, and are opened again when they are closed.
class silent_crowd {
public:
  silent_crowd(kit::world& where, endpoint to, std::vector<std::string> from,
               std::size_t connections)
    : world_(where),
      to_(std::move(to)),
      from_(std::move(from)),
      all_(connections) {}

  /// Opens all connections that are not open. The backlog holds a hundred at a time.
  void keep() {
    for (std::size_t i = 0; i < all_.size(); ++i) {
      auto& x = all_[i];
      if (x && !x->is_over())
        continue;
      x = std::make_shared<one>();
      x->dial =
        world_.host(from_[i % from_.size()]).dial(to_, [there = std::weak_ptr{x}](auto outcome) {
          if (auto self = there.lock(); self && outcome)
            self->stream = std::move(*outcome);
          else if (self)
            self->failed = true;
        });
      if (++opened_ % 100 == 0)
        world_.run();
    }
    world_.run();
  }

  void leave() {
    all_.clear();
    world_.run();
  }

  [[nodiscard]] std::size_t opened() const { return opened_; }

private:
  struct one {
    std::unique_ptr<net::pending_dial> dial;
    std::unique_ptr<net::stream> stream;
    bool failed = false;

    bool is_over() {
      std::array<std::uint8_t, 64> any{};
      return failed || (stream && stream->read_some(any).error);
    }
  };

  kit::world& world_;
  endpoint to_;
  std::vector<std::string> from_;
  std::vector<std::shared_ptr<one>> all_;
  std::size_t opened_ = 0;
};

/// A node with three pending places. `several` connections hold them all when one `other` comes.
struct two_crowds : node_fixture {
  silent_crowd several;
  silent_crowd other{world, subject.url.address, {"12.0.0.1"}, 1};

  explicit two_crowds(std::vector<std::string> sources)
    : node_fixture([] {
        settings out;
        out.max_pending = 3;
        return out;
      }()),
      several(world, subject.url.address, std::move(sources), 3) {
    several.keep();
    other.keep();
  }

  ~two_crowds() {
    several.leave();
    other.leave();
  }
};

/// Returns three nodes of one network that have sessions with the subject.
std::vector<std::unique_ptr<test_node>> three_of_one_source(node_fixture& fixture) {
  std::vector<std::unique_ptr<test_node>> out;
  for (int i = 1; i <= 3; ++i) {
    out.push_back(fixture.another(i));
    BOOST_REQUIRE(fixture.dial(*out.back(), fixture.subject.url).value);
  }
  return out;
}

/// Returns true iff a fresh node gets in while the crowd goes on.
bool gets_in(node_fixture& fixture, silent_crowd& crowd, const std::string& from) {
  test_node honest{fixture.world, from, fixture.random, test_protocol()};
  anon_send_to(honest.handle, dial_atom_v, fixture.subject.url);
  const auto deadline = fixture.world.now() + settings{}.handshake_timeout;
  while (honest.events.added.empty() && fixture.world.now() < deadline) {
    crowd.keep();
    fixture.world.advance(50ms);
  }
  auto in = !honest.events.added.empty();
  caf::anon_send_exit(honest.handle, caf::exit_reason::user_shutdown);
  fixture.world.run();
  return in;
}

/// Attacks a node from all these addresses. In each round another node must get in, whose address
/// has a number between `honest` and `honest_end`.
void attack_from(const std::vector<std::string>& all, const std::string& honest,
                 const std::string& honest_end, std::size_t connections = 10'000) {
  node_fixture fixture;
  silent_crowd crowd{fixture.world, fixture.subject.url.address, all, 1500};
  for (int n = 0; crowd.opened() < connections; ++n) {
    crowd.keep();
    BOOST_TEST(gets_in(fixture, crowd, honest + std::to_string(n % 100) + honest_end));
    fixture.world.advance(1s);
  }
  crowd.leave();
}

std::vector<std::string> networks(int count) {
  std::vector<std::string> out;
  for (int i = 0; i < count; ++i)
    out.push_back("11.0." + std::to_string(i) + ".166");
  return out;
}

std::vector<std::string> addresses(int count) {
  std::vector<std::string> out;
  for (int i = 0; i < count; ++i)
    out.push_back("11.0.0." + std::to_string(150 + i));
  return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_node_among_strangers)

BOOST_DATA_TEST_CASE(lets_others_in_while_few_sources_hold_all_they_can, data::make({1, 3, 50}),
                     sources) {
  attack_from(networks(sources), "12.0.", ".1");
}

BOOST_AUTO_TEST_CASE(lets_others_in_while_more_sources_than_places_hold_all_they_can) {
  attack_from(networks(200), "12.0.", ".1", 3000);
}

BOOST_DATA_TEST_CASE(lets_others_of_its_network_in_while_addresses_hold_all_they_can,
                     data::make({1, 50}), sources) {
  attack_from(addresses(sources), "11.0.0.", "");
}

BOOST_AUTO_TEST_CASE(lets_others_of_its_network_in_while_three_networks_hold_all_they_can) {
  attack_from(networks(3), "11.0.1.", "");
}

BOOST_AUTO_TEST_CASE(takes_pending_places_at_once_from_an_address_that_has_several) {
  two_crowds fixture{{"11.0.0.1"}};
  fixture.world.advance(100ms);
  fixture.several.keep();
  BOOST_TEST(fixture.several.opened() == 4u);
}

BOOST_AUTO_TEST_CASE(leaves_an_address_its_only_pending_place_for_a_while) {
  two_crowds fixture{{"11.0.0.1", "11.0.0.2", "11.0.0.3"}};
  fixture.world.advance(settings{}.handshake_timeout / 20);
  fixture.several.keep();
  BOOST_TEST(fixture.several.opened() == 3u);
  fixture.world.advance(settings{}.handshake_timeout / 10);
  fixture.several.keep();
  BOOST_TEST(fixture.several.opened() == 4u);
}

BOOST_AUTO_TEST_CASE(lets_nobody_wait_for_longer_than_a_handshake_may_take) {
  settings limits;
  limits.max_pending = 1;
  node_fixture fixture{limits};
  silent_crowd all{fixture.world, fixture.subject.url.address, {"11.0.0.1"}, 30};
  all.keep();
  fixture.world.advance(limits.handshake_timeout - 1s);
  all.keep();
  BOOST_TEST(all.opened() == 30u);
  fixture.world.advance(2s);
  all.keep();
  BOOST_TEST(all.opened() == 59u); // One of them has come to its turn.
  all.leave();
}

BOOST_AUTO_TEST_CASE(refuses_nobody_of_one_source_while_there_is_room) {
  settings limits;
  limits.max_peers = 500;
  limits.max_pending = 10;
  node_fixture fixture{limits};
  constexpr int count = 300;
  std::vector<std::unique_ptr<test_node>> all;
  for (int i = 0; i < count; ++i) {
    all.push_back(std::make_unique<test_node>(fixture.world, "10.7.0." + std::to_string(i % 250),
                                              fixture.random, test_protocol()));
    anon_send_to(all.back()->handle, dial_atom_v, fixture.subject.url);
    if (i % 100 == 99)
      fixture.world.run(); // The backlog of a listener is 128.
  }
  fixture.world.run();
  BOOST_TEST(fixture.info().peers == static_cast<std::size_t>(count));
}

BOOST_AUTO_TEST_CASE(that_is_full_takes_a_place_from_the_source_that_has_most) {
  node_fixture fixture{with_places(3)};
  const auto crowd = three_of_one_source(fixture);
  // No further node of the same source gets in.
  auto fourth = fixture.another(4);
  BOOST_TEST((fixture.dial(*fourth, fixture.subject.url).error == errc::remote_disconnect));
  test_node other{fixture.world, "10.9.0.1", fixture.random, test_protocol()};
  BOOST_REQUIRE(fixture.dial(other, fixture.subject.url).value);
  // The youngest has gone, and was told why.
  BOOST_TEST(crowd[0]->events.dropped.empty());
  BOOST_TEST(crowd[1]->events.dropped.empty());
  BOOST_REQUIRE(crowd[2]->events.dropped.size() == 1u);
  BOOST_TEST(to_string(crowd[2]->events.dropped[0].end.reason) ==
             to_string(reason::too_many_peers));
  BOOST_TEST(crowd[2]->events.dropped[0].end.remote_requested);
  BOOST_TEST(fixture.info().peers == 3u);
  // A third source gets in, because the fullest one still holds two places. Then each holds one,
  // and none gives up its place for a fourth source.
  test_node third{fixture.world, "10.9.1.1", fixture.random, test_protocol()};
  BOOST_TEST(fixture.dial(third, fixture.subject.url).value.has_value());
  test_node fourth_source{fixture.world, "10.9.2.1", fixture.random, test_protocol()};
  BOOST_TEST((fixture.dial(fourth_source, fixture.subject.url).error == errc::remote_disconnect));
  fixture.world.advance(1min);
  BOOST_TEST(fixture.info().peers == 3u);
}

BOOST_AUTO_TEST_CASE(takes_no_place_from_whom_it_trusts_or_has_dialled) {
  kit::seeded_random random{5};
  kit::world world;
  test_node friendly{world, "10.0.1.1", random, test_protocol()};
  test_node dialled{world, "10.0.1.2", random, test_protocol()};
  test_node subject{world,           "10.0.0.1",     random,
                    test_protocol(), with_places(2), {friendly.key.id()}};
  for (const auto* x : {&subject, &dialled})
    BOOST_REQUIRE(ask<enode>(world, x->handle, listen_atom_v, x->url.address).value);
  BOOST_REQUIRE(ask<peer_info>(world, friendly.handle, dial_atom_v, subject.url).value);
  BOOST_REQUIRE(ask<peer_info>(world, subject.handle, dial_atom_v, dialled.url).value);
  test_node other{world, "10.9.0.1", random, test_protocol()};
  BOOST_TEST((ask<peer_info>(world, other.handle, dial_atom_v, subject.url).error ==
              errc::remote_disconnect));
  BOOST_TEST(friendly.events.dropped.empty());
  BOOST_TEST(dialled.events.dropped.empty());
}

BOOST_AUTO_TEST_CASE(counts_sources_as_its_settings_say) {
  auto limits = with_places(3);
  limits.source_bits_ipv4 = 32;
  node_fixture fixture{limits};
  const auto crowd = three_of_one_source(fixture);
  test_node other{fixture.world, "10.9.0.1", fixture.random, test_protocol()};
  BOOST_TEST((fixture.dial(other, fixture.subject.url).error == errc::remote_disconnect));
}

BOOST_AUTO_TEST_SUITE_END()

// Memory that strangers leave behind

namespace {

subscriber_actor::behavior_type hear_nothing(subscriber_actor::pointer) {
  return on_events();
}

mapping_subscriber_actor::behavior_type hear_no_mappings(mapping_subscriber_actor::pointer) {
  return on_events<mapping_subscriber_actor>();
}

hole_subscriber_actor::behavior_type hear_no_holes(hole_subscriber_actor::pointer) {
  return {[](const hole_lost&) {}};
}

/// A world whose longest-lived actors meet many that live for a moment.
struct short_lives_fixture {
  kit::seeded_random random{5};
  kit::world world{kit::world_options{.trace = false}};
  subscriber_actor subscriber = world.spawn(hear_nothing);
  mapping_subscriber_actor mapping_subscriber = world.spawn(hear_no_mappings);
  hole_subscriber_actor hole_subscriber = world.spawn(hear_no_holes);
  handler_host_actor host = world.adopt(host_handlers(world.system(), ignore()));

  /// Returns a configuration without cryptography, so that there can be many sessions.
  node_config config(const std::string& protocol) {
    node_config out{crypto::private_key::generate(random), &random};
    out.protocols = {make_protocol(protocol, 1, 8, handled_remotely(host))};
    out.cleartext = true;
    return out;
  }

  enode listening(const std::string& address, const node_config& as) {
    auto node = world.adopt(spawn_node(world.system(), world.host(address), as));
    world.send(node, subscribe_atom_v, subscriber);
    nodes.push_back(node);
    return *ask<enode>(world, node, listen_atom_v, endpoint{address, 30303}).value;
  }

  void connect_and_leave(const endpoint& to) {
    std::unique_ptr<net::stream> stream;
    auto dial = world.host("11.0.0.1").dial(to, [&](auto outcome) {
      BOOST_REQUIRE(outcome);
      stream = std::move(*outcome);
    });
    world.run();
    stream.reset();
    world.run();
  }

  /// Returns the growth of live memory in bytes, from a tenth of `rounds` to their end.
  template <class Round>
  std::ptrdiff_t growth(int rounds, Round round) {
    std::size_t before = 0;
    for (int i = 0; i <= rounds; ++i) {
      if (i == rounds / 10) {
        world.advance(5min);
        before = live_memory();
      }
      round();
      if (i % 50 == 0)
        world.advance(5s);
    }
    world.advance(5min);
    return static_cast<std::ptrdiff_t>(live_memory()) - static_cast<std::ptrdiff_t>(before);
  }

  std::vector<node_actor> nodes;
};

/// The maximum growth in bytes. A container may have grown, but 1,000 lives that leave a hundred
/// bytes each exceed it.
constexpr std::ptrdiff_t flat = 16 << 10;

} // namespace

BOOST_FIXTURE_TEST_SUITE(nothing_is_left, short_lives_fixture)

BOOST_AUTO_TEST_CASE(of_sessions_with_handlers_elsewhere) {
  auto one = listening("10.0.0.1", config("test"));
  listening("10.0.0.2", config("test"));
  BOOST_TEST(growth(4000, [&] {
               BOOST_REQUIRE(ask<peer_info>(world, nodes[1], dial_atom_v, one).value);
               world.send(nodes[1], close_atom_v, one.id, reason::requested);
               world.advance(1s);
             }) < flat);
}

BOOST_AUTO_TEST_CASE(of_sessions_that_are_refused_or_fail) {
  auto one = listening("10.0.0.1", config("test"));
  auto two = listening("10.0.0.2", config("other"));
  auto nobody = one;
  nobody.address.port = 9;
  auto stranger = one;
  stranger.id.value[5] ^= 1;
  BOOST_TEST(growth(4000, [&] {
               for (const auto& x : {one, nobody, stranger})
                 BOOST_REQUIRE(!ask<peer_info>(world, nodes[1], dial_atom_v, x).value);
               BOOST_REQUIRE(!ask<peer_info>(world, nodes[0], dial_atom_v, two).value);
               world.advance(1s);
             }) < flat);
}

BOOST_AUTO_TEST_CASE(of_bare_connections) {
  auto one = listening("10.0.0.1", config("test"));
  BOOST_TEST(growth(8000, [&] { connect_and_leave(one.address); }) < flat);
}

BOOST_AUTO_TEST_CASE(of_nodes_mappers_and_punchers_that_had_a_subscriber) {
  BOOST_TEST(growth(1000, [&] {
               auto node = spawn_node(world.system(), world.host("10.0.0.3"), config("test"));
               auto mapper = spawn_mapper(world.system(), {.gateways = {}, .random = &random});
               puncher_config setup{crypto::private_key::generate(random), {{"10.0.0.9", 1}, {}}};
               setup.random = &random;
               auto puncher =
                 spawn_puncher(world.system(), world.host("10.0.0.3"), std::move(setup));
               // Subscribe twice: a subscriber that asks again is told once, and forgotten at once.
               for (int i = 0; i < 2; ++i) {
                 world.send(node, subscribe_atom_v, subscriber);
                 world.send(node, subscribe_atom_v, mapping_subscriber);
                 world.send(mapper, subscribe_atom_v, mapping_subscriber);
                 world.send(puncher, subscribe_atom_v, hole_subscriber);
               }
               caf::anon_send_exit(node, caf::exit_reason::user_shutdown);
               caf::anon_send_exit(mapper, caf::exit_reason::user_shutdown);
               caf::anon_send_exit(puncher, caf::exit_reason::user_shutdown);
               world.run();
             }) < flat);
}

BOOST_AUTO_TEST_CASE(of_the_guests_of_a_rendezvous) {
  auto rendezvous = world.adopt(spawn_rendezvous(
    world.system(), world.host("10.0.0.1"), rendezvous_config{.limits = {}, .random = &random}));
  anon_send_to(rendezvous, listen_atom_v, endpoint{"10.0.0.1", 1}, endpoint{"10.0.0.1", 2});
  world.run();
  BOOST_TEST(growth(4000, [&] { connect_and_leave({"10.0.0.1", 1}); }) < flat);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
