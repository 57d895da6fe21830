// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/rlpx/secrets.hpp"

#include "rlpx_vectors.hpp"

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(rlpx_secrets_test)

using namespace rlpx;

BOOST_AUTO_TEST_CASE(both_ends_derive_the_secrets_of_eip_8) {
  const auto& eip8 = published()["eip8"];
  for (auto self : {role::initiator, role::recipient}) {
    auto keys = test::eip8_secrets(self);
    BOOST_TEST(to_hex(keys.aes.content()) == eip8["aes"].get<std::string>());
    BOOST_TEST(to_hex(keys.mac.content()) == eip8["mac"].get<std::string>());
  }
  auto keys = test::eip8_secrets(role::recipient);
  keys.ingress_mac.update(as_bytes("foo"));
  BOOST_TEST(to_hex(keys.ingress_mac.digest()) ==
             eip8["recipient_ingress_mac_foo"].get<std::string>());
}

BOOST_AUTO_TEST_CASE(derives_the_secrets_of_a_session_from_before_eip_8) {
  const auto& session = published()["session_v4"];
  auto auth = hex(session["auth_ciphertext"]);
  auto ack = hex(session["authresp_ciphertext"]);
  crypto::secret<32> ephemeral{byte_array_of<32>(hex(session["ecdhe_shared_secret"]))};
  auto keys =
    derive_secrets(role::initiator, {ephemeral, byte_array_of<32>(hex(session["initiator_nonce"])),
                                     byte_array_of<32>(hex(session["receiver_nonce"])), auth, ack});
  BOOST_TEST(to_hex(keys.aes.content()) == session["aes_secret"].get<std::string>());
  BOOST_TEST(to_hex(keys.mac.content()) == session["mac_secret"].get<std::string>());
  BOOST_TEST(to_hex(keys.egress_mac.digest()) == session["initial_egress_MAC"].get<std::string>());
  BOOST_TEST(to_hex(keys.ingress_mac.digest()) ==
             session["initial_ingress_MAC"].get<std::string>());
}

BOOST_AUTO_TEST_CASE(what_one_end_sends_is_what_the_other_receives) {
  auto here = test::eip8_secrets(role::initiator);
  auto there = test::eip8_secrets(role::recipient);
  BOOST_TEST((here.egress_mac.digest() == there.ingress_mac.digest()));
  BOOST_TEST((here.ingress_mac.digest() == there.egress_mac.digest()));
  BOOST_TEST((here.egress_mac.digest() != here.ingress_mac.digest()));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
