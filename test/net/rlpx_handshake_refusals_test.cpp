// SPDX-License-Identifier: BSL-1.0
//
// Packets that neither end of a handshake takes.
#include "rlpx_handshake_ends.hpp"

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(rlpx_handshake_refusals_test)

using rlpx::handshake;

namespace {

bytes ack_content(byte_view ephemeral, byte_view nonce) {
  bytes out;
  rlp::encoder fields{out};
  fields.list([&] {
    fields.string(ephemeral);
    fields.string(nonce);
    fields.integer(4);
  });
  return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(refusals)

BOOST_AUTO_TEST_CASE(a_packet_with_any_byte_changed_is_refused) {
  for (auto* name : {"auth1_plain", "auth2"}) {
    // The bytes that are read as a size stay: a changed size is another case.
    auto first = name == std::string{"auth2"} ? 2u : 1u;
    for (std::size_t i = first; i < hex(eip8[name]).size(); ++i) {
      auto packet = hex(eip8[name]);
      packet[i] ^= 0x10;
      packet.resize(2048 + 2); // The end may want more bytes to find out.
      recipient bob_side;
      auto why = refusal(bob_side.subject, packet);
      BOOST_TEST((why == errc::handshake_decryption || why == errc::handshake_size));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_packet_with_another_size_is_refused) {
  for (auto size : {0x01b2, 0x01b4}) {
    auto packet = hex(eip8["auth2"]);
    packet[0] = static_cast<std::uint8_t>(size >> 8);
    packet[1] = static_cast<std::uint8_t>(size);
    packet.push_back(0);
    recipient bob_side;
    BOOST_TEST((refusal(bob_side.subject, packet) == errc::handshake_decryption));
  }
}

BOOST_AUTO_TEST_CASE(a_packet_for_somebody_else_is_refused) {
  scripted_random random;
  auto subject = handshake::recipient(alice, random);
  BOOST_TEST((refusal(subject, hex(eip8["auth2"])) == errc::handshake_decryption));
}

BOOST_AUTO_TEST_CASE(an_ack_is_no_auth_and_an_auth_is_no_ack) {
  recipient bob_side;
  auto ack = eip8_packet(bob.id(), ack_content(alice.id().value, bytes(32, 1)));
  BOOST_TEST((refusal(bob_side.subject, ack) == errc::handshake_malformed));
  initiator alice_side;
  auto auth = eip8_packet(alice.id(), auth_fields{}.content());
  BOOST_TEST((refusal(alice_side.subject, auth) == errc::handshake_malformed));
}

BOOST_AUTO_TEST_CASE(fields_of_a_wrong_size_are_malformed) {
  auto refused = [](const auth_fields& fields) {
    recipient bob_side;
    return refusal(bob_side.subject, eip8_packet(bob.id(), fields.content()));
  };
  auth_fields fields;
  fields.signature.pop_back();
  BOOST_TEST((refused(fields) == errc::handshake_malformed));
  fields = {};
  fields.sender.push_back(0);
  BOOST_TEST((refused(fields) == errc::handshake_malformed));
  fields = {};
  fields.nonce.clear();
  BOOST_TEST((refused(fields) == errc::handshake_malformed));
  for (auto size : {31u, 33u}) {
    initiator alice_side;
    auto ack = eip8_packet(alice.id(), ack_content(bob.id().value, bytes(size, 1)));
    BOOST_TEST((refusal(alice_side.subject, ack) == errc::handshake_malformed));
  }
}

BOOST_AUTO_TEST_CASE(content_that_is_no_list_is_malformed) {
  for (const auto& content : {bytes{}, bytes{0x80}, bytes{0xc0}, bytes(200, 0xff), bytes(200, 0)}) {
    recipient bob_side;
    auto packet = eip8_packet(bob.id(), content);
    BOOST_TEST((refusal(bob_side.subject, packet) == errc::handshake_malformed));
  }
}

BOOST_AUTO_TEST_CASE(what_follows_the_fields_is_ignored) {
  auth_fields fields;
  for (const std::function<void(rlp::encoder&)>& rest :
       {std::function<void(rlp::encoder&)>{[](auto&) {}},
        {[](auto& out) { out.integer(1000); }},
        {[](auto& out) { out.list([&] { out.string("later"); }); }}}) {
    fields.rest = rest;
    recipient bob_side;
    establish(bob_side.subject, eip8_packet(bob.id(), fields.content()));
  }
  auto content = auth_fields{}.content();
  content.insert(content.end(), {0xff, 0x00, 0xb8});
  recipient bob_side;
  establish(bob_side.subject, eip8_packet(bob.id(), content));
}

BOOST_AUTO_TEST_CASE(a_sender_that_is_no_point_is_refused) {
  for (const auto& sender : {bytes(64), bytes(64, 0xff), bytes(64, 1)}) {
    auth_fields fields;
    fields.sender = sender;
    recipient bob_side;
    BOOST_TEST((refusal(bob_side.subject, eip8_packet(bob.id(), fields.content())) ==
                errc::invalid_public_key));
  }
}

BOOST_AUTO_TEST_CASE(a_signature_of_nobody_is_refused) {
  auto refused = [](const bytes& signature) {
    auth_fields fields;
    fields.signature = signature;
    recipient bob_side;
    return refusal(bob_side.subject, eip8_packet(bob.id(), fields.content()));
  };
  BOOST_TEST((refused(bytes(65)) == errc::invalid_signature));
  BOOST_TEST((refused(bytes(65, 0xff)) == errc::invalid_signature));
  auto signature = auth_fields::sign();
  signature.back() = 4;
  BOOST_TEST((refused(signature) == errc::invalid_signature));
}

// A node that does not hold the sender's key cannot sign as its holder would: another ephemeral key
// is recovered, to which no node has the secret.
BOOST_AUTO_TEST_CASE(who_claims_another_identity_gets_keys_that_nobody_knows) {
  auth_fields fields;
  auto mallory = crypto::private_key::parse(bytes(32, 7));
  BOOST_REQUIRE(mallory);
  fields.sender.assign(mallory->id().value.begin(), mallory->id().value.end());
  recipient bob_side;
  auto in = eip8_packet(bob.id(), fields.content());
  byte_view left{in};
  auto outcome = bob_side.subject.receive(left);
  if (std::holds_alternative<handshake::established>(outcome))
    BOOST_TEST(to_hex(bob_side.subject.keys().aes.content()) != eip8["aes"].get<std::string>());
  else
    BOOST_TEST((expect<errc>(outcome) == errc::invalid_signature));
}

BOOST_AUTO_TEST_CASE(an_ephemeral_key_that_is_no_point_is_refused) {
  for (const auto& ephemeral : {bytes(64), bytes(64, 0xff), bytes(64, 1)}) {
    initiator a;
    auto ack = eip8_packet(alice.id(), ack_content(ephemeral, bytes(32, 1)));
    BOOST_TEST((refusal(a.subject, ack) == errc::invalid_public_key));
    initiator b;
    auto plain = concatenate(ephemeral, bytes(33));
    BOOST_TEST((refusal(b.subject, plain_packet(alice.id(), plain)) == errc::invalid_public_key));
  }
}

BOOST_AUTO_TEST_CASE(a_remote_that_is_no_point_cannot_be_dialled) {
  scripted_random random;
  auto subject = handshake::initiator(alice, node_id{}, random);
  auto auth = subject.start();
  BOOST_TEST((!auth && auth.error() == errc::invalid_public_key));
  BOOST_TEST((refusal(subject, hex(eip8["ack2"])) == errc::invalid_public_key));
}

BOOST_AUTO_TEST_CASE(it_is_dead_after_a_failure) {
  recipient bob_side;
  BOOST_TEST((refusal(bob_side.subject, bytes{0xff}) == errc::handshake_size));
  BOOST_TEST((refusal(bob_side.subject, hex(eip8["auth2"])) == errc::handshake_size));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
