// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/crypto/aes.hpp"

#include "rlpx_vectors.hpp"

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(crypto_aes_test)

using namespace crypto;

namespace {

// The counter of the vectors of NIST SP 800-38A, appendix F.5.
const auto counter = byte_array_of<16>(hex("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"));
// The plaintext of these vectors.
const auto plain = hex("6bc1bee22e409f96e93d7e117393172a"
                       "ae2d8a571e03ac9c9eb76fac45af8e51"
                       "30c81c46a35ce411e5fbc1191a0a52ef"
                       "f69f2445df4f9b17ad2b417be66c3710");
const secret<32> long_key{
  byte_array_of<32>(hex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4"))};

template <std::size_t N>
void check_counter_mode(const secret<N>& key, const std::string& expected) {
  auto data = plain;
  aes_ctr{key, counter}.apply(data);
  BOOST_TEST(to_hex(data) == expected);
}

} // namespace

BOOST_AUTO_TEST_CASE(counter_mode_with_a_short_key_is_that_of_the_standard) {
  secret<16> key{byte_array_of<16>(hex("2b7e151628aed2a6abf7158809cf4f3c"))};
  check_counter_mode(key, "874d6191b620e3261bef6864990db6ce"
                          "9806f66b7970fdff8617187bb9fffdff"
                          "5ae4df3edbd5d35e5b4f09020db03eab"
                          "1e031dda2fbe03d1792170a0f3009cee");
}

BOOST_AUTO_TEST_CASE(counter_mode_with_a_long_key_is_that_of_the_standard) {
  check_counter_mode(long_key, "601ec313775789a5b7a7f504bbf3d228"
                               "f443e3ca4d62b59aca84e990cacaf5c5"
                               "2b0930daa23de94ce87017ba2d84988d"
                               "dfc9c58db67aada613c2dd08457941a6");
}

BOOST_AUTO_TEST_CASE(the_key_stream_goes_on_whatever_the_pieces) {
  auto whole = plain;
  aes_ctr{long_key, counter}.apply(whole);
  for (std::size_t size = 0; size <= plain.size(); ++size) {
    auto data = plain;
    aes_ctr stream{long_key, counter};
    stream.apply(mutable_byte_view{data}.first(size));
    stream.apply(mutable_byte_view{data}.subspan(size));
    BOOST_TEST_INFO(size);
    BOOST_TEST((data == whole));
  }
}

BOOST_AUTO_TEST_CASE(a_second_stream_undoes_the_first) {
  auto data = plain;
  aes_ctr{long_key, counter}.apply(data);
  aes_ctr{long_key, counter}.apply(data);
  BOOST_TEST((data == plain));
}

BOOST_AUTO_TEST_CASE(a_block_is_encrypted_as_the_standard_has_it) {
  // FIPS 197, appendix C.3.
  secret<32> key{
    byte_array_of<32>(hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"))};
  aes256 cipher{key};
  auto block = byte_array_of<16>(hex("00112233445566778899aabbccddeeff"));
  BOOST_TEST(to_hex(cipher.encrypt(block)) == "8ea2b7ca516745bfeafc49904b496089");
  BOOST_TEST_INFO("and the same the next time");
  BOOST_TEST(to_hex(cipher.encrypt(block)) == "8ea2b7ca516745bfeafc49904b496089");
}

// A published frame whose digests are replaced by a constant, so that its tags are that constant.
BOOST_AUTO_TEST_CASE(encrypts_a_frame_as_other_implementations_do) {
  const auto& vector = test::published()["frame"];
  auto frame = hex(vector["frame"]);
  auto data = hex("000006c2808000000000000000000000");
  test::append(data, hex(vector["content"]));
  data.resize(32);
  aes_ctr{secret<32>{byte_array_of<32>(hex(vector["aes_mac_key"]))}, {}}.apply(data);
  BOOST_TEST(to_hex(byte_view{data}.first(16)) == to_hex(byte_view{frame}.first(16)));
  BOOST_TEST(to_hex(byte_view{data}.subspan(16)) == to_hex(byte_view{frame}.subspan(32, 16)));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
