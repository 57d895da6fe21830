// SPDX-License-Identifier: BSL-1.0
//
// Input that a stranger may send. It ends that session only, with the reason that the case names,
// and costs no other session anything.
#include "live_memory.hpp"
#include "two_nodes.hpp"

#include "devp2p/kit/raw_remote.hpp"
#include "devp2p/net/p2p/base.hpp"
#include "devp2p/net/rlp/encoder.hpp"
#include "devp2p/net/rlpx/compression.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(bad_input_test)

namespace {

using namespace std::chrono_literals;
using reason = disconnect_reason;

constexpr std::size_t max_message_size = 100000;

/// The maximum number of bytes that an ended session leaves behind in the test itself, in events
/// and log lines.
constexpr std::size_t traces = 8 << 10;

protocol limited(inbox* out) {
  auto protocol = make_protocol("test", 1, 8, collect(out));
  protocol.max_message_size = max_message_size;
  return protocol;
}

/// A node that is attacked while it holds a session with a friend.
struct attack_fixture {
  inbox friendly;
  inbox victims;
  kit::seeded_random random{7};
  kit::world world;
  test_node victim{world, "10.0.0.1", random, {limited(&victims)}};
  test_node companion{world, "10.0.0.2", random, {limited(&friendly)}};
  kit::raw_remote attacker{world, "10.0.0.66", random};
  /// The victim's end of the session with its friend.
  channel friendly_link;
  std::size_t actors_before = 0;
  std::size_t live_before = 0;

  attack_fixture() {
    BOOST_REQUIRE(ask<enode>(world, victim.handle, listen_atom_v, victim.url.address).value);
    BOOST_REQUIRE(ask<peer_info>(world, companion.handle, dial_atom_v, victim.url).value);
    friendly_link = victims.link.value();
    actors_before = world.living();
    live_before = live_memory();
  }

  /// Has the attacker open a session with the victim's protocol.
  bool meet() { return attacker.meet(victim.url.address, victim.key.id(), {{"test", 1}}); }

  /// Checks that the attack was answered with `expected` before the session ran.
  void failed_with(reason expected, bool told) {
    BOOST_REQUIRE(victim.events.failed.size() == 1u);
    check(victim.events.failed[0].end, expected, told);
  }
  /// Checks that the attack was answered with `expected` after the session ran.
  void dropped_with(reason expected, bool told = true) {
    BOOST_REQUIRE(victim.events.dropped.size() == 1u);
    BOOST_TEST((victim.events.dropped[0].id == attacker.key().id()));
    check(victim.events.dropped[0].end, expected, told);
  }

  void check(const session_end& end, reason expected, bool told) {
    BOOST_TEST(to_string(end.reason) == to_string(expected));
    BOOST_TEST(!end.remote_requested);
    BOOST_TEST(end.sent == told);
    BOOST_TEST(!end.error.empty());
    BOOST_TEST(attacker.goodbyes().size() == (told ? 1u : 0u));
    if (told) {
      BOOST_TEST(to_string(attacker.goodbyes().at(0)) == to_string(expected));
      the_goodbye_is_compressed(expected);
    }
    the_log_says_who_and_why(end);
    // When the session has lingered, no actor of it is left, and the remote sees its end.
    world.advance(10s);
    BOOST_TEST(attacker.closed());
    BOOST_TEST(world.living() == actors_before);
    attacker.forget();
    // The test itself refers to the peer through `victims`.
    victims = {};
    BOOST_TEST(live_memory() <= live_before + traces);
    the_friend_is_still_there();
  }

  /// Checks that the Disconnect is compressed. A remote that goes by the version in our Hello
  /// expects that, whatever was wrong with its own Hello.
  void the_goodbye_is_compressed(reason expected) {
    bytes compressed;
    rlpx::compress(p2p::encode_disconnect(expected), compressed);
    BOOST_TEST((attacker.received().back().payload == compressed));
  }

  /// Checks that one line of the log names the remote, the reason and the error.
  void the_log_says_who_and_why(const session_end& end) {
    auto lines = victim.log->with("ended by");
    BOOST_REQUIRE(lines.size() == 1u);
    const auto& who = victim.events.failed.empty() ? attacker.key().id().brief() : "10.0.0.66:";
    for (const auto& part : {who, to_string(end.reason), end.error})
      BOOST_TEST_CONTEXT(lines[0] << " says " << part)
    BOOST_TEST((lines[0].find(part) != std::string::npos));
  }

  void the_friend_is_still_there() {
    auto before = friendly.packets.size();
    world.send(friendly_link.writer, write_atom_v, friendly_link.place,
               packet{1, blob{as_bytes("still here?")}});
    BOOST_TEST(friendly.packets.size() == before + 1);
    BOOST_TEST(companion.events.dropped.empty());
  }
};

bytes filled(std::size_t size, std::uint8_t with) {
  return bytes(size, with);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(bad_input, attack_fixture)

// Input instead of a handshake

BOOST_AUTO_TEST_CASE(garbage_instead_of_a_handshake_is_dropped_in_silence) {
  BOOST_REQUIRE(attacker.connect(victim.url.address));
  bytes garbage(600);
  random.fill(garbage);
  garbage[0] = 0x01; // a possible size
  attacker.send_bytes(garbage);
  failed_with(reason::breach_of_protocol, false);
}

BOOST_AUTO_TEST_CASE(a_handshake_that_is_too_large_is_refused_by_its_size) {
  BOOST_REQUIRE(attacker.connect(victim.url.address));
  attacker.send_bytes(filled(400, 0xff));
  failed_with(reason::breach_of_protocol, false);
}

BOOST_AUTO_TEST_CASE(a_truncated_handshake_ends_by_the_deadline) {
  BOOST_REQUIRE(attacker.connect(victim.url.address));
  attacker.send_bytes(filled(100, 0x01));
  BOOST_TEST(victim.events.failed.empty());
  world.advance(4999ms);
  BOOST_TEST(victim.events.failed.empty());
  world.advance(1ms);
  failed_with(reason::ping_timeout, false);
}

BOOST_AUTO_TEST_CASE(a_remote_that_drips_does_not_extend_the_deadline) {
  BOOST_REQUIRE(attacker.connect(victim.url.address));
  for (int i = 0; i < 5; ++i) {
    attacker.send_bytes(filled(10, 0x01));
    world.advance(1s);
  }
  failed_with(reason::ping_timeout, false);
}

BOOST_AUTO_TEST_CASE(a_remote_that_hangs_up_in_the_handshake_is_forgotten) {
  BOOST_REQUIRE(attacker.connect(victim.url.address));
  attacker.send_bytes(filled(100, 0x01));
  attacker.half_close();
  failed_with(reason::network_error, false);
}

BOOST_AUTO_TEST_CASE(a_handshake_for_somebody_else_is_dropped_in_silence) {
  BOOST_REQUIRE(attacker.connect(victim.url.address));
  BOOST_TEST(!attacker.shake_hands(companion.key.id()));
  failed_with(reason::breach_of_protocol, false);
}

BOOST_AUTO_TEST_CASE(a_handshake_with_a_point_off_the_curve_is_dropped_in_silence) {
  BOOST_REQUIRE(attacker.connect(victim.url.address));
  // Size 307, then an "uncompressed point" of ones.
  bytes auth{0x01, 0x33, 0x04};
  auth.resize(2 + 0x133, 0x01);
  attacker.send_bytes(auth);
  failed_with(reason::breach_of_protocol, false);
}

BOOST_AUTO_TEST_CASE(a_stranger_costs_a_few_kilobytes) {
  // The attacker gets as far as Hello, and sends one more byte to read.
  BOOST_REQUIRE(attacker.connect(victim.url.address));
  auto connected = live_memory();
  BOOST_REQUIRE(attacker.shake_hands(victim.key.id()));
  attacker.send_bytes(filled(1, 0x01));
  BOOST_TEST(live_memory() <= connected + (20u << 10));
}

// Input instead of Hello

BOOST_AUTO_TEST_CASE(a_frame_of_no_bytes_breaches_the_protocol) {
  BOOST_REQUIRE(attacker.connect(victim.url.address) && attacker.shake_hands(victim.key.id()));
  attacker.send_bytes(attacker.seal_header(0));
  failed_with(reason::breach_of_protocol, true);
}

BOOST_AUTO_TEST_CASE(a_frame_of_16_mib_before_hello_is_refused_by_its_header) {
  BOOST_REQUIRE(attacker.connect(victim.url.address) && attacker.shake_hands(victim.key.id()));
  attacker.send_bytes(attacker.seal_header(0xffffff));
  failed_with(reason::breach_of_protocol, true);
}

BOOST_AUTO_TEST_CASE(a_hello_over_2_kib_is_refused_by_its_header) {
  BOOST_REQUIRE(attacker.connect(victim.url.address) && attacker.shake_hands(victim.key.id()));
  // Only the header goes out: the refusal must not wait for the rest.
  auto frame = attacker.seal(p2p::hello_id, filled(2060, 0x01));
  attacker.send_bytes(byte_view{frame}.first(32));
  failed_with(reason::breach_of_protocol, true);
}

BOOST_AUTO_TEST_CASE(a_hello_with_10000_capabilities_breaches_the_protocol) {
  BOOST_REQUIRE(attacker.connect(victim.url.address) && attacker.shake_hands(victim.key.id()));
  std::vector<capability> many;
  for (std::uint64_t i = 0; i < 10000; ++i)
    many.push_back({"x", i});
  attacker.send_hello(attacker.introduction(std::exchange(many, {})));
  failed_with(reason::breach_of_protocol, true);
}

BOOST_AUTO_TEST_CASE(a_hello_with_an_rlp_length_of_2_to_the_63_breaches_the_protocol) {
  BOOST_REQUIRE(attacker.connect(victim.url.address) && attacker.shake_hands(victim.key.id()));
  attacker.send(p2p::hello_id, *from_hex("ff8000000000000000c0"));
  failed_with(reason::breach_of_protocol, true);
}

BOOST_AUTO_TEST_CASE(a_first_message_that_is_not_hello_breaches_the_protocol) {
  BOOST_REQUIRE(attacker.connect(victim.url.address) && attacker.shake_hands(victim.key.id()));
  attacker.send(p2p::ping_id, p2p::ping_payload);
  failed_with(reason::breach_of_protocol, true);
}

BOOST_AUTO_TEST_CASE(a_hello_without_an_identity_is_told_so) {
  BOOST_REQUIRE(attacker.connect(victim.url.address) && attacker.shake_hands(victim.key.id()));
  auto hello = attacker.introduction({{"test", 1}});
  hello.id = {};
  attacker.send_hello(hello);
  failed_with(reason::invalid_identity, true);
}

BOOST_AUTO_TEST_CASE(a_hello_of_a_version_without_compression_is_refused_without_it) {
  BOOST_REQUIRE(attacker.connect(victim.url.address) && attacker.shake_hands(victim.key.id()));
  auto hello = attacker.introduction({{"test", 1}});
  hello.version = 4;
  hello.id = {};
  attacker.send_hello(hello);
  BOOST_REQUIRE(attacker.goodbyes().size() == 1u);
  BOOST_TEST(
    (attacker.received().back().payload == p2p::encode_disconnect(reason::invalid_identity)));
}

BOOST_AUTO_TEST_CASE(a_hello_with_another_identity_is_told_so) {
  BOOST_REQUIRE(attacker.connect(victim.url.address) && attacker.shake_hands(victim.key.id()));
  auto hello = attacker.introduction({{"test", 1}});
  hello.id = companion.key.id();
  attacker.send_hello(hello);
  failed_with(reason::unexpected_identity, true);
}

BOOST_AUTO_TEST_CASE(a_hello_without_a_shared_capability_is_told_so) {
  BOOST_REQUIRE(attacker.connect(victim.url.address) && attacker.shake_hands(victim.key.id()));
  BOOST_TEST(attacker.greet({{"test", 2}, {"other", 1}}));
  failed_with(reason::useless_peer, true);
}

BOOST_AUTO_TEST_CASE(a_remote_that_never_says_hello_ends_by_the_same_deadline) {
  BOOST_REQUIRE(attacker.connect(victim.url.address));
  world.advance(3s);
  BOOST_REQUIRE(attacker.shake_hands(victim.key.id()));
  world.advance(2s);
  failed_with(reason::ping_timeout, true);
}

// Input in a running session

BOOST_AUTO_TEST_CASE(a_remote_that_is_silent_from_the_start_ends_after_three_intervals) {
  BOOST_REQUIRE(meet());
  world.network().set_conditions("10.0.0.66", "10.0.0.1", {.stalled = true});
  world.advance(44s);
  BOOST_TEST(victim.events.dropped.empty());
  world.advance(1s);
  BOOST_REQUIRE(victim.events.dropped.size() == 1u);
  BOOST_TEST(to_string(victim.events.dropped[0].end.reason) == to_string(reason::ping_timeout));
}

BOOST_AUTO_TEST_CASE(a_flipped_bit_in_any_part_of_a_frame_breaches_the_protocol) {
  // Header, its MAC, body, its MAC.
  for (std::size_t position : {3u, 20u, 40u, 60u}) {
    attack_fixture fresh;
    BOOST_REQUIRE(fresh.meet());
    auto frame = fresh.attacker.seal(p2p::base_length, filled(16, 0xab));
    frame.at(position) ^= 1;
    fresh.attacker.send_bytes(frame);
    fresh.dropped_with(reason::breach_of_protocol);
    BOOST_TEST(fresh.victims.packets.empty());
  }
}

BOOST_AUTO_TEST_CASE(a_message_code_out_of_range_breaches_the_protocol) {
  BOOST_REQUIRE(meet());
  attacker.send(p2p::base_length + 8, p2p::ping_payload);
  dropped_with(reason::breach_of_protocol);
}

BOOST_AUTO_TEST_CASE(a_message_code_of_2_to_the_64_less_one_breaches_the_protocol) {
  BOOST_REQUIRE(meet());
  attacker.send(0xffff'ffff'ffff'ffff, p2p::ping_payload);
  dropped_with(reason::breach_of_protocol);
}

BOOST_AUTO_TEST_CASE(a_message_over_its_protocols_limit_breaches_the_protocol) {
  BOOST_REQUIRE(meet());
  attacker.send(p2p::base_length, filled(max_message_size, 0));
  BOOST_TEST(victims.packets.size() == 1u);
  attacker.send(p2p::base_length, filled(max_message_size + 1, 0));
  BOOST_TEST(victims.packets.size() == 1u);
  dropped_with(reason::breach_of_protocol);
}

BOOST_AUTO_TEST_CASE(a_snappy_bomb_is_refused_by_its_announced_size) {
  BOOST_REQUIRE(meet());
  // Compresses to a twentieth of the limit.
  attacker.send(p2p::base_length, filled(max_message_size * 20, 0));
  dropped_with(reason::breach_of_protocol);
  BOOST_TEST(victims.packets.empty());
}

BOOST_AUTO_TEST_CASE(a_second_hello_breaches_the_protocol) {
  BOOST_REQUIRE(meet());
  attacker.send_hello(attacker.introduction({{"test", 1}}));
  dropped_with(reason::breach_of_protocol);
}

BOOST_AUTO_TEST_CASE(reserved_base_messages_are_ignored_but_counted) {
  BOOST_REQUIRE(meet());
  for (std::uint64_t id = 4; id < p2p::base_length; ++id)
    attacker.send(id, p2p::ping_payload);
  auto peers = ask<std::vector<peer_info>>(world, victim.handle, peers_atom_v).value;
  BOOST_REQUIRE(peers);
  std::uint64_t ignored = 0;
  for (const auto& x : *peers)
    ignored += x.ignored_messages;
  BOOST_TEST(ignored == 12u);
  BOOST_TEST(victim.events.dropped.empty());
}

BOOST_AUTO_TEST_CASE(a_flood_of_pings_breaches_the_protocol) {
  BOOST_REQUIRE(meet());
  for (int i = 0; i < 100; ++i)
    attacker.send(p2p::ping_id, p2p::ping_payload);
  BOOST_TEST(victim.events.dropped.empty());
  attacker.send(p2p::ping_id, p2p::ping_payload);
  dropped_with(reason::breach_of_protocol);
}

BOOST_AUTO_TEST_CASE(pings_at_a_human_pace_go_on_for_ever) {
  BOOST_REQUIRE(meet());
  for (int i = 0; i < 300; ++i) {
    attacker.send(p2p::ping_id, p2p::ping_payload);
    world.advance(1s);
  }
  BOOST_TEST(victim.events.dropped.empty());
}

BOOST_AUTO_TEST_CASE(an_unexpected_pong_is_ignored) {
  BOOST_REQUIRE(meet());
  attacker.send(p2p::pong_id, p2p::ping_payload);
  BOOST_TEST(victim.events.dropped.empty());
}

BOOST_AUTO_TEST_CASE(a_connection_that_breaks_is_a_network_error) {
  BOOST_REQUIRE(meet());
  attacker.half_close();
  dropped_with(reason::network_error, false);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
