// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/crypto/secret.hpp"

#include "devp2p/net/crypto/keccak256.hpp"
#include "devp2p/net/crypto/system_random.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <memory>
#include <type_traits>
#include <utility>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(crypto_secret_test)

using namespace crypto;

BOOST_AUTO_TEST_CASE(finds_a_difference_in_any_byte) {
  bytes a(40, 0x55);
  BOOST_TEST(equal_in_constant_time(a, bytes(a)));
  BOOST_TEST(equal_in_constant_time({}, {}));
  for (std::size_t i = 0; i < a.size(); ++i) {
    auto b = a;
    b[i] ^= 0x80;
    BOOST_TEST(!equal_in_constant_time(a, b));
  }
}

BOOST_AUTO_TEST_CASE(bytes_of_different_sizes_differ) {
  bytes a(40, 0x55);
  BOOST_TEST(!equal_in_constant_time(a, byte_view{a}.first(39)));
  BOOST_TEST(!equal_in_constant_time(byte_view{a}.first(39), a));
  BOOST_TEST(!equal_in_constant_time({}, a));
}

BOOST_AUTO_TEST_CASE(a_secret_leaves_nothing_in_memory) {
  alignas(secret<32>) std::array<std::uint8_t, sizeof(secret<32>)> memory{};
  byte_array<32> content;
  content.fill(0x55);
  auto* subject = std::construct_at(reinterpret_cast<secret<32>*>(memory.data()), content);
  BOOST_TEST((subject->content() == content));
  std::destroy_at(subject);
  BOOST_TEST(std::count(memory.begin(), memory.end(), 0x55) == 0);
}

BOOST_AUTO_TEST_CASE(a_secret_wipes_what_it_takes_over) {
  byte_array<32> content;
  content.fill(0x55);
  secret<32> subject{std::move(content)};
  BOOST_TEST((content == byte_array<32>{}));
  BOOST_TEST(subject.content()[31] == 0x55);
}

BOOST_AUTO_TEST_CASE(an_array_of_any_size_is_wiped_whole) {
  auto try_size = []<std::size_t N>(std::integral_constant<std::size_t, N>) {
    struct {
      byte_array<N> content;
      byte_array<16> behind;
    } x;
    x.content.fill(0x55);
    x.behind.fill(0x55);
    wipe(x.content);
    BOOST_TEST(std::count(x.content.begin(), x.content.end(), 0) == static_cast<long>(N));
    BOOST_TEST(std::count(x.behind.begin(), x.behind.end(), 0) == 0);
  };
  try_size(std::integral_constant<std::size_t, 1>{});
  try_size(std::integral_constant<std::size_t, 15>{});
  try_size(std::integral_constant<std::size_t, 16>{});
  try_size(std::integral_constant<std::size_t, 33>{});
  try_size(std::integral_constant<std::size_t, 200>{});
}

BOOST_AUTO_TEST_CASE(a_hash_leaves_nothing_of_its_state_in_memory) {
  alignas(keccak256) std::array<std::uint8_t, sizeof(keccak256)> memory{};
  auto* subject = std::construct_at(reinterpret_cast<keccak256*>(memory.data()));
  subject->update(bytes(1000, 0x55));
  auto used = [&] { return memory.size() - std::count(memory.begin(), memory.end(), 0); };
  BOOST_TEST(used() > 190u);
  std::destroy_at(subject);
  BOOST_TEST(used() <= sizeof(std::size_t)); // The position may be left.
}

BOOST_AUTO_TEST_CASE(the_system_gives_other_randomness_each_time) {
  system_random random;
  byte_array<32> a{};
  byte_array<32> b{};
  random.fill(a);
  random.fill(b);
  BOOST_TEST((a != byte_array<32>{}));
  BOOST_TEST((a != b));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
