// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/crypto/keccak256.hpp"

#include <boost/test/unit_test.hpp>
#include <openssl/evp.h>

#include <algorithm>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(crypto_keccak256_test)

using namespace crypto;

namespace {

constexpr std::size_t rate = 136;

constexpr std::uint8_t keccak_padding = 0x01;
constexpr std::uint8_t sha3_padding = 0x06;

/// The plainest sponge with a capacity of 512 bits (FIPS 202, section 4), around any permutation.
byte_array<32> sponge(const keccak_permutation& way, std::uint8_t padding, byte_view in) {
  bytes padded{in.begin(), in.end()};
  padded.push_back(padding);
  padded.resize((padded.size() + rate - 1) / rate * rate);
  padded.back() |= 0x80;
  keccak_state state;
  for (std::size_t block = 0; block < padded.size(); block += rate) {
    for (std::size_t i = 0; i < rate; ++i)
      state.content[i] ^= padded[block + i];
    way.apply(state);
  }
  byte_array<32> out;
  std::copy_n(state.content.begin(), out.size(), out.begin());
  return out;
}

byte_array<32> sha3_of_libcrypto(byte_view in) {
  byte_array<32> out;
  unsigned size = 0;
  BOOST_REQUIRE(EVP_Digest(in.data(), in.size(), out.data(), &size, EVP_sha3_256(), nullptr) == 1);
  return out;
}

/// Returns `size` bytes, each different from its neighbours.
bytes sample(std::size_t size) {
  bytes out(size);
  for (std::size_t i = 0; i < size; ++i)
    out[i] = static_cast<std::uint8_t>(i * 7 + i / 256);
  return out;
}

std::string digest_of(std::string_view text) {
  return to_hex(keccak256::of({as_bytes(text)}));
}

} // namespace

BOOST_AUTO_TEST_CASE(every_permutation_gives_the_digests_of_another_library) {
  for (const auto& way : keccak_permutations())
    for (std::size_t size = 0; size < 5 * rate; ++size) {
      auto in = sample(size);
      BOOST_TEST_INFO(way.name << " of " << size);
      BOOST_TEST((sponge(way, sha3_padding, in) == sha3_of_libcrypto(in)));
    }
}

BOOST_AUTO_TEST_CASE(every_permutation_changes_any_state_alike) {
  auto ways = keccak_permutations();
  BOOST_TEST(ways.back().name == "portable");
  for (const auto& way : ways) {
    keccak_state state;
    keccak_state judge;
    for (std::size_t i = 0; i < state.content.size(); ++i)
      state.content[i] = judge.content[i] = static_cast<std::uint8_t>(255 - i);
    for (int i = 0; i < 100; ++i) {
      way.apply(state);
      ways.back().apply(judge);
    }
    BOOST_TEST_INFO(way.name);
    BOOST_TEST((state.content == judge.content));
  }
}

BOOST_AUTO_TEST_CASE(every_permutation_changes_two_states_as_it_changes_each) {
  for (const auto& way : keccak_permutations()) {
    keccak_state together[2];
    keccak_state alone[2];
    alone[1].content.fill(0x5a);
    together[1] = alone[1];
    for (int i = 0; i < 100; ++i) {
      way.apply_to_both(together[0], together[1]);
      way.apply(alone[0]);
      way.apply(alone[1]);
    }
    BOOST_TEST_INFO(way.name);
    BOOST_TEST((together[0].content == alone[0].content));
    BOOST_TEST((together[1].content == alone[1].content));
  }
}

BOOST_AUTO_TEST_CASE(gives_the_digests_that_ethereum_knows) {
  BOOST_TEST(digest_of("") == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
  BOOST_TEST(digest_of("abc") ==
             "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45");
}

BOOST_AUTO_TEST_CASE(pads_as_keccak_did_before_it_became_a_standard) {
  for (std::size_t size = 0; size < 3 * rate; ++size) {
    auto in = sample(size);
    BOOST_TEST_INFO(size);
    BOOST_TEST((keccak256::of({in}) == sponge(keccak_permutations().back(), keccak_padding, in)));
  }
}

BOOST_AUTO_TEST_CASE(takes_its_input_in_any_two_pieces) {
  auto in = sample(3 * rate);
  auto whole = keccak256::of({in});
  for (std::size_t size = 0; size <= in.size(); ++size) {
    keccak256 hash;
    hash.update(byte_view{in}.first(size));
    hash.update(byte_view{in}.subspan(size));
    BOOST_TEST_INFO(size);
    BOOST_TEST((hash.digest() == whole));
  }
}

BOOST_AUTO_TEST_CASE(tells_a_digest_at_any_point_and_goes_on_as_if_it_had_not) {
  auto in = sample(2 * rate + 1);
  keccak256 hash;
  for (std::size_t i = 0; i < in.size(); ++i) {
    BOOST_TEST((hash.digest() == keccak256::of({byte_view{in}.first(i)})));
    hash.update(byte_view{in}.subspan(i, 1));
  }
  BOOST_TEST((hash.digest() == keccak256::of({in})));
}

BOOST_AUTO_TEST_CASE(tells_the_digests_before_and_after_an_update) {
  auto in = sample(4 * rate);
  for (std::size_t before = 0; before <= rate; ++before)
    for (std::size_t size = 0; size <= 3 * rate; size += 17) {
      keccak256 hash;
      hash.update(byte_view{in}.first(before));
      auto found = hash.update_between(byte_view{in}.subspan(before, size));
      BOOST_TEST_INFO(before << " and " << size);
      BOOST_TEST((found.before == keccak256::of({byte_view{in}.first(before)})));
      BOOST_TEST((found.after == keccak256::of({byte_view{in}.first(before + size)})));
      hash.update(as_bytes("more"));
      BOOST_TEST(
        (hash.digest() == keccak256::of({byte_view{in}.first(before + size), as_bytes("more")})));
    }
}

BOOST_AUTO_TEST_CASE(a_copy_goes_on_independently) {
  keccak256 hash;
  hash.update(as_bytes("ab"));
  auto copy = hash;
  copy.update(as_bytes("c"));
  BOOST_TEST(to_hex(copy.digest()) == digest_of("abc"));
  BOOST_TEST(to_hex(hash.digest()) == digest_of("ab"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
