// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/rlpx/large_message.hpp"

#include <boost/test/unit_test.hpp>

#include "rlpx_session_ends.hpp"

#include <memory_resource>
#include <random>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(rlpx_large_message_test)

using rlpx::session;

namespace {

auto& plain_memory = *std::pmr::new_delete_resource();

/// Returns the frame that `from` makes of a message that is prepared `step` bytes at a time.
bytes sealed_in_slices(session& from, std::uint64_t id, byte_view payload, std::size_t step) {
  auto message = from.begin_large(id, payload, plain_memory);
  while (!message.is_prepared())
    message.prepare(step);
  bytes out;
  for (; !message.is_over(); message.remove_chunk()) {
    BOOST_REQUIRE(!from.seal_chunk(message));
    append(out, message.chunk());
  }
  return out;
}

/// Two sessions with the same keys, of which one seals in slices.
struct twins {
  session whole;
  session sliced;

  explicit twins(bool compressing) : twins(eip8_secrets(rlpx::role::initiator)) {
    if (!compressing)
      return;
    whole.enable_snappy();
    sliced.enable_snappy();
  }

  template <class Keys>
  explicit twins(const Keys& keys) : whole(keys),
                                     sliced(keys) {}
};

} // namespace

BOOST_AUTO_TEST_CASE(becomes_the_frame_that_it_would_be_if_it_were_sealed_at_once) {
  for (bool compressing : {false, true}) {
    twins ends{compressing};
    // Around the ends of blocks, of chunks and of what snappy compresses at once.
    for (std::size_t size : {0, 1, 15, 16, 17, 65'536, 65'537, 131'020, 131'021, 131'036, 131'037,
                             131'038, 131'072, 200'000, 1'000'000})
      for (const auto& payload : {random_bytes(size), repeating_bytes(size)})
        for (std::size_t step : {1, 65'536, 100'000, 131'072, 10'000'000}) {
          if (step == 1 && size > 1000 && !compressing)
            continue;
          BOOST_TEST_INFO(compressing << " " << size << " " << step);
          BOOST_TEST((sealed_in_slices(ends.sliced, 0x1234, payload, step) ==
                      sealed(ends.whole, 0x1234, payload)));
        }
  }
}

BOOST_AUTO_TEST_CASE(has_its_place_between_other_frames) {
  twins ends{true};
  for (int i = 0; i < 3; ++i) {
    BOOST_TEST((sealed(ends.sliced, 16, bytes(10)) == sealed(ends.whole, 16, bytes(10))));
    ends.sliced.rest();
    BOOST_TEST((sealed_in_slices(ends.sliced, 17, random_bytes(200'000), 65'536) ==
                sealed(ends.whole, 17, random_bytes(200'000))));
  }
}

BOOST_AUTO_TEST_CASE(may_be_dropped_before_it_is_sealed) {
  twins ends{true};
  {
    const auto payload = random_bytes(100'000);
    auto dropped = ends.sliced.begin_large(16, payload, plain_memory);
    dropped.prepare(65'536);
  }
  BOOST_TEST((sealed(ends.sliced, 16, bytes(10)) == sealed(ends.whole, 16, bytes(10))));
}

BOOST_AUTO_TEST_CASE(needs_its_payload_no_more_once_it_is_prepared) {
  twins ends{false};
  auto payload = random_bytes(200'000);
  const auto copy = payload;
  auto message = ends.sliced.begin_large(16, payload, plain_memory);
  while (!message.is_prepared())
    message.prepare(65'536);
  std::fill(payload.begin(), payload.end(), std::uint8_t{0});
  bytes out;
  for (; !message.is_over(); message.remove_chunk()) {
    BOOST_REQUIRE(!ends.sliced.seal_chunk(message));
    append(out, message.chunk());
  }
  BOOST_TEST((out == sealed(ends.whole, 16, copy)));
}

BOOST_AUTO_TEST_CASE(is_refused_if_no_frame_can_hold_it) {
  twins ends{true};
  const auto payload = random_bytes(rlpx::frame_codec::max_content_size);
  auto message = ends.sliced.begin_large(16, payload, plain_memory);
  while (!message.is_prepared())
    message.prepare(std::size_t{1} << 20);
  BOOST_TEST((ends.sliced.seal_chunk(message) == errc::outgoing_message_too_large));
  BOOST_TEST((sealed(ends.sliced, 16, bytes(10)) == sealed(ends.whole, 16, bytes(10))));
}

BOOST_AUTO_TEST_CASE(takes_the_same_bytes_without_cryptography) {
  twins ends{rlpx::cleartext{}};
  for (std::size_t size : {0, 100, 65'503, 200'000})
    BOOST_TEST((sealed_in_slices(ends.sliced, 16, random_bytes(size), 65'536) ==
                sealed(ends.whole, 16, random_bytes(size))));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
