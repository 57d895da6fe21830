// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/rlpx/session.hpp"

#include "../id_of.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace devp2p::rlpx {
BOOST_AUTO_TEST_SUITE(rlpx_cleartext_test)

namespace {

const node_id alice = id_of(1);
const node_id bob = id_of(2);
const node_id carol = id_of(3);

/// Returns the outcome of `packet`. Until all of it has come, `by` must take nothing.
cleartext_handshake::outcome receive(const cleartext_handshake& by, byte_view packet) {
  for (std::size_t size = 0; size < packet.size(); ++size) {
    auto part = packet.first(size);
    auto out = by.receive(part);
    BOOST_TEST(std::get<handshake::incomplete>(out).wanted == packet.size());
    BOOST_TEST(part.size() == size);
  }
  auto out = by.receive(packet);
  if (std::holds_alternative<cleartext_handshake::established>(out))
    BOOST_TEST(packet.empty());
  return out;
}

BOOST_AUTO_TEST_CASE(two_nodes_learn_who_the_other_is) {
  auto here = cleartext_handshake::initiator(alice, bob);
  auto there = cleartext_handshake::recipient(bob);
  auto at_bob = std::get<cleartext_handshake::established>(receive(there, *here.start()));
  BOOST_TEST((at_bob.remote == alice));
  auto at_alice = std::get<cleartext_handshake::established>(receive(here, at_bob.reply));
  BOOST_TEST((at_alice.remote == bob));
  BOOST_TEST(at_alice.reply.empty());
}

BOOST_AUTO_TEST_CASE(who_is_taken_for_somebody_else_does_not_answer) {
  auto out = receive(cleartext_handshake::recipient(carol),
                     *cleartext_handshake::initiator(alice, bob).start());
  BOOST_TEST((std::get<errc>(out) == errc::handshake_decryption));
}

BOOST_AUTO_TEST_CASE(who_is_not_the_one_that_was_dialled_is_refused) {
  auto out = receive(cleartext_handshake::initiator(alice, bob), carol.value);
  BOOST_TEST((std::get<errc>(out) == errc::handshake_decryption));
}

BOOST_AUTO_TEST_CASE(what_follows_the_packet_is_left) {
  auto packet = *cleartext_handshake::initiator(alice, bob).start();
  packet.push_back(7);
  byte_view in{packet};
  (void)cleartext_handshake::recipient(bob).receive(in);
  BOOST_TEST(in.size() == 1u);
}

BOOST_AUTO_TEST_CASE(messages_have_their_usual_place_on_the_wire) {
  session writer{cleartext{}};
  session reader{cleartext{}};
  bytes wire;
  for (auto size : {0, 1, 15, 16, 1000})
    BOOST_TEST(!writer.seal(5, bytes(static_cast<std::size_t>(size), std::uint8_t{9}), wire));
  // The identifier takes one byte of each.
  BOOST_TEST(wire.size() == 5 * frame_codec::header_size + frame_codec::body_size(1) +
                              frame_codec::body_size(2) + frame_codec::body_size(16) +
                              frame_codec::body_size(17) + frame_codec::body_size(1001));
  mutable_byte_view in{wire};
  for (auto size : {0u, 1u, 15u, 16u, 1000u}) {
    auto opened = reader.open(in);
    auto& got = std::get<session::message>(opened);
    BOOST_TEST(got.id == 5u);
    BOOST_TEST(got.size == size);
    BOOST_TEST(std::count(got.body.begin(), got.body.end(), 9) == size);
  }
  BOOST_TEST(in.empty());
}

BOOST_AUTO_TEST_CASE(limits_hold_as_with_keys) {
  session writer{cleartext{}};
  session reader{cleartext{}};
  reader.limit_messages(10);
  bytes wire;
  (void)writer.seal(5, bytes(100), wire);
  mutable_byte_view in{wire};
  BOOST_TEST((std::get<errc>(reader.open(in)) == errc::message_too_large));
}

} // namespace

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::rlpx
