// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/crypto/secp256k1.hpp"

#include "rlpx_vectors.hpp"

#include <type_traits>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(crypto_secp256k1_test)

using namespace crypto;

namespace {

/// The modulus of the coordinates (SEC 2, section 2.4.1).
const auto field =
  byte_array_of<32>(hex("fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f"));
/// The number of points (SEC 2, section 2.4.1).
const auto order = hex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");

const auto alice = to_key(published()["eip8"]["keyA"]);
const auto bob = to_key(published()["eip8"]["keyB"]);

signed_digest digest_of(std::uint8_t first) {
  return {first, 2, 3};
}

/// Returns the point `id` with its bytes from `offset` on replaced.
node_id with(node_id id, std::size_t offset, byte_view part) {
  std::copy(part.begin(), part.end(), id.value.begin() + static_cast<std::ptrdiff_t>(offset));
  return id;
}

std::vector<node_id> foreign_points() {
  auto off_curve = alice.id();
  off_curve.value[63] ^= 1;
  auto swapped = alice.id();
  std::rotate(swapped.value.begin(), swapped.value.begin() + 32, swapped.value.end());
  // The y of x = 1 is small; that x plus the modulus would be the same point.
  auto one = to_id("0000000000000000000000000000000000000000000000000000000000000001"
                   "4218f20ae6c646b363db68605822fb14264ca8d2587fdd6fbc750d587e76a7ee");
  BOOST_REQUIRE(is_public_key(one));
  auto too_large = field;
  too_large.back() += 1;
  return {node_id{},
          off_curve,
          swapped,
          with(one, 0, too_large),
          with(alice.id(), 32, field),
          with(alice.id(), 0, bytes(64, 0xff))};
}

} // namespace

BOOST_AUTO_TEST_CASE(a_private_key_has_the_public_key_that_others_compute) {
  BOOST_TEST((alice.id() == to_id(published()["eip8"]["pubA"])));
  BOOST_TEST((bob.id() == to_id(published()["eip8"]["pubB"])));
}

BOOST_AUTO_TEST_CASE(a_private_key_gives_back_its_bytes) {
  BOOST_TEST((alice.scalar().content() == byte_array_of<32>(hex(published()["eip8"]["keyA"]))));
}

BOOST_AUTO_TEST_CASE(refuses_numbers_that_are_no_private_keys) {
  auto more = order;
  more.back() += 1;
  for (const auto& wrong :
       {bytes(32), order, more, bytes(32, 0xff), bytes{}, bytes(31, 1), bytes(33, 1)}) {
    auto key = private_key::parse(wrong);
    BOOST_TEST((!key && key.error() == errc::invalid_private_key));
  }
  auto last = order;
  last.back() -= 1;
  BOOST_TEST(bool{private_key::parse(last)});
}

BOOST_AUTO_TEST_CASE(generates_the_key_that_the_random_source_says) {
  test::scripted_random random{hex(published()["eip8"]["keyA"])};
  BOOST_TEST((private_key::generate(random).id() == alice.id()));
}

BOOST_AUTO_TEST_CASE(generates_another_key_when_a_number_is_none) {
  test::scripted_random random{test::concatenate(order, hex(published()["eip8"]["keyA"]))};
  BOOST_TEST((private_key::generate(random).id() == alice.id()));
}

BOOST_AUTO_TEST_CASE(keys_agree_as_in_other_implementations) {
  const auto& first = published()["ecdh"][0];
  auto x = diffie_hellman(to_key(first["priv"]), to_id(first["pub"]));
  BOOST_REQUIRE(x);
  BOOST_TEST(to_hex(x->content()) == first["x"].get<std::string>());
  const auto& second = published()["ecdh"][1];
  x = diffie_hellman(to_key(second["priv"]), to_key(second["priv2"]).id());
  BOOST_REQUIRE(x);
  BOOST_TEST(to_hex(x->content()) == second["x"].get<std::string>());
}

BOOST_AUTO_TEST_CASE(both_ends_agree_on_the_same_secret) {
  auto here = diffie_hellman(alice, bob.id());
  auto there = diffie_hellman(bob, alice.id());
  BOOST_REQUIRE((here && there));
  BOOST_TEST((here->content() == there->content()));
}

BOOST_AUTO_TEST_CASE(refuses_points_that_are_not_on_the_curve) {
  BOOST_TEST(is_public_key(alice.id()));
  for (const auto& point : foreign_points()) {
    BOOST_TEST_INFO(to_string(point));
    BOOST_TEST(!is_public_key(point));
    auto x = diffie_hellman(alice, point);
    BOOST_TEST((!x && x.error() == errc::invalid_public_key));
  }
}

BOOST_AUTO_TEST_CASE(recovers_who_signed) {
  for (std::uint8_t i = 0; i < 32; ++i) {
    auto signer = recover(sign(alice, digest_of(i)), digest_of(i));
    BOOST_TEST((signer && *signer == alice.id()));
  }
}

BOOST_AUTO_TEST_CASE(recovers_somebody_else_from_another_digest) {
  auto signer = recover(sign(alice, digest_of(1)), digest_of(2));
  BOOST_TEST((!signer || *signer != alice.id()));
}

BOOST_AUTO_TEST_CASE(signs_the_same_each_time) {
  BOOST_TEST((sign(alice, digest_of(1)) == sign(alice, digest_of(1))));
}

BOOST_AUTO_TEST_CASE(refuses_recovery_identifiers_that_do_not_exist) {
  auto signature = sign(alice, digest_of(1));
  for (int id = 4; id < 256; ++id) {
    signature[64] = static_cast<std::uint8_t>(id);
    auto signer = recover(signature, digest_of(1));
    BOOST_TEST((!signer && signer.error() == errc::invalid_signature));
  }
}

BOOST_AUTO_TEST_CASE(refuses_signatures_that_nobody_can_have_made) {
  for (std::size_t half : {0, 32})
    for (const auto& number : {bytes(32), order, bytes(32, 0xff)})
      for (std::uint8_t id = 0; id < 4; ++id) {
        auto signature = sign(alice, digest_of(1));
        std::copy(number.begin(), number.end(),
                  signature.begin() + static_cast<std::ptrdiff_t>(half));
        signature[64] = id;
        auto signer = recover(signature, digest_of(1));
        BOOST_TEST((!signer && signer.error() == errc::invalid_signature));
      }
}

// No point of the curve has the x coordinate 5, so that none can be recovered from the signature.
BOOST_AUTO_TEST_CASE(refuses_a_signature_without_a_point) {
  auto signature = sign(alice, digest_of(1));
  std::fill_n(signature.begin(), 32, std::uint8_t{0});
  signature[31] = 5;
  signature[64] = 0;
  auto signer = recover(signature, digest_of(1));
  BOOST_TEST((!signer && signer.error() == errc::invalid_signature));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
