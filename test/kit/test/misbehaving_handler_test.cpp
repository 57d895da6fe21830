// SPDX-License-Identifier: BSL-1.0
//
// Every misbehaviour of the kit's handlers, once: its effect on its own session, and none on
// anything else.
#include "scripted_fixture.hpp"

#include "devp2p/actors/reason_for.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <utility>
#include <vector>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(misbehaving_handler_test)

namespace {

using namespace std::chrono_literals;
using kit::misbehaviour;
using reason = disconnect_reason;

/// A misbehaviour that ends its session, and the expected end.
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
     {.what = misbehaviour::floods,
      .messages = 1,
      .message_size = scripted_fixture::max_message_size + 1},
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

/// Settings with a small read window: 10,000 bytes of payloads, each with its overhead, stop the
/// reading.
settings narrow() {
  settings out;
  out.max_read_window = 10000;
  return out;
}

/// Checks a handler that releases no message: the reading stops, and in the end so does the
/// session.
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
  fixture.world.send(fixture.node.handle, close_atom_v, fixture.remote.key().id(),
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
    // The handler has ended and takes no more messages.
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
  // The queue had room for all of them, so the handler goes on.
  BOOST_TEST(fixture.received(p2p::base_length + 1) == 1u);
  BOOST_TEST(fixture.runs());
}

BOOST_AUTO_TEST_CASE(that_hoard_end_their_session) {
  // Two messages were released; eight others fill the window, and one more comes.
  check_hold_up(misbehaviour::hoards, 2 + 8 + 1);
}

BOOST_AUTO_TEST_CASE(that_stall_end_their_session) {
  // The handler has looked at the third message.
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
  fixture.world.send(fixture.node.handle, close_atom_v, fixture.remote.key().id(),
                     reason::requested);
  // The session is over for all but its handler.
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

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
