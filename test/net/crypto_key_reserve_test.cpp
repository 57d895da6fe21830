// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/crypto/key_reserve.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <set>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(crypto_key_reserve_test)

using namespace crypto;

namespace {

/// Makes all keys that the reserve wants. Returns their number.
std::size_t fill(key_reserve& subject) {
  std::size_t out = 0;
  for (; subject.wants_more() && out < 100; ++out)
    subject.make_one();
  return out;
}

} // namespace

BOOST_AUTO_TEST_CASE(wants_no_key_before_one_is_needed) {
  key_reserve subject;
  BOOST_TEST(!subject.wants_more());
  BOOST_TEST(!subject.take());
  BOOST_TEST(subject.wants_more());
}

BOOST_AUTO_TEST_CASE(wants_as_many_keys_as_it_has_room_for) {
  key_reserve subject;
  BOOST_TEST(!subject.take());
  BOOST_TEST(fill(subject) == key_reserve::capacity);
  BOOST_TEST(subject.take().has_value());
  BOOST_TEST(subject.take().has_value());
  BOOST_TEST(fill(subject) == 2u);
}

BOOST_AUTO_TEST_CASE(gives_each_key_once_and_has_an_end) {
  key_reserve subject;
  BOOST_TEST(!subject.take());
  std::set<byte_array<private_key::size>> seen;
  std::size_t given = 0;
  for (int round = 0; round < 3; ++round) {
    fill(subject);
    while (auto key = subject.take()) {
      BOOST_TEST(bool{private_key::parse(key->scalar().content())});
      BOOST_TEST((private_key::parse(key->scalar().content())->id() == key->id()));
      seen.insert(key->scalar().content());
      ++given;
    }
  }
  BOOST_TEST(given == 3 * key_reserve::capacity);
  BOOST_TEST(seen.size() == given);
}

BOOST_AUTO_TEST_CASE(leaves_nothing_of_a_key_that_it_gave_or_drops) {
  alignas(key_reserve) std::array<std::uint8_t, sizeof(key_reserve)> memory{};
  auto* subject = std::construct_at(reinterpret_cast<key_reserve*>(memory.data()));
  BOOST_TEST(!subject->take());
  fill(*subject);
  auto holds = [&](const private_key& key) {
    const auto& scalar = key.scalar().content();
    return std::search(memory.begin(), memory.end(), scalar.begin(), scalar.end()) != memory.end();
  };
  BOOST_TEST(!holds(*subject->take()));
  auto before = memory;
  std::destroy_at(subject);
  // Each of the other keys leaves its public half behind.
  auto wiped = [&](const node_id& id) {
    auto at = std::search(memory.begin(), memory.end(), id.value.begin(), id.value.end());
    return at - memory.begin() >= 32 && std::count(at - 32, at, 0) == 32;
  };
  std::size_t keys = 0;
  for (std::size_t i = 0; i + 96 <= before.size(); ++i) {
    auto key = private_key::parse(byte_view{before}.subspan(i, 32));
    auto id = before.begin() + static_cast<std::ptrdiff_t>(i) + 32;
    if (!key || !std::equal(key->id().value.begin(), key->id().value.end(), id))
      continue;
    ++keys;
    BOOST_TEST(wiped(key->id()));
  }
  BOOST_TEST(keys == key_reserve::capacity - 1);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
