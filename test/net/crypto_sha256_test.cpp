// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/crypto/sha256.hpp"

#include "rlpx_vectors.hpp"

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(crypto_sha256_test)

using namespace crypto;

BOOST_AUTO_TEST_CASE(hashes_as_the_standard_has_it) {
  BOOST_TEST(to_hex(sha256(as_bytes("abc"))) ==
             "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  BOOST_TEST(to_hex(sha256({})) ==
             "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

BOOST_AUTO_TEST_CASE(derives_keys_as_other_implementations_do) {
  // Two rounds of the concatenation key derivation.
  auto input = test::published()["kdf"]["input_ascii"].get<std::string>();
  std::string derived;
  for (char round : {1, 2})
    derived += to_hex(sha256(as_bytes(std::string{0, 0, 0, round} + input)));
  BOOST_TEST(derived == test::published()["kdf"]["out64"].get<std::string>());
}

BOOST_AUTO_TEST_CASE(authenticates_as_the_standard_has_it) {
  // RFC 4231, test cases 2 and 6.
  BOOST_TEST(to_hex(hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?"))) ==
             "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  BOOST_TEST(
    to_hex(hmac_sha256(bytes(131, 0xaa),
                       as_bytes("Test Using Larger Than Block-Size Key - Hash Key First"))) ==
    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
