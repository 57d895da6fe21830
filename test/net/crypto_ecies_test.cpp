// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/crypto/ecies.hpp"

#include "rlpx_vectors.hpp"

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(crypto_ecies_test)

using namespace crypto;

namespace {

const auto recipient = to_key(published()["eip8"]["keyB"]);
const auto stranger = to_key(published()["eip8"]["keyA"]);
const bytes text{1, 2, 3, 4, 5};
const bytes prefix{0xca, 0xfe};

bytes encrypted() {
  test::scripted_random random;
  auto out = ecies_encrypt(recipient.id(), text, prefix, random);
  BOOST_REQUIRE(out);
  return *out;
}

bool is_refused(byte_view message, byte_view authenticated = prefix) {
  auto out = ecies_decrypt(recipient, message, authenticated);
  return !out && out.error() == errc::handshake_decryption;
}

} // namespace

BOOST_AUTO_TEST_CASE(decrypts_what_others_encrypted) {
  const auto& eip8 = published()["eip8"];
  BOOST_TEST(bool{ecies_decrypt(recipient, hex(eip8["auth1_plain"]), {})});
  for (auto* name : {"auth2", "auth3_v56"}) {
    auto packet = hex(eip8[name]);
    auto content =
      ecies_decrypt(recipient, byte_view{packet}.subspan(2), byte_view{packet}.first(2));
    BOOST_REQUIRE(content);
    BOOST_TEST(content->size() == packet.size() - 2 - ecies_overhead);
    BOOST_TEST((*content)[0] == 0xf8); // A list.
  }
}

BOOST_AUTO_TEST_CASE(decrypts_what_it_encrypted) {
  auto message = encrypted();
  BOOST_TEST(message.size() == text.size() + ecies_overhead);
  auto plain = ecies_decrypt(recipient, message, prefix);
  BOOST_REQUIRE(plain);
  BOOST_TEST((*plain == text));
}

BOOST_AUTO_TEST_CASE(encrypts_nothing_as_well) {
  test::scripted_random random;
  auto message = ecies_encrypt(recipient.id(), {}, {}, random);
  BOOST_REQUIRE(message);
  auto plain = ecies_decrypt(recipient, *message, {});
  BOOST_TEST((plain && plain->empty()));
}

BOOST_AUTO_TEST_CASE(encrypts_otherwise_each_time) {
  test::scripted_random random;
  auto a = ecies_encrypt(recipient.id(), text, prefix, random);
  auto b = ecies_encrypt(recipient.id(), text, prefix, random);
  BOOST_REQUIRE((a && b));
  BOOST_TEST((*a != *b));
}

BOOST_AUTO_TEST_CASE(nobody_else_decrypts_it) {
  auto plain = ecies_decrypt(stranger, encrypted(), prefix);
  BOOST_TEST((!plain && plain.error() == errc::handshake_decryption));
}

BOOST_AUTO_TEST_CASE(refuses_a_message_with_any_bit_changed) {
  for (std::size_t i = 0; i < encrypted().size(); ++i) {
    auto message = encrypted();
    message[i] ^= static_cast<std::uint8_t>(1 << i % 8);
    BOOST_TEST_INFO(i);
    BOOST_TEST(is_refused(message));
  }
}

BOOST_AUTO_TEST_CASE(refuses_a_message_of_any_other_length) {
  auto message = encrypted();
  for (std::size_t size = 0; size < message.size(); ++size)
    BOOST_TEST(is_refused(byte_view{message}.first(size)));
  message.push_back(0);
  BOOST_TEST(is_refused(message));
}

BOOST_AUTO_TEST_CASE(refuses_another_prefix) {
  BOOST_TEST(is_refused(encrypted(), {}));
  BOOST_TEST(is_refused(encrypted(), bytes{0xca, 0xff}));
  BOOST_TEST(is_refused(encrypted(), bytes{0xca, 0xfe, 0}));
}

BOOST_AUTO_TEST_CASE(does_not_encrypt_for_what_is_no_public_key) {
  test::scripted_random random;
  auto out = ecies_encrypt(node_id{}, text, prefix, random);
  BOOST_TEST((!out && out.error() == errc::invalid_public_key));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
