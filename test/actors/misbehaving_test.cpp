// SPDX-License-Identifier: BSL-1.0
//
// Every misbehaviour of the kit, once: what it does to its own session, and to nothing else.
#include "two_nodes.hpp"

#include "devp2p/actors/reason_for.hpp"
#include "devp2p/kit/misbehaving_handler.hpp"
#include "devp2p/kit/misbehaving_remote.hpp"
#include "devp2p/kit/raw_remote.hpp"
#include "devp2p/net/p2p/base.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>
#include <vector>

namespace devp2p::test {
namespace {

using namespace std::chrono_literals;
using kit::misbehaviour;
using reason = disconnect_reason;

constexpr std::size_t max_message_size = 100000;

/// A node whose only handler follows a script, and a remote that is driven by hand.
struct scripted_fixture {
  std::shared_ptr<kit::handler_record> record = std::make_shared<kit::handler_record>();
  kit::seeded_random random{5};
  kit::world world;
  test_node node;
  kit::raw_remote remote{world, "10.0.0.66", random};
  /// Without a session.
  std::size_t actors_before = 0;

  explicit scripted_fixture(const kit::handler_script& script = {}, const settings& limits = {})
    : node(world, "10.0.0.1", random, {scripted(script)}, limits) {
    BOOST_REQUIRE(ask<enode>(world, node.handle, listen_atom::value, node.url.address).value);
    actors_before = world.living();
  }

  protocol scripted(const kit::handler_script& script) {
    auto out = make_protocol("test", 1, 8, kit::misbehaving(script, record));
    out.max_message_size = max_message_size;
    return out;
  }

  bool meet() { return remote.meet(node.url.address, node.key.id(), {{"test", 1}}); }

  void send(std::uint64_t code, std::size_t size = 3) {
    remote.send(p2p::base_length + code, bytes(size, 0xaa));
  }

  /// The only one.
  const kit::handler_life& life() {
    BOOST_REQUIRE(record->lives.size() == 1u);
    return *record->lives[0];
  }

  std::size_t received(std::uint64_t id) {
    auto is_one = [=](const auto& x) { return x.id == id; };
    return static_cast<std::size_t>(
      std::count_if(remote.received().begin(), remote.received().end(), is_one));
  }

  bool runs() { return node.events.dropped.empty() && node.events.failed.empty(); }

  void check(const session_end& end, reason expected, bool remote_requested, bool sent) {
    BOOST_TEST(to_string(end.reason) == to_string(expected));
    BOOST_TEST(end.remote_requested == remote_requested);
    BOOST_TEST(end.sent == sent);
    if (sent && remote.connected()) {
      BOOST_REQUIRE(remote.goodbyes().size() == 1u);
      BOOST_TEST(to_string(remote.goodbyes()[0]) == to_string(expected));
    } else {
      BOOST_TEST(remote.goodbyes().empty());
    }
    world.advance(10s);
    BOOST_TEST(world.living() == actors_before);
    if (remote.connected()) {
      remote.read_on();
      BOOST_TEST(remote.closed());
    }
  }

  /// The session ran, and is over for this reason.
  void dropped_with(reason expected, bool remote_requested = false, bool sent = true) {
    BOOST_REQUIRE(node.events.failed.empty());
    BOOST_REQUIRE(node.events.dropped.size() == 1u);
    check(node.events.dropped[0].end, expected, remote_requested, sent);
    BOOST_TEST(record->spawned == 1u);
    BOOST_TEST(life().end.has_value());
    BOOST_TEST(!life().link.writer);
    BOOST_TEST(life().packets_after_close == 0u);
  }

  void dropped_with(const kit::attack::outcome& expected) {
    dropped_with(expected.reason, expected.remote_requested, expected.sent);
    BOOST_TEST((life().end == errc::session_closed));
    check_error(node.events.dropped[0].end.error, expected.found);
  }

  /// The session did not come to run.
  void failed_with(const kit::attack::outcome& expected) {
    BOOST_REQUIRE(node.events.dropped.empty());
    BOOST_REQUIRE(node.events.failed.size() == 1u);
    const auto& end = node.events.failed[0].end;
    check(end, expected.reason, expected.remote_requested, expected.sent);
    check_error(end.error, expected.found);
    BOOST_TEST(record->spawned == 0u);
  }

  static void check_error(const std::string& error, errc expected) {
    BOOST_TEST_CONTEXT(error << " says " << to_string(expected))
    BOOST_TEST(error.starts_with(to_string(expected)));
  }
};

/// A misbehaviour that ends its session, and how.
struct fatal {
  std::string name;
  kit::handler_script script;
  reason expected;
  caf::error end;
};

kit::handler_script does(misbehaviour what) {
  return {.what = what};
}

kit::handler_script quits_with(caf::error why) {
  return {.what = misbehaviour::quits, .error = std::move(why)};
}

const std::vector<fatal>& all_fatal() {
  static const std::vector<fatal> all{
    {"returns", does(misbehaviour::returns), reason::client_quitting, {}},
    {"quits with a reason", quits_with(local_disconnect(reason::useless_peer)),
     reason::useless_peer, caf::make_error(errc::local_disconnect, reason::useless_peer)},
    {"quits with an error of its own", quits_with(caf::sec::bad_function_call),
     reason::subprotocol_error, caf::sec::bad_function_call},
    {"throws", does(misbehaviour::throws), reason::subprotocol_error, caf::sec::runtime_error},
    {"throws oddly", does(misbehaviour::throws_oddly), reason::subprotocol_error,
     caf::sec::runtime_error},
    {"is killed", does(misbehaviour::is_killed), reason::subprotocol_error, caf::exit_reason::kill},
    {"breaks the protocol", does(misbehaviour::breaks_protocol), reason::breach_of_protocol,
     caf::make_error(errc::rlp_truncated)},
    {"writes an unknown code", does(misbehaviour::writes_unknown_code), reason::breach_of_protocol,
     caf::make_error(errc::invalid_message_code)},
    {"writes the code behind its last",
     {.what = misbehaviour::writes_unknown_code, .code = 8},
     reason::breach_of_protocol,
     caf::make_error(errc::invalid_message_code)},
    {"floods", does(misbehaviour::floods), reason::subprotocol_error,
     caf::make_error(errc::write_queue_full)},
    {"writes too large a message",
     {.what = misbehaviour::floods, .messages = 1, .message_size = max_message_size + 1},
     reason::subprotocol_error,
     caf::make_error(errc::outgoing_message_too_large)},
  };
  return all;
}

/// Runs `body` for each fatal misbehaviour, which begins at `when`.
template <class When, class Body>
void for_each_fatal(When when, Body body) {
  for (const auto& x : all_fatal())
    BOOST_TEST_CONTEXT("a handler that " << x.name) {
      auto script = x.script;
      script.when = when;
      scripted_fixture fixture{script};
      BOOST_REQUIRE(fixture.meet());
      body(fixture);
      BOOST_TEST(fixture.life().misbehaved);
      BOOST_TEST((fixture.life().end == x.end));
      fixture.dropped_with(x.expected);
    }
}

/// So many octets of payloads, and so many messages, stop the reading.
settings narrow() {
  settings out;
  out.max_read_window = 10000;
  return out;
}

/// The handler lets go of nothing: reading stops, and in the end so does the session.
void check_hold_up(misbehaviour what, std::size_t seen) {
  scripted_fixture fixture{{.what = what, .when = kit::at_message{3}}, narrow()};
  BOOST_REQUIRE(fixture.meet());
  for (int i = 0; i < 40; ++i)
    fixture.send(1, 1000);
  BOOST_TEST(fixture.received(p2p::base_length + 1) == 2u);
  BOOST_TEST(fixture.life().packet_count == seen);
  // Since Hello one interval with frames, then three without.
  fixture.world.advance(59s);
  BOOST_TEST(fixture.runs());
  fixture.world.advance(1s);
  BOOST_REQUIRE(fixture.node.events.dropped.size() == 1u);
  BOOST_TEST(fixture.node.events.dropped[0].end.error.find(to_string(errc::handler_stalled)) !=
             std::string::npos);
  fixture.dropped_with(reason::subprotocol_error);
  BOOST_TEST(fixture.life().packet_count == seen);
}

} // namespace

BOOST_AUTO_TEST_SUITE(handlers)

BOOST_AUTO_TEST_CASE(that_behave_echo_what_comes) {
  scripted_fixture fixture;
  BOOST_REQUIRE(fixture.meet());
  fixture.send(7, 5);
  fixture.send(0, 0);
  fixture.world.advance(10s);
  BOOST_REQUIRE(fixture.remote.received().size() >= 3u);
  const auto* said = &fixture.remote.received()[1]; // behind Hello
  BOOST_TEST(said[0].id == p2p::base_length + 7);
  BOOST_TEST((said[0].payload == bytes(5, 0xaa)));
  BOOST_TEST(said[1].id == p2p::base_length);
  BOOST_TEST(said[1].payload.empty());
  const auto& life = fixture.life();
  using seen = kit::handler_life::seen;
  BOOST_TEST((life.packets == std::vector<seen>{{7, 5}, {0, 0}}));
  BOOST_TEST(life.packet_count == 2u);
  BOOST_TEST(!life.end.has_value());
  BOOST_TEST((life.link.protocol == capability{"test", 1}));
  BOOST_TEST((life.link.remote.id == fixture.remote.key().id()));
  BOOST_TEST(life.link.inbound);
  fixture.world.send(fixture.node.handle, close_atom::value, fixture.remote.key().id(),
                     reason::requested);
  BOOST_TEST((life.told == errc::session_closed));
  BOOST_TEST((life.end == errc::session_closed));
  fixture.dropped_with(reason::requested);
}

BOOST_AUTO_TEST_CASE(may_end_as_soon_as_they_are_spawned) {
  for_each_fatal(kit::at_once{},
                 [](scripted_fixture& x) { BOOST_TEST(x.life().packet_count == 0u); });
}

BOOST_AUTO_TEST_CASE(may_end_at_a_message) {
  for_each_fatal(kit::at_message{3}, [](scripted_fixture& x) {
    x.send(1);
    x.send(1);
    BOOST_TEST(x.runs());
    BOOST_TEST(!x.life().misbehaved);
    BOOST_TEST(x.received(p2p::base_length + 1) == 2u);
    x.send(1);
    BOOST_TEST(x.received(p2p::base_length + 1) == 2u);
    // Nobody takes it any more.
    x.send(1);
    BOOST_TEST(x.life().packet_count == 3u);
  });
}

BOOST_AUTO_TEST_CASE(may_end_after_a_while) {
  for_each_fatal(kit::after{7s}, [](scripted_fixture& x) {
    x.world.advance(7s - 1ns);
    BOOST_TEST(x.runs());
    BOOST_TEST(!x.life().misbehaved);
    x.send(1);
    BOOST_TEST(x.received(p2p::base_length + 1) == 1u);
    x.world.advance(1ns);
  });
}

BOOST_AUTO_TEST_CASE(that_flood_write_as_much_as_they_are_told) {
  kit::handler_script script{.what = misbehaviour::floods, .when = kit::at_message{1}};
  script.messages = 500;
  script.message_size = 100;
  scripted_fixture fixture{script};
  BOOST_REQUIRE(fixture.meet());
  fixture.send(1);
  BOOST_TEST(fixture.received(p2p::base_length) == 500u);
  fixture.send(1);
  // That was no more than may be, so it goes on.
  BOOST_TEST(fixture.received(p2p::base_length + 1) == 1u);
  BOOST_TEST(fixture.runs());
}

BOOST_AUTO_TEST_CASE(that_hoard_end_their_session) {
  // Two messages were let go of; eight others fill its window, and one more comes.
  check_hold_up(misbehaviour::hoards, 2 + 8 + 1);
}

BOOST_AUTO_TEST_CASE(that_stall_end_their_session) {
  // The third was looked at.
  check_hold_up(misbehaviour::stalls, 3);
}

BOOST_AUTO_TEST_CASE(that_stall_within_their_window_go_unnoticed) {
  scripted_fixture fixture{does(misbehaviour::stalls)};
  BOOST_REQUIRE(fixture.meet());
  for (int i = 0; i < 20; ++i) {
    fixture.send(1, 1000);
    fixture.world.advance(15s);
  }
  BOOST_TEST(fixture.runs());
  BOOST_TEST(fixture.life().packet_count == 0u);
}

BOOST_AUTO_TEST_CASE(that_are_stubborn_are_killed) {
  scripted_fixture fixture{does(misbehaviour::is_stubborn)};
  BOOST_REQUIRE(fixture.meet());
  fixture.send(1);
  BOOST_TEST(fixture.received(p2p::base_length + 1) == 1u);
  fixture.world.send(fixture.node.handle, close_atom::value, fixture.remote.key().id(),
                     reason::requested);
  // The session is over for everybody else.
  BOOST_TEST(fixture.node.events.dropped.size() == 1u);
  BOOST_TEST((fixture.life().told == errc::session_closed));
  fixture.send(1);
  fixture.world.advance(5s - 1ns);
  BOOST_TEST(!fixture.life().end.has_value());
  BOOST_TEST(fixture.world.living() == fixture.actors_before + 2); // and its supervisor
  fixture.world.advance(1ns);
  BOOST_TEST((fixture.life().end == caf::exit_reason::kill));
  BOOST_TEST(fixture.life().packet_count == 1u);
  fixture.dropped_with(reason::requested);
}

BOOST_AUTO_TEST_CASE(that_reply_late_do_reply) {
  scripted_fixture fixture{{.what = misbehaviour::replies_late, .delay = 20s}};
  BOOST_REQUIRE(fixture.meet());
  fixture.send(1);
  fixture.world.advance(10s);
  fixture.send(2);
  fixture.world.advance(10s - 1ns);
  BOOST_TEST(fixture.received(p2p::base_length + 1) == 0u);
  fixture.world.advance(1ns);
  BOOST_TEST(fixture.received(p2p::base_length + 1) == 1u);
  BOOST_TEST(fixture.received(p2p::base_length + 2) == 0u);
  fixture.world.advance(10s);
  BOOST_TEST(fixture.received(p2p::base_length + 2) == 1u);
  BOOST_TEST(fixture.runs());
}

BOOST_AUTO_TEST_CASE(that_owe_a_reply_end_with_their_session) {
  scripted_fixture fixture{{.what = misbehaviour::replies_late, .delay = 1h}};
  BOOST_REQUIRE(fixture.meet());
  fixture.send(1);
  fixture.remote.send(reason::requested);
  BOOST_TEST((fixture.life().end == errc::session_closed));
  fixture.dropped_with(reason::requested, true);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(records)

BOOST_AUTO_TEST_CASE(may_be_left_to_the_handlers) {
  kit::seeded_random random{5};
  kit::world world;
  auto factory = kit::misbehaving({.what = misbehaviour::throws, .when = kit::at_message{1}});
  test_node node{world, "10.0.0.1", random, {make_protocol("test", 1, 8, std::move(factory))}};
  BOOST_REQUIRE(ask<enode>(world, node.handle, listen_atom::value, node.url.address).value);
  kit::raw_remote remote{world, "10.0.0.66", random};
  BOOST_REQUIRE(remote.meet(node.url.address, node.key.id(), {{"test", 1}}));
  remote.send(p2p::base_length, p2p::ping_payload);
  BOOST_TEST(node.events.dropped.size() == 1u);
}

BOOST_AUTO_TEST_CASE(outlive_the_world) {
  std::shared_ptr<kit::handler_record> record;
  {
    scripted_fixture fixture;
    BOOST_REQUIRE(fixture.meet());
    fixture.send(1);
    record = fixture.record;
    BOOST_TEST(static_cast<bool>(record->lives.at(0)->link.writer));
  }
  const auto& life = *record->lives.at(0);
  BOOST_TEST(!life.link.writer);
  BOOST_TEST((life.end == errc::session_closed));
  BOOST_TEST(life.packet_count == 1u);
}

BOOST_AUTO_TEST_CASE(have_a_life_for_each_session) {
  scripted_fixture fixture;
  BOOST_REQUIRE(fixture.meet());
  fixture.send(1);
  kit::raw_remote other{fixture.world, "10.0.0.67", fixture.random};
  BOOST_REQUIRE(other.meet(fixture.node.url.address, fixture.node.key.id(), {{"test", 1}}));
  BOOST_TEST(fixture.record->spawned == 2u);
  BOOST_REQUIRE(fixture.record->lives.size() == 2u);
  BOOST_TEST(fixture.record->lives[0]->packet_count == 1u);
  BOOST_TEST(fixture.record->lives[1]->packet_count == 0u);
  BOOST_TEST((fixture.record->lives[1]->link.remote.id == other.key().id()));
}

BOOST_AUTO_TEST_CASE(are_bounded) {
  scripted_fixture fixture{does(misbehaviour::hoards)};
  BOOST_REQUIRE(fixture.meet());
  for (std::size_t i = 0; i < kit::handler_life::max_packets + 5; ++i)
    fixture.send(1, 1);
  BOOST_TEST(fixture.life().packet_count == kit::handler_life::max_packets + 5);
  BOOST_TEST(fixture.life().packets.size() == kit::handler_life::max_packets);
}

BOOST_AUTO_TEST_CASE(that_are_stubborn_count_what_comes_after_the_close) {
  bool over = false;
  auto writer = [](writer_actor::pointer, const bool* over) -> writer_actor::behavior_type {
    return {[over](write_atom, std::uint16_t, std::uint32_t, const packet&) -> caf::result<void> {
      if (*over)
        return caf::make_error(errc::session_closed);
      return caf::unit;
    }};
  };
  auto record = std::make_shared<kit::handler_record>();
  kit::world world;
  channel link;
  link.writer = world.spawn(writer, &over);
  auto handler =
    world.adopt(kit::misbehaving(does(misbehaviour::is_stubborn), record)(world.system(), link));
  const auto& life = *record->lives.at(0);
  caf::anon_send_exit(handler, caf::exit_reason::user_shutdown);
  world.send(handler, packet{});
  BOOST_TEST(!life.closed, "the session goes on");
  over = true;
  caf::anon_send_exit(handler, caf::exit_reason::user_shutdown);
  world.run();
  BOOST_TEST(life.closed);
  BOOST_TEST(life.packets_after_close == 0u);
  world.send(handler, packet{});
  BOOST_TEST(life.packets_after_close == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(remotes)

namespace {

kit::attack_target target() {
  kit::attack_target out;
  out.end_of_ids = p2p::base_length + 8;
  out.max_message_size = max_message_size;
  return out;
}

} // namespace

BOOST_AUTO_TEST_CASE(have_a_name_for_each_attack) {
  std::set<std::string> names;
  for (const auto& x : kit::attacks())
    BOOST_TEST(names.insert(x.name).second);
  BOOST_TEST(names.size() >= 60u);
}

BOOST_AUTO_TEST_CASE(end_a_session_that_has_just_begun) {
  for (const auto& x : kit::attacks())
    BOOST_TEST_CONTEXT(x.name) {
      scripted_fixture fixture;
      BOOST_REQUIRE(fixture.meet());
      x.run(fixture.remote, target());
      fixture.dropped_with(x.in_session);
    }
}

BOOST_AUTO_TEST_CASE(end_a_session_with_a_past) {
  for (const auto& x : kit::attacks())
    BOOST_TEST_CONTEXT(x.name) {
      scripted_fixture fixture;
      BOOST_REQUIRE(fixture.meet());
      // Messages both ways, of many blocks, and a Ping that is not answered.
      for (std::size_t size : {0u, 1u, 1000u, 50000u})
        fixture.send(1, size);
      fixture.remote.send(p2p::ping_id, p2p::ping_payload);
      fixture.world.advance(20s);
      fixture.send(1);
      BOOST_TEST(fixture.received(p2p::base_length + 1) == 5u);
      BOOST_REQUIRE(fixture.runs());
      x.run(fixture.remote, target());
      fixture.dropped_with(x.in_session);
    }
}

BOOST_AUTO_TEST_CASE(say_it_in_place_of_hello) {
  for (const auto& x : kit::attacks()) {
    if (!x.before_hello)
      continue;
    BOOST_TEST_CONTEXT(x.name) {
      scripted_fixture fixture;
      BOOST_REQUIRE(fixture.remote.connect(fixture.node.url.address) &&
                    fixture.remote.shake_hands(fixture.node.key.id()));
      x.run(fixture.remote, target());
      fixture.failed_with(*x.before_hello);
    }
  }
}

BOOST_AUTO_TEST_CASE(say_it_in_place_of_the_handshake) {
  for (const auto& x : kit::attacks()) {
    if (!x.before_handshake)
      continue;
    BOOST_TEST_CONTEXT(x.name) {
      scripted_fixture fixture;
      BOOST_REQUIRE(fixture.remote.connect(fixture.node.url.address));
      x.run(fixture.remote, target());
      fixture.failed_with(*x.before_handshake);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
