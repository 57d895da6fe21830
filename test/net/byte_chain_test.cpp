// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/byte_chain.hpp"

#include <boost/test/unit_test.hpp>

#include <memory_resource>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(byte_chain_test)

namespace {

using net::byte_chain;

bytes counted(std::size_t size) {
  bytes out(size);
  for (std::size_t i = 0; i < size; ++i)
    out[i] = static_cast<std::uint8_t>(i * 31 >> 3);
  return out;
}

struct chain_fixture {
  byte_chain subject{*std::pmr::new_delete_resource()};

  /// Removes all chunks, and returns their bytes.
  bytes take_all() {
    bytes out;
    for (; !subject.empty(); subject.pop_front())
      out.insert(out.end(), subject.front().begin(), subject.front().end());
    return out;
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(keeps_bytes_in_order_however_they_are_appended, chain_fixture) {
  for (std::size_t step : {1000, 131'071, 131'072, 131'073, 250'000}) {
    const auto all = counted(300'000);
    for (std::size_t taken = 0; taken < all.size(); taken += step)
      subject.append(byte_view{all}.subspan(taken, std::min(step, all.size() - taken)));
    BOOST_TEST((take_all() == all));
  }
}

BOOST_FIXTURE_TEST_CASE(fills_each_chunk_before_the_next, chain_fixture) {
  subject.append(bytes(100));
  BOOST_TEST(subject.front().size() == 100u);
  BOOST_TEST(subject.held() == byte_chain::chunk_size);
  subject.append(bytes(byte_chain::chunk_size));
  BOOST_TEST(subject.front().size() == byte_chain::chunk_size);
  BOOST_TEST(subject.held() == 2 * byte_chain::chunk_size);
  subject.pop_front();
  BOOST_TEST(subject.front().size() == 100u);
  BOOST_TEST(subject.held() == byte_chain::chunk_size);
}

BOOST_FIXTURE_TEST_CASE(goes_on_after_it_was_emptied, chain_fixture) {
  subject.append(bytes{1, 2});
  take_all();
  subject.append(bytes{3});
  BOOST_TEST((take_all() == bytes{3}));
  BOOST_TEST(subject.held() == 0u);
}

BOOST_FIXTURE_TEST_CASE(never_moves_what_is_there, chain_fixture) {
  subject.append(bytes(10));
  auto* first = subject.front().data();
  subject.append(bytes(1'000'000));
  BOOST_TEST(static_cast<void*>(subject.front().data()) == static_cast<void*>(first));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
