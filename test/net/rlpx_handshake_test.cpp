// SPDX-License-Identifier: BSL-1.0
#include "rlpx_handshake_ends.hpp"

#include "devp2p/net/rlp/decoder.hpp"

#include <set>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(rlpx_handshake_test)

using rlpx::handshake;

namespace {

void check_that_they_agree(const established& a, const established& b) {
  BOOST_TEST((a.keys.aes.content() == b.keys.aes.content()));
  BOOST_TEST((a.keys.mac.content() == b.keys.mac.content()));
  BOOST_TEST((a.keys.egress_mac.digest() == b.keys.ingress_mac.digest()));
  BOOST_TEST((a.keys.ingress_mac.digest() == b.keys.egress_mac.digest()));
}

/// Feeds `packet` in pieces of `step()` bytes, never passing more than has come, and calls again
/// whenever more has come.
handshake::outcome feed(handshake& subject, byte_view packet,
                        const std::function<std::size_t()>& step) {
  std::size_t come = 0;
  for (;;) {
    auto in = packet.first(come);
    auto out = subject.receive(in);
    auto* more = std::get_if<handshake::incomplete>(&out);
    if (!more || come == packet.size())
      return out;
    BOOST_TEST(more->wanted > come);
    BOOST_TEST(in.size() == come);
    come = std::min(packet.size(), come + step());
  }
}

/// Returns steps of one byte, and then steps of random sizes.
std::vector<std::function<std::size_t()>> all_steps() {
  std::vector<std::function<std::size_t()>> out{[] { return std::size_t{1}; }};
  for (unsigned seed = 0; seed < 20; ++seed)
    out.push_back([random = std::mt19937{seed}]() mutable {
      return std::uniform_int_distribution<std::size_t>{1, 200}(random);
    });
  return out;
}

/// Checks the keys that follow from the ephemeral keys and the nonces of the published packets.
void check_published_keys(const rlpx::secrets& keys) {
  BOOST_TEST(to_hex(keys.aes.content()) == eip8["aes"].get<std::string>());
  BOOST_TEST(to_hex(keys.mac.content()) == eip8["mac"].get<std::string>());
}

/// Checks that `Side` takes the published packet alike, whatever the pieces.
template <class Side>
void check_pieces(const char* packet) {
  for (const auto& step : all_steps()) {
    Side side;
    expect<handshake::established>(feed(side.subject, hex(eip8[packet]), step));
    check_published_keys(side.subject.keys());
  }
}

/// Checks that `side` takes the published packet `name`, and returns what it has established.
established check_published(auto side, const char* name, const node_id& remote) {
  BOOST_TEST_INFO(name);
  auto done = establish(side.subject, hex(eip8[name]));
  BOOST_TEST((done.remote == remote));
  check_published_keys(done.keys);
  return done;
}

} // namespace

BOOST_AUTO_TEST_SUITE(published_packets)

BOOST_AUTO_TEST_CASE(recipient_takes_every_published_auth) {
  for (auto* name : {"auth1_plain", "auth2", "auth3_v56"})
    check_published(recipient{}, name, alice.id());
}

BOOST_AUTO_TEST_CASE(recipient_authenticates_the_published_auth) {
  recipient bob_side;
  auto done = establish(bob_side.subject, hex(eip8["auth2"]));
  done.keys.ingress_mac.update(as_bytes("foo"));
  BOOST_TEST(to_hex(done.keys.ingress_mac.digest()) ==
             eip8["recipient_ingress_mac_foo"].get<std::string>());
}

BOOST_AUTO_TEST_CASE(initiator_takes_every_published_ack) {
  for (auto* name : {"ack1_plain", "ack2", "ack3_v57"})
    BOOST_TEST(check_published(initiator{}, name, bob.id()).reply.empty());
}

BOOST_AUTO_TEST_CASE(both_take_the_packets_of_a_session_from_before_eip_8) {
  const auto& session = published()["session_v4"];
  auto here = to_key(session["initiator_private_key"]);
  auto there = to_key(session["receiver_private_key"]);
  scripted_random random{
    concatenate(hex(session["receiver_ephemeral_private_key"]), hex(session["receiver_nonce"]))};
  auto subject = handshake::recipient(there, random);
  auto done = establish(subject, hex(session["auth_ciphertext"]));
  BOOST_TEST((done.remote == here.id()));
  BOOST_TEST(to_hex(done.keys.aes.content()) == session["aes_secret"].get<std::string>());
  BOOST_TEST(to_hex(done.keys.ingress_mac.digest()) ==
             session["initial_egress_MAC"].get<std::string>());

  scripted_random other{
    concatenate(hex(session["initiator_ephemeral_private_key"]), hex(session["initiator_nonce"]))};
  auto dialler = handshake::initiator(here, there.id(), other);
  BOOST_REQUIRE(bool{dialler.start()});
  done = establish(dialler, hex(session["authresp_ciphertext"]));
  BOOST_TEST(to_hex(done.keys.mac.content()) == session["mac_secret"].get<std::string>());
  BOOST_TEST(to_hex(done.keys.ingress_mac.digest()) ==
             session["initial_ingress_MAC"].get<std::string>());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(two_ends)

BOOST_AUTO_TEST_CASE(agree_on_everything) {
  initiator alice_side;
  recipient bob_side;
  auto there = establish(bob_side.subject, alice_side.auth);
  auto here = establish(alice_side.subject, there.reply);
  check_that_they_agree(here, there);
  BOOST_TEST((here.remote == bob.id()));
  BOOST_TEST((there.remote == alice.id()));
}

BOOST_AUTO_TEST_CASE(agree_on_other_keys_each_time) {
  recipient a;
  recipient b;
  scripted_random random;
  std::vector<established> done;
  for (auto* bob_side : {&a, &b}) {
    auto subject = handshake::initiator(alice, bob.id(), random);
    auto auth = subject.start();
    BOOST_REQUIRE(auth);
    done.push_back(establish(bob_side->subject, *auth));
  }
  BOOST_TEST((done[0].keys.aes.content() != done[1].keys.aes.content()));
}

BOOST_AUTO_TEST_CASE(take_two_keys_each_that_were_made_ahead_or_make_them) {
  crypto::key_reserve reserve;
  auto shake_hands = [&] {
    scripted_random random;
    auto dialler = handshake::initiator(alice, bob.id(), random, &reserve);
    auto auth = dialler.start();
    BOOST_REQUIRE(auth);
    auto answerer = handshake::recipient(bob, random, &reserve);
    auto there = establish(answerer, *auth);
    check_that_they_agree(establish(dialler, there.reply), there);
  };
  auto fill = [&] {
    std::size_t made = 0;
    for (; reserve.wants_more(); ++made)
      reserve.make_one();
    return made;
  };
  shake_hands(); // Nothing is made ahead yet.
  BOOST_TEST(fill() == crypto::key_reserve::capacity);
  shake_hands();
  BOOST_TEST(fill() == 4u);
}

BOOST_AUTO_TEST_CASE(go_on_after_they_were_moved) {
  initiator alice_side;
  auto alice_moved = std::move(alice_side.subject);
  recipient bob_side;
  auto bob_moved = std::move(bob_side.subject);
  auto there = establish(bob_moved, alice_side.auth);
  check_that_they_agree(establish(alice_moved, there.reply), there);
}

BOOST_AUTO_TEST_CASE(answer_plain_with_plain) {
  initiator alice_side;
  auto fields = auth_fields{};
  auto content = fields.signature;
  append(content, bytes(32));
  append(content, fields.sender);
  append(content, fields.nonce);
  append(content, bytes{0});
  recipient bob_side;
  auto there = establish(bob_side.subject, plain_packet(bob.id(), content));
  BOOST_TEST(there.reply.size() == 210u);
  BOOST_TEST((there.remote == alice.id()));
  auto here = establish(alice_side.subject, there.reply);
  BOOST_TEST((here.keys.aes.content() == there.keys.aes.content()));
}

BOOST_AUTO_TEST_CASE(pad_their_packets_by_a_random_size) {
  std::set<std::size_t> auth_sizes;
  std::set<std::size_t> ack_sizes;
  scripted_random random;
  for (int i = 0; i < 100; ++i) {
    auto dialler = handshake::initiator(alice, bob.id(), random);
    auto auth = dialler.start();
    BOOST_REQUIRE(auth);
    auth_sizes.insert(auth->size());
    auto answerer = handshake::recipient(bob, random);
    ack_sizes.insert(establish(answerer, *auth).reply.size());
  }
  // Prefix, overhead and fields come before 100 to 299 bytes of padding.
  BOOST_TEST(*auth_sizes.begin() >= 2 + 113 + 169 + 100u);
  BOOST_TEST(*auth_sizes.rbegin() <= 2 + 113 + 169 + 299u);
  BOOST_TEST(*ack_sizes.begin() >= 2 + 113 + 102 + 100u);
  BOOST_TEST(*ack_sizes.rbegin() <= 2 + 113 + 102 + 299u);
  BOOST_TEST(auth_sizes.size() > 50u);
  BOOST_TEST(ack_sizes.size() > 50u);
}

BOOST_AUTO_TEST_CASE(do_not_reuse_padding_as_plain_zeros) {
  initiator alice_side;
  auto content = crypto::ecies_decrypt(bob, byte_view{alice_side.auth}.subspan(2),
                                       byte_view{alice_side.auth}.first(2));
  BOOST_REQUIRE(content);
  rlp::decoder in{*content};
  auto padding = byte_view{*content}.subspan(in.raw().size());
  BOOST_TEST(std::count(padding.begin(), padding.end(), 0) < 20);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(stream)

BOOST_AUTO_TEST_CASE(auth_is_taken_alike_however_it_is_cut) {
  for (auto* name : {"auth1_plain", "auth2", "auth3_v56"})
    check_pieces<recipient>(name);
}

BOOST_AUTO_TEST_CASE(ack_is_taken_alike_however_it_is_cut) {
  for (auto* name : {"ack1_plain", "ack2", "ack3_v57"})
    check_pieces<initiator>(name);
}

BOOST_AUTO_TEST_CASE(what_comes_after_the_packet_is_left) {
  for (auto* name : {"auth1_plain", "auth2"}) {
    recipient bob_side;
    auto stream = concatenate(hex(eip8[name]), {1, 2, 3});
    byte_view in{stream};
    expect<handshake::established>(bob_side.subject.receive(in));
    BOOST_TEST((bytes{in.begin(), in.end()} == bytes{1, 2, 3}));
  }
}

BOOST_AUTO_TEST_CASE(nothing_short_of_a_packet_is_taken) {
  for (auto* name : {"auth1_plain", "auth2"}) {
    recipient bob_side;
    auto packet = hex(eip8[name]);
    for (std::size_t size = 0; size < packet.size(); ++size) {
      auto in = byte_view{packet}.first(size);
      auto more = expect<handshake::incomplete>(bob_side.subject.receive(in));
      BOOST_TEST(more.wanted > size);
      BOOST_TEST(more.wanted <= packet.size());
      BOOST_TEST(in.size() == size);
    }
    establish(bob_side.subject, packet);
  }
}

BOOST_AUTO_TEST_CASE(a_packet_smaller_than_a_plain_one_is_not_waited_beyond) {
  recipient bob_side;
  auto packet = eip8_packet(bob.id(), auth_fields{}.content());
  BOOST_REQUIRE(packet.size() < 307);
  establish(bob_side.subject, packet);
}

// The point of a plain packet starts with 04, as does the size of a packet of 1024 to 1279 bytes.
BOOST_AUTO_TEST_CASE(a_size_that_looks_like_the_start_of_a_plain_packet_is_understood) {
  for (std::size_t size : {0x0400, 0x04ff}) {
    auto content = auth_fields{}.content();
    content.resize(size - crypto::ecies_overhead);
    auto packet = eip8_packet(bob.id(), content);
    for (const auto& step : all_steps()) {
      recipient bob_side;
      auto done = expect<handshake::established>(feed(bob_side.subject, packet, step));
      BOOST_TEST((done.remote == alice.id()));
    }
  }
}

BOOST_AUTO_TEST_CASE(sizes_at_the_limits_are_taken) {
  auto content = auth_fields{}.content();
  content.resize(2048 - crypto::ecies_overhead);
  recipient bob_side;
  establish(bob_side.subject, eip8_packet(bob.id(), content));
}

BOOST_AUTO_TEST_CASE(impossible_sizes_are_refused_before_the_packet_comes) {
  for (const auto& start : {bytes{0x00, 112}, bytes{0x00, 0x00}, bytes{0x08, 0x01},
                            bytes{0x08, 0xff}, bytes{0x09}, bytes{0xff}, bytes{0x7f, 0xff}}) {
    recipient bob_side;
    BOOST_TEST((refusal(bob_side.subject, start) == errc::handshake_size));
    initiator alice_side;
    BOOST_TEST((refusal(alice_side.subject, start) == errc::handshake_size));
  }
}

BOOST_AUTO_TEST_CASE(the_least_size_is_waited_for_and_found_empty) {
  auto packet = eip8_packet(bob.id(), {});
  BOOST_REQUIRE(packet.size() == 2 + 113u);
  recipient bob_side;
  auto in = byte_view{packet}.first(2);
  BOOST_TEST(expect<handshake::incomplete>(bob_side.subject.receive(in)).wanted == 115u);
  BOOST_TEST((refusal(bob_side.subject, packet) == errc::handshake_malformed));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
