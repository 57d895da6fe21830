// SPDX-License-Identifier: BSL-1.0
#include "two_nodes.hpp"

#include "devp2p/actors/supervisor.hpp"
#include "devp2p/kit/raw_remote.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>

namespace devp2p::test {
namespace {

using namespace std::chrono_literals;
using reason = disconnect_reason;

handler_factory ignore() {
  auto behavior = [](handler_actor::pointer, const channel&) {
    return handler_actor::behavior_type{[](const packet&) {}};
  };
  return handled_by(behavior);
}

std::vector<protocol> test_protocol() {
  return {make_protocol("test", 1, 8, ignore())};
}

/// One node that listens, and others to meet it.
struct node_fixture {
  kit::seeded_random random{5};
  kit::world world;
  test_node subject;

  explicit node_fixture(const settings& limits = {})
    : subject(world, "10.0.0.1", random, test_protocol(), limits) {
    BOOST_REQUIRE(ask<enode>(world, subject.handle, listen_atom::value, subject.url.address).value);
  }

  std::unique_ptr<test_node> another(int n) {
    return std::make_unique<test_node>(world, "10.0.1." + std::to_string(n), random,
                                       test_protocol());
  }

  std::unique_ptr<kit::raw_remote> stranger(int n) {
    return std::make_unique<kit::raw_remote>(world, "10.0.2." + std::to_string(n), random);
  }

  answer<peer_info> dial(const test_node& from, const enode& to) {
    return ask<peer_info>(world, from.handle, dial_atom::value, to);
  }

  /// The supervisor that has something to do next; lets the world run until one has.
  caf::actor next_supervisor() {
    auto& scheduler = dynamic_cast<caf::scheduler::test_coordinator&>(world.system().scheduler());
    for (;;) {
      if (scheduler.has_job())
        if (auto* found = dynamic_cast<supervisor*>(&scheduler.next_job<caf::resumable>()))
          return caf::actor_cast<caf::actor>(found);
      BOOST_REQUIRE(world.run_one());
    }
  }

  /// The supervisor whose deadline passes next: it has, and that is all that it knows yet.
  caf::actor supervisor_at_its_deadline() {
    auto& scheduler = dynamic_cast<caf::scheduler::test_coordinator&>(world.system().scheduler());
    while (!scheduler.has_job())
      BOOST_REQUIRE(scheduler.trigger_timeout());
    return next_supervisor();
  }

  node_info info() { return ask<node_info>(world, subject.handle, info_atom::value).value.value(); }
};

settings with_max_peers(std::size_t max_peers, std::size_t dial_ratio = 0) {
  settings out;
  out.max_peers = max_peers;
  out.dial_ratio = dial_ratio;
  return out;
}

/// Takes dials and never answers them.
struct deaf_network : net::network {
  struct attempt : net::pending_dial {
    explicit attempt(deaf_network& owner) : owner(owner) { ++owner.pending; }
    ~attempt() override { --owner.pending; }
    deaf_network& owner;
  };

  expected<std::unique_ptr<net::listener>> listen(const endpoint&) override {
    return errc::permission_denied;
  }

  std::unique_ptr<net::pending_dial> dial(const endpoint&, net::stream_handler) override {
    return std::make_unique<attempt>(*this);
  }

  int pending = 0;
};

/// A node whose dials nobody answers.
struct deaf_fixture {
  kit::seeded_random random{5};
  deaf_network network;
  kit::world world;
  node_actor subject;
  caf::scoped_actor self{world.system()};

  explicit deaf_fixture(const settings& limits = {}) {
    node_config config{crypto::private_key::generate(random), &random, {}, limits, {}, nullptr};
    subject = world.adopt(spawn_node(world.system(), network, std::move(config)));
  }

  /// Somebody.
  enode target() { return {crypto::private_key::generate(random).id(), {"10.0.0.1", 1}, 1}; }

  answer<peer_info> dial(const enode& to) {
    return ask<peer_info>(world, subject, dial_atom::value, to);
  }

  /// Dials somebody; nothing happens yet.
  auto start_dial() { return self->request(subject, caf::infinite, dial_atom::value, target()); }

  template <class Request>
  static void check_failure(Request& dialled, errc expected) {
    dialled.receive([](const peer_info&) { BOOST_ERROR("nobody is there"); },
                    [=](const caf::error& why) { BOOST_TEST((why == expected)); });
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(a_node)

// -- listening ----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(tells_where_it_listens) {
  node_fixture fixture;
  auto second =
    ask<enode>(fixture.world, fixture.subject.handle, listen_atom::value, endpoint{"10.0.0.1", 0});
  BOOST_REQUIRE(second.value);
  BOOST_TEST((second.value->id == fixture.subject.key.id()));
  BOOST_TEST(second.value->address.port != 0);
  auto listening = fixture.info().listening;
  BOOST_REQUIRE(listening.size() == 2u);
  BOOST_TEST(to_string(listening[0]) == to_string(fixture.subject.url));
  BOOST_TEST(to_string(listening[1]) == to_string(*second.value));
  // And is met there.
  auto other = fixture.another(1);
  BOOST_TEST(fixture.dial(*other, *second.value).value.has_value());
}

BOOST_AUTO_TEST_CASE(says_why_it_cannot_listen) {
  node_fixture fixture;
  auto taken = ask<enode>(fixture.world, fixture.subject.handle, listen_atom::value,
                          fixture.subject.url.address);
  BOOST_TEST((taken.error == errc::address_in_use));
  BOOST_TEST(describe(taken.error) == "address in use: 10.0.0.1:30303");
}

BOOST_AUTO_TEST_CASE(accepts_no_more_than_may_be_pending) {
  settings limits;
  limits.max_pending = 2;
  node_fixture fixture{limits};
  auto first = fixture.stranger(1);
  auto second = fixture.stranger(2);
  auto third = fixture.stranger(3);
  for (auto* x : {first.get(), second.get(), third.get()})
    BOOST_REQUIRE(x->connect(fixture.subject.url.address));
  BOOST_TEST(fixture.info().pending == 2u);
  // The third waits in the backlog until one of the others is through, or has failed.
  BOOST_TEST(!third->shake_hands(fixture.subject.key.id()));
  BOOST_REQUIRE(first->shake_hands(fixture.subject.key.id()));
  BOOST_REQUIRE(first->greet({{"test", 1}}));
  BOOST_TEST(third->greet({{"test", 1}}));
  BOOST_TEST(fixture.info().peers == 2u);
}

BOOST_AUTO_TEST_CASE(accepts_no_more_than_may_be_pending_however_many_places_it_listens_at) {
  settings limits;
  limits.max_pending = 1;
  node_fixture fixture{limits};
  auto second_place =
    ask<enode>(fixture.world, fixture.subject.handle, listen_atom::value, endpoint{"10.0.0.1", 2})
      .value->address;
  auto first = fixture.stranger(1);
  auto second = fixture.stranger(2);
  BOOST_REQUIRE(first->connect(fixture.subject.url.address));
  BOOST_REQUIRE(second->connect(second_place));
  BOOST_TEST(fixture.info().pending == 1u);
  BOOST_REQUIRE(first->shake_hands(fixture.subject.key.id()));
  BOOST_TEST(!second->shake_hands(fixture.subject.key.id()));
  BOOST_REQUIRE(first->greet({{"test", 1}}));
  BOOST_TEST(second->greet({{"test", 1}}));
  BOOST_TEST(fixture.info().peers == 2u);
}

// -- dialling -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(answers_a_dial_when_the_session_runs) {
  node_fixture fixture;
  auto other = fixture.another(1);
  auto peer = fixture.dial(*other, fixture.subject.url);
  BOOST_REQUIRE(peer.value);
  BOOST_TEST((peer.value->id == fixture.subject.key.id()));
  BOOST_TEST(peer.value->greeting.client_id == settings{}.client_id);
}

BOOST_AUTO_TEST_CASE(says_why_it_cannot_dial) {
  node_fixture fixture;
  auto other = fixture.another(1);
  auto somebody = fixture.subject.key.id();
  auto error = [&](const endpoint& to) {
    return describe(fixture.dial(*other, {somebody, to, to.port}).error);
  };
  BOOST_TEST(error({"10.0.0.1", 9}) == "connection refused: 10.0.0.1:9");
  BOOST_TEST(error({"10.9.9.9", 9}) == "host unreachable: 10.9.9.9:9");
  BOOST_TEST(error({"nowhere.example", 9}) == "no such host: nowhere.example:9");
}

BOOST_AUTO_TEST_CASE(does_not_dial_itself) {
  node_fixture fixture;
  BOOST_TEST((fixture.dial(fixture.subject, fixture.subject.url).error == errc::connected_to_self));
}

BOOST_AUTO_TEST_CASE(does_not_dial_who_is_a_peer_already) {
  node_fixture fixture;
  auto other = fixture.another(1);
  BOOST_REQUIRE(fixture.dial(*other, fixture.subject.url).value);
  BOOST_TEST((fixture.dial(*other, fixture.subject.url).error == errc::already_connected));
  BOOST_TEST(other->events.added.size() == 1u);
}

BOOST_AUTO_TEST_CASE(does_not_dial_a_node_twice_at_once) {
  deaf_fixture fixture;
  auto target = fixture.target();
  BOOST_TEST(!fixture.dial(target).error);
  BOOST_TEST((fixture.dial(target).error == errc::already_connected));
  BOOST_TEST(fixture.network.pending == 1);
}

BOOST_AUTO_TEST_CASE(gives_a_dial_up_after_its_deadline) {
  deaf_fixture fixture;
  auto dialled = fixture.start_dial();
  fixture.world.advance(14999ms);
  BOOST_TEST(!fixture.self->has_next_message());
  BOOST_TEST(fixture.network.pending == 1);
  fixture.world.advance(1ms);
  BOOST_TEST(fixture.network.pending == 0);
  fixture.check_failure(dialled, errc::dial_timeout);
}

BOOST_AUTO_TEST_CASE(dials_no_more_than_it_may_at_once) {
  settings limits;
  limits.max_dialing = 3;
  deaf_fixture fixture{limits};
  for (int i = 0; i < 5; ++i)
    BOOST_TEST((fixture.dial(fixture.target()).error == errc::too_many_pending) == (i >= 3));
}

BOOST_AUTO_TEST_CASE(answers_a_dial_of_a_node_that_is_not_who_was_dialled) {
  node_fixture fixture;
  auto other = fixture.another(1);
  auto wrong = fixture.subject.url;
  wrong.id = fixture.stranger(1)->key().id();
  auto dialled = fixture.dial(*other, wrong);
  // It cannot decrypt our auth, and hangs up.
  BOOST_TEST(static_cast<bool>(dialled.error));
  BOOST_TEST(other->events.added.empty());
  BOOST_TEST(other->events.failed.size() == 1u);
}

BOOST_AUTO_TEST_CASE(answers_a_dial_of_an_id_that_is_no_key) {
  node_fixture fixture;
  auto other = fixture.another(1);
  auto wrong = fixture.subject.url;
  wrong.id.value.fill(0xff);
  BOOST_TEST((fixture.dial(*other, wrong).error == errc::invalid_public_key));
}

BOOST_AUTO_TEST_CASE(answers_a_dial_of_a_node_that_says_nothing) {
  node_fixture fixture;
  auto mute = fixture.stranger(1);
  mute->listen(30303);
  caf::scoped_actor self{fixture.world.system()};
  auto dialled = self->request(fixture.subject.handle, caf::infinite, dial_atom::value,
                               enode{mute->key().id(), {"10.0.2.1", 30303}, 30303});
  fixture.world.advance(4999ms);
  BOOST_TEST(mute->accepted());
  BOOST_TEST(!self->has_next_message());
  fixture.world.advance(1ms);
  dialled.receive([](const peer_info&) { BOOST_ERROR("it said nothing"); },
                  [](const caf::error& why) { BOOST_TEST((why == errc::handshake_timeout)); });
}

BOOST_AUTO_TEST_CASE(meets_a_recipient_by_hand) {
  node_fixture fixture;
  auto remote = fixture.stranger(1);
  remote->listen(30303);
  caf::anon_send(fixture.subject.handle, dial_atom::value,
                 enode{remote->key().id(), {"10.0.2.1", 30303}, 30303});
  fixture.world.run();
  BOOST_REQUIRE(remote->shake_hands());
  BOOST_REQUIRE(remote->greet({{"test", 1}}));
  BOOST_TEST(fixture.subject.events.added.size() == 1u);
}

// -- admission ----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(that_is_full_says_so_before_hello) {
  node_fixture fixture{with_max_peers(1)};
  auto first = fixture.another(1);
  BOOST_REQUIRE(fixture.dial(*first, fixture.subject.url).value);
  auto second = fixture.stranger(2);
  BOOST_REQUIRE(second->connect(fixture.subject.url.address));
  BOOST_REQUIRE(second->shake_hands(fixture.subject.key.id()));
  // The very first message.
  BOOST_REQUIRE(second->received().size() == 1u);
  BOOST_REQUIRE(second->goodbyes().size() == 1u);
  BOOST_TEST(to_string(second->goodbyes()[0]) == to_string(reason::too_many_peers));
  BOOST_REQUIRE(fixture.subject.events.failed.size() == 1u);
  BOOST_TEST(!fixture.subject.events.failed[0].end.remote_requested);
}

BOOST_AUTO_TEST_CASE(that_has_become_full_says_so_after_hello) {
  node_fixture fixture{with_max_peers(1)};
  auto late = fixture.stranger(1);
  BOOST_REQUIRE(late->connect(fixture.subject.url.address));
  BOOST_REQUIRE(late->shake_hands(fixture.subject.key.id()));
  auto first = fixture.another(2);
  BOOST_REQUIRE(fixture.dial(*first, fixture.subject.url).value);
  BOOST_TEST(late->greet({{"test", 1}}));
  BOOST_REQUIRE(late->goodbyes().size() == 1u);
  BOOST_TEST(to_string(late->goodbyes()[0]) == to_string(reason::too_many_peers));
}

BOOST_AUTO_TEST_CASE(that_is_full_has_place_again_when_a_peer_leaves) {
  node_fixture fixture{with_max_peers(1)};
  auto first = fixture.another(1);
  auto second = fixture.another(2);
  BOOST_REQUIRE(fixture.dial(*first, fixture.subject.url).value);
  auto refused = fixture.dial(*second, fixture.subject.url);
  BOOST_TEST((refused.error == errc::remote_disconnect));
  BOOST_TEST(describe(refused.error) == "remote disconnected: too many peers");
  BOOST_REQUIRE(ask<caf::unit_t>(fixture.world, fixture.subject.handle, close_atom::value,
                                 first->key.id(), reason::requested)
                  .value);
  // At once, though the old session lingers.
  BOOST_TEST(fixture.dial(*second, fixture.subject.url).value.has_value());
}

BOOST_AUTO_TEST_CASE(keeps_places_for_its_own_dials) {
  node_fixture fixture{with_max_peers(2, 2)};
  auto first = fixture.another(1);
  auto second = fixture.another(2);
  BOOST_REQUIRE(fixture.dial(*first, fixture.subject.url).value);
  BOOST_TEST((fixture.dial(*second, fixture.subject.url).error == errc::remote_disconnect));
  auto url = ask<enode>(fixture.world, second->handle, listen_atom::value, second->url.address);
  BOOST_TEST(fixture.dial(fixture.subject, *url.value).value.has_value());
}

BOOST_AUTO_TEST_CASE(that_is_full_admits_who_is_trusted) {
  kit::seeded_random random{5};
  kit::world world;
  test_node friendly{world, "10.0.1.1", random, test_protocol()};
  test_node anyone{world, "10.0.1.2", random, test_protocol()};
  test_node subject{world,           "10.0.0.1",           random,
                    test_protocol(), with_max_peers(1, 1), {friendly.key.id()}};
  BOOST_REQUIRE(ask<enode>(world, subject.handle, listen_atom::value, subject.url.address).value);
  auto dial = [&](const test_node& from) {
    return ask<peer_info>(world, from.handle, dial_atom::value, subject.url);
  };
  // The only place is kept for a dial.
  BOOST_TEST((dial(anyone).error == errc::remote_disconnect));
  BOOST_TEST(dial(friendly).value.has_value());
  BOOST_REQUIRE(subject.events.added.size() == 1u);
  BOOST_TEST(subject.events.added[0].peer.trusted);
  auto peers = ask<std::vector<peer_info>>(world, subject.handle, peers_atom::value).value.value();
  BOOST_REQUIRE(peers.size() == 1u);
  BOOST_TEST(peers[0].trusted);
  // Trust is the subject's, not the friend's.
  BOOST_TEST(!friendly.events.added.at(0).peer.trusted);
}

BOOST_AUTO_TEST_CASE(has_one_session_with_a_node) {
  node_fixture fixture;
  auto twin = fixture.stranger(1);
  BOOST_REQUIRE(twin->meet(fixture.subject.url.address, fixture.subject.key.id(), {{"test", 1}}));
  auto again =
    std::make_unique<kit::raw_remote>(fixture.world, "10.0.2.2", fixture.random, twin->key());
  BOOST_REQUIRE(again->connect(fixture.subject.url.address));
  BOOST_REQUIRE(again->shake_hands(fixture.subject.key.id()));
  BOOST_REQUIRE(again->goodbyes().size() == 1u);
  BOOST_TEST(to_string(again->goodbyes()[0]) == to_string(reason::already_connected));
  BOOST_TEST(twin->goodbyes().empty());
}

BOOST_AUTO_TEST_CASE(has_one_session_with_a_node_that_comes_twice_at_once) {
  node_fixture fixture;
  auto first = fixture.stranger(1);
  auto second =
    std::make_unique<kit::raw_remote>(fixture.world, "10.0.2.2", fixture.random, first->key());
  for (auto* x : {first.get(), second.get()}) {
    BOOST_REQUIRE(x->connect(fixture.subject.url.address));
    BOOST_REQUIRE(x->shake_hands(fixture.subject.key.id()));
  }
  BOOST_TEST(first->greet({{"test", 1}}));
  second->greet({{"test", 1}});
  BOOST_TEST(first->goodbyes().empty());
  BOOST_REQUIRE(second->goodbyes().size() == 1u);
  BOOST_TEST(to_string(second->goodbyes()[0]) == to_string(reason::already_connected));
}

BOOST_AUTO_TEST_CASE(gives_no_slot_to_a_session_that_is_over) {
  node_fixture fixture;
  auto late = fixture.stranger(1);
  BOOST_REQUIRE(late->connect(fixture.subject.url.address));
  BOOST_REQUIRE(late->shake_hands(fixture.subject.key.id()));
  // Its Hello is read in the same moment in which its time is over.
  auto supervisor = fixture.supervisor_at_its_deadline();
  caf::anon_send(caf::actor_cast<supervisor_actor>(supervisor), late->introduction({{"test", 1}}));
  fixture.world.advance(10s);
  BOOST_TEST(fixture.info().peers == 0u);
  BOOST_TEST(fixture.subject.events.added.empty());
  auto again =
    std::make_unique<kit::raw_remote>(fixture.world, "10.0.2.2", fixture.random, late->key());
  BOOST_TEST(again->meet(fixture.subject.url.address, fixture.subject.key.id(), {{"test", 1}}));
}

BOOST_AUTO_TEST_CASE(has_no_session_with_itself) {
  node_fixture fixture;
  auto mirror = std::make_unique<kit::raw_remote>(fixture.world, "10.0.2.9", fixture.random,
                                                  fixture.subject.key);
  BOOST_REQUIRE(mirror->connect(fixture.subject.url.address));
  BOOST_REQUIRE(mirror->shake_hands(fixture.subject.key.id()));
  BOOST_REQUIRE(mirror->goodbyes().size() == 1u);
  BOOST_TEST(to_string(mirror->goodbyes()[0]) == to_string(reason::connected_to_self));
}

BOOST_AUTO_TEST_CASE(chooses_the_highest_version_that_both_ends_speak) {
  kit::seeded_random random{5};
  kit::world world;
  auto versions = [](std::initializer_list<std::uint64_t> all) {
    std::vector<protocol> out;
    for (auto version : all)
      out.push_back(make_protocol("test", version, version, ignore()));
    return out;
  };
  test_node left{world, "10.0.0.1", random, versions({1, 2, 4})};
  test_node right{world, "10.0.0.2", random, versions({3, 2, 1})};
  auto peer = meet(world, right, left);
  BOOST_REQUIRE(peer.value);
  BOOST_REQUIRE(peer.value->protocols.size() == 1u);
  BOOST_TEST(to_string(peer.value->protocols[0].name) == "test/2");
}

// -- telling ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(tells_what_its_protocols_tell) {
  kit::seeded_random random{5};
  kit::world world;
  auto talkative = make_protocol("test", 1, 8, ignore());
  talkative.node_info = [] { return metadata{{"network", "7"}}; };
  talkative.peer_info = [](const node_id& id) { return metadata{{"head", id.brief()}}; };
  test_node left{world, "10.0.0.1", random, {talkative}};
  test_node right{world, "10.0.0.2", random, test_protocol()};
  BOOST_REQUIRE(meet(world, right, left).value);
  auto node = ask<node_info>(world, left.handle, info_atom::value).value.value();
  BOOST_TEST(node.peers == 1u);
  BOOST_TEST(node.protocols.at("test").at("network") == "7");
  BOOST_TEST((node.capabilities == std::vector<capability>{{"test", 1}}));
  auto peers = ask<std::vector<peer_info>>(world, left.handle, peers_atom::value).value.value();
  BOOST_REQUIRE(peers.size() == 1u);
  BOOST_TEST(peers[0].protocols.at(0).info.at("head") == right.key.id().brief());
}

BOOST_AUTO_TEST_CASE(survives_protocols_that_throw_when_they_are_asked) {
  kit::seeded_random random{5};
  kit::world world;
  auto broken = make_protocol("test", 1, 8, ignore());
  broken.node_info = []() -> metadata { throw std::runtime_error{"on purpose"}; };
  broken.peer_info = [](const node_id&) -> metadata { throw std::runtime_error{"on purpose"}; };
  test_node left{world, "10.0.0.1", random, {broken}};
  test_node right{world, "10.0.0.2", random, test_protocol()};
  BOOST_REQUIRE(meet(world, right, left).value);
  BOOST_TEST(ask<node_info>(world, left.handle, info_atom::value).value.has_value());
  BOOST_TEST(ask<std::vector<peer_info>>(world, left.handle, peers_atom::value).value->size() ==
             1u);
  BOOST_TEST(left.events.dropped.empty());
}

BOOST_AUTO_TEST_CASE(answers_who_asks_for_its_peers_even_if_it_is_killed) {
  node_fixture fixture;
  auto other = fixture.another(1);
  BOOST_REQUIRE(fixture.dial(*other, fixture.subject.url).value);
  caf::scoped_actor self{fixture.world.system()};
  auto asked = self->request(fixture.subject.handle, caf::infinite, peers_atom::value);
  static_cast<void>(fixture.next_supervisor());
  caf::anon_send_exit(fixture.subject.handle, caf::exit_reason::kill);
  caf::anon_send_exit(fixture.next_supervisor(), caf::exit_reason::kill);
  fixture.world.run();
  BOOST_REQUIRE(self->has_next_message());
  asked.receive([](const std::vector<peer_info>&) {},
                [](const caf::error& why) { BOOST_TEST((why == errc::shutting_down)); });
}

BOOST_AUTO_TEST_CASE(warns_of_a_hello_that_not_every_node_reads) {
  settings limits;
  limits.client_id = std::string(900, 'x');
  node_fixture fits{limits};
  BOOST_TEST(fits.subject.log->with("our Hello has").empty());
  limits.client_id = std::string(1000, 'x');
  node_fixture too_long{limits};
  BOOST_TEST(too_long.subject.log->with("our Hello has").size() == 1u);
}

BOOST_AUTO_TEST_CASE(without_peers_tells_of_none) {
  node_fixture fixture;
  auto peers =
    ask<std::vector<peer_info>>(fixture.world, fixture.subject.handle, peers_atom::value);
  BOOST_REQUIRE(peers.value);
  BOOST_TEST(peers.value->empty());
}

BOOST_AUTO_TEST_CASE(does_not_know_who_is_no_peer) {
  node_fixture fixture;
  auto closed = ask<caf::unit_t>(fixture.world, fixture.subject.handle, close_atom::value,
                                 node_id{}, reason::requested);
  BOOST_TEST((closed.error == errc::no_such_peer));
}

// -- the end ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(tells_every_peer_that_it_quits_and_ends_after_its_sessions) {
  node_fixture fixture;
  std::vector<std::unique_ptr<test_node>> others;
  for (int i = 1; i <= 5; ++i) {
    others.push_back(fixture.another(i));
    BOOST_REQUIRE(fixture.dial(*others.back(), fixture.subject.url).value);
  }
  auto before = fixture.world.living();
  caf::anon_send_exit(fixture.subject.handle, caf::exit_reason::user_shutdown);
  fixture.world.advance(1s);
  for (const auto& x : others) {
    BOOST_REQUIRE(x->events.dropped.size() == 1u);
    BOOST_TEST(to_string(x->events.dropped[0].end.reason) == to_string(reason::client_quitting));
    BOOST_TEST(x->events.dropped[0].end.remote_requested);
  }
  // Ten ends of four actors each, and the node.
  BOOST_TEST(before - fixture.world.living() == 41u);
}

BOOST_AUTO_TEST_CASE(reports_a_session_whose_supervisor_is_killed) {
  node_fixture fixture;
  auto other = fixture.another(1);
  BOOST_REQUIRE(fixture.dial(*other, fixture.subject.url).value);
  caf::scoped_actor self{fixture.world.system()};
  auto closed = self->request(fixture.subject.handle, caf::infinite, close_atom::value,
                              other->key.id(), reason::requested);
  caf::anon_send_exit(fixture.next_supervisor(), caf::exit_reason::kill);
  fixture.world.advance(10s);
  BOOST_REQUIRE(fixture.subject.events.dropped.size() == 1u);
  BOOST_TEST(!fixture.subject.events.dropped[0].end.remote_requested);
  BOOST_TEST(other->events.dropped.size() == 1u);
  BOOST_REQUIRE(self->has_next_message());
  closed.receive([] {}, [](const caf::error& why) { BOOST_ERROR(describe(why)); });
  BOOST_TEST(fixture.info().peers == 0u);
  // The two nodes, their subscribers, and who asked.
  BOOST_TEST(fixture.world.living() == 5u);
}

BOOST_AUTO_TEST_CASE(answers_a_dial_whose_supervisor_is_killed) {
  node_fixture fixture;
  auto mute = fixture.stranger(1);
  mute->listen(30303);
  caf::scoped_actor self{fixture.world.system()};
  auto dialled = self->request(fixture.subject.handle, caf::infinite, dial_atom::value,
                               enode{mute->key().id(), {"10.0.2.1", 30303}, 30303});
  caf::anon_send_exit(fixture.next_supervisor(), caf::exit_reason::kill);
  fixture.world.run();
  BOOST_REQUIRE(self->has_next_message());
  dialled.receive([](const peer_info&) { BOOST_ERROR("it said nothing"); },
                  [](const caf::error& why) { BOOST_TEST((why == caf::exit_reason::kill)); });
  BOOST_REQUIRE(fixture.subject.events.failed.size() == 1u);
  BOOST_TEST(fixture.info().pending == 0u);
}

BOOST_AUTO_TEST_CASE(that_quits_answers_the_dials_under_way) {
  deaf_fixture fixture;
  auto dialled = fixture.start_dial();
  fixture.world.run();
  caf::anon_send_exit(fixture.subject, caf::exit_reason::user_shutdown);
  fixture.world.run();
  fixture.check_failure(dialled, errc::shutting_down);
  BOOST_TEST(fixture.network.pending == 0);
}

BOOST_AUTO_TEST_CASE(that_is_killed_takes_its_sessions_along) {
  node_fixture fixture;
  auto other = fixture.another(1);
  BOOST_REQUIRE(fixture.dial(*other, fixture.subject.url).value);
  caf::anon_send_exit(fixture.subject.handle, caf::exit_reason::kill);
  fixture.world.advance(10s);
  BOOST_REQUIRE(other->events.dropped.size() == 1u);
  BOOST_TEST(to_string(other->events.dropped[0].end.reason) == to_string(reason::client_quitting));
  // The other node, and two subscribers.
  BOOST_TEST(fixture.world.living() == 3u);
}

BOOST_AUTO_TEST_CASE(lingers_with_no_more_sessions_than_it_may) {
  settings limits;
  limits.max_lingering = 2;
  node_fixture fixture{limits};
  std::vector<std::unique_ptr<kit::raw_remote>> remotes;
  for (int i = 1; i <= 4; ++i) {
    remotes.push_back(fixture.stranger(i));
    BOOST_REQUIRE(
      remotes.back()->meet(fixture.subject.url.address, fixture.subject.key.id(), {{"test", 1}}));
  }
  // In one go, so that none has had time to end.
  for (const auto& x : remotes)
    caf::anon_send(fixture.subject.handle, close_atom::value, x->key().id(), reason::requested);
  fixture.world.run();
  // Each of the remotes was told; those that were closed at once see it.
  for (const auto& x : remotes)
    BOOST_TEST(x->goodbyes().size() == 1u);
  // The node, its subscriber, and two sessions of a supervisor and a peer.
  BOOST_TEST(fixture.world.living() == 6u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
