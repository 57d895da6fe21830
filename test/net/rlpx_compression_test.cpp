// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/rlpx/compression.hpp"

#include <boost/test/unit_test.hpp>
#include <snappy.h>

#include <algorithm>
#include <functional>
#include <random>
#include <string>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(rlpx_compression_test)

using namespace rlpx;

namespace {

const char* as_chars(const bytes& in) {
  return reinterpret_cast<const char*>(in.data());
}

bytes compressed(const bytes& payload) {
  bytes out;
  compress(payload, out);
  return out;
}

/// Returns what an uncompressor makes of `block` in slices of `step()` bytes; `nullopt` if it is
/// malformed.
std::optional<bytes> uncompressed_in_slices(const bytes& block, std::size_t size,
                                            const std::function<std::size_t()>& step) {
  using progress = uncompressor::progress;
  bytes out(size);
  uncompressor subject{block, out};
  auto last = progress::more;
  while (last == progress::more)
    last = subject.run(step());
  if (last == progress::done)
    return out;
  BOOST_TEST((subject.run(1) == progress::malformed));
  return std::nullopt;
}

/// Returns the uncompressed `block`; `nullopt` if it is malformed. Slices yield the same.
std::optional<bytes> uncompressed(const bytes& block) {
  auto size = uncompressed_size(block);
  if (!size)
    return std::nullopt;
  std::optional<bytes> out{bytes(*size)};
  if (auto why = uncompress(block, *out)) {
    BOOST_TEST((*why == errc::snappy_malformed));
    out = std::nullopt;
  }
  std::mt19937 random{1};
  for (std::size_t most : {7, 100, 5000}) {
    auto step = [&] { return 1 + random() % most; };
    if (*size / most < 1000)
      BOOST_TEST((uncompressed_in_slices(block, *size, step) == out));
  }
  return out;
}

/// Returns what another implementation makes of `block`.
std::optional<bytes> judged(const bytes& block) {
  std::string out;
  if (!snappy::Uncompress(as_chars(block), block.size(), &out))
    return std::nullopt;
  return bytes{out.begin(), out.end()};
}

bytes random_payload(std::size_t size) {
  std::mt19937 random{1};
  bytes out(size);
  for (auto& byte : out)
    byte = static_cast<std::uint8_t>(random());
  return out;
}

bytes periodic(std::size_t size, std::size_t period) {
  bytes out(size);
  for (std::size_t i = 0; i < size; ++i)
    out[i] = static_cast<std::uint8_t>(i < period ? i * 37 + 1 : out[i - period]);
  return out;
}

/// Returns literals and repetitions of all distances, as real payloads have them.
bytes mixed(std::size_t size, unsigned seed) {
  std::mt19937 random{seed};
  bytes out;
  while (out.size() < size) {
    auto part = random() % 100;
    if (out.empty() || random() % 2)
      for (; part > 0; --part)
        out.push_back(static_cast<std::uint8_t>(random()));
    else
      for (auto distance = 1 + random() % std::min<std::size_t>(out.size(), 1u << random() % 17);
           part > 0; --part)
        out.push_back(out[out.size() - distance]);
  }
  out.resize(size);
  return out;
}

} // namespace

BOOST_AUTO_TEST_CASE(gives_back_what_repeats_at_any_distance) {
  for (std::size_t period : {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 300})
    for (std::size_t size : {0, 1, 15, 16, 17, 64, 65, 100, 1000, 70000}) {
      auto payload = periodic(size, period);
      BOOST_TEST_INFO(period << " " << size);
      BOOST_TEST((uncompressed(compressed(payload)) == payload));
    }
}

BOOST_AUTO_TEST_CASE(gives_back_what_repeats_in_part) {
  for (unsigned seed = 0; seed < 500; ++seed) {
    auto payload = mixed(seed * 7, seed);
    BOOST_TEST_INFO(seed);
    BOOST_TEST((uncompressed(compressed(payload)) == payload));
  }
  auto payload = mixed(300000, 1);
  BOOST_TEST((uncompressed(compressed(payload)) == payload));
}

BOOST_AUTO_TEST_CASE(others_understand_what_it_compresses) {
  auto payload = mixed(10000, 1);
  BOOST_TEST((judged(compressed(payload)) == payload));
}

BOOST_AUTO_TEST_CASE(compresses_in_slices_to_the_same_block) {
  for (std::size_t size : {0, 1, 100, 65'535, 65'536, 65'537, 131'072, 131'073, 300'000})
    for (const auto& payload : {mixed(size, 1), random_payload(size), bytes(size)})
      for (std::size_t step : {1, 65'536, 131'071, 131'072, 1'000'000}) {
        compressor subject{payload};
        bytes out;
        auto append = [&](byte_view part) { out.insert(out.end(), part.begin(), part.end()); };
        std::size_t slices = 1;
        while (subject.run(step, append))
          ++slices;
        BOOST_TEST_INFO(size << " " << step);
        BOOST_TEST((out == compressed(payload)));
        auto in_each = std::max(step / 65'536, std::size_t{1}) * 65'536;
        BOOST_TEST(slices == std::max((size + in_each - 1) / in_each, std::size_t{1}));
      }
}

BOOST_AUTO_TEST_CASE(appends_to_what_is_there) {
  bytes out{1, 2, 3};
  compress(bytes(100), out);
  BOOST_TEST((bytes{out.begin(), out.begin() + 3} == bytes{1, 2, 3}));
  BOOST_TEST((uncompressed({out.begin() + 3, out.end()}) == bytes(100)));
}

BOOST_AUTO_TEST_CASE(never_makes_more_than_it_says) {
  for (std::size_t size : {0, 1, 60, 100, 65536, 200000})
    BOOST_TEST(compressed(random_payload(size)).size() <= max_compressed_size(size));
}

BOOST_AUTO_TEST_CASE(understands_every_kind_of_element) {
  // Each block begins with its size and a literal of four bytes: a b c d.
  const bytes start{0x0c, 'a', 'b', 'c', 'd'};
  struct {
    std::uint8_t size;
    bytes rest;
    std::string_view wanted;
  } cases[] = {
    {4, {}, "abcd"},
    // Literals that say their size in one to four bytes.
    {5, {0xf0, 0, 'x'}, "abcdx"},
    {5, {0xf4, 0, 0, 'x'}, "abcdx"},
    {5, {0xf8, 0, 0, 0, 'x'}, "abcdx"},
    {5, {0xfc, 0, 0, 0, 0, 'x'}, "abcdx"},
    // Copies that say their offset in eleven, sixteen and thirty-two bits.
    {8, {0x01, 4}, "abcdabcd"},
    {15, {0x1d, 2}, "abcdcdcdcdcdcdc"},
    {5, {0x02, 4, 0}, "abcda"},
    {5, {0x03, 4, 0, 0, 0}, "abcda"},
    // A run that goes on, one with another offset, and the first again.
    {21, {0x01, 1, 0x01, 1, 0x01, 2, 0x05, 1}, "abcdddddddddddddddddd"},
    {16, {0x01, 3, 0x01, 2, 0x01, 3}, "abcdbcdbdbdbbdbb"},
  };
  for (const auto& [size, rest, wanted] : cases) {
    bytes block{size};
    block.insert(block.end(), start.begin(), start.end());
    block.insert(block.end(), rest.begin(), rest.end());
    auto out = uncompressed(block);
    BOOST_TEST_INFO(to_hex(block));
    BOOST_TEST((out == judged(block)));
    BOOST_REQUIRE(out);
    BOOST_TEST((std::string{out->begin(), out->end()} == wanted));
  }
}

// If the run were still believed, the fourth element would repeat bytes that are not there.
BOOST_AUTO_TEST_CASE(a_run_ends_where_anything_else_comes) {
  for (const auto& block :
       {bytes{13, 0x00, 'a', 0x01, 1, 0x04, 'x', 'y', 0x05, 2, 0x00, 'z'},
        bytes{23, 0x10, 'a', 'b', 'c', 'd', 'e', 0x05, 2, 0x05, 5, 0x0d, 2, 0x00, 'x'}}) {
    BOOST_TEST_INFO(to_hex(block));
    BOOST_REQUIRE(judged(block).has_value());
    BOOST_TEST((uncompressed(block) == judged(block)));
  }
}

BOOST_AUTO_TEST_CASE(refuses_sizes_that_are_none) {
  for (const auto& block :
       {bytes{}, bytes{0x80}, bytes{0xff, 0xff, 0xff, 0xff}, bytes{0x80, 0x80, 0x80, 0x80, 0x10},
        bytes{0x80, 0x80, 0x80, 0x80, 0x80, 0x00}}) {
    BOOST_TEST(!uncompressed_size(block));
    BOOST_TEST(!judged(block));
  }
}

BOOST_AUTO_TEST_CASE(believes_no_size_that_the_block_cannot_have) {
  // The best compression there is: copies of 64 bytes, three bytes each.
  bytes block{0x80, 0xff, 0x03};
  BOOST_TEST(!uncompressed_size(block));
  block.insert(block.end(), {0x00, 'a'});
  BOOST_TEST(!uncompressed_size(block));
  auto payload = bytes(100000, 'a');
  block = compressed(payload);
  BOOST_TEST((uncompressed_size(block) == payload.size()));
  BOOST_TEST(payload.size() / block.size() == 21u);
  BOOST_TEST((uncompressed_size(bytes{64, 0, 0, 0}) == 64u));
  BOOST_TEST(!uncompressed_size(bytes{65, 0, 0, 0}));
}

BOOST_AUTO_TEST_CASE(refuses_elements_that_are_cut_short_or_reach_too_far) {
  for (const auto& block : {
         bytes{1},                                         // No element.
         bytes{1, 0x00},                                   // A literal without its byte.
         bytes{2, 0x04, 'a'},                              // A literal with too few bytes.
         bytes{2, 0x00, 'a'},                              // Fewer bytes than announced.
         bytes{1, 0x04, 'a', 'b'},                         // More bytes than announced.
         bytes{1, 0xf0},                                   // A literal without its size.
         bytes{1, 0xf4, 0},                                // A literal with half of its size.
         bytes{1, 0xfc, 0xff, 0xff, 0xff, 0xff, 'a'},      // A literal with far too large a size.
         bytes{5, 0x00, 'a', 0x01},                        // A copy without its offset.
         bytes{5, 0x00, 'a', 0x0e, 1},                     // A copy with half of its offset.
         bytes{5, 0x00, 'a', 0x0f, 1, 0, 0},               // A copy with most of its offset.
         bytes{5, 0x00, 'a', 0x01, 0, 'b', 'c', 'd', 'e'}, // A copy of itself.
         bytes{5, 0x00, 'a', 0x01, 2},                     // A copy from before the start.
         bytes{5, 0x00, 'a', 0x21, 1},                     // A copy from far before the start.
         bytes{5, 0x00, 'a', 0x0f, 1, 0, 0, 0x80},         // A copy from farther still.
         bytes{4, 0x00, 'a', 0x01, 1},                     // A copy of one byte too many.
         bytes{4, 0x01, 1},                                // A copy without bytes before it.
         bytes{0, 0x00, 'a'},                              // A literal where none was announced.
       }) {
    BOOST_TEST_INFO(to_hex(block));
    BOOST_TEST(!uncompressed(block));
    BOOST_TEST(!judged(block));
  }
}

// The literal's length has no room in 32 bits; libsnappy takes it for 0.
BOOST_AUTO_TEST_CASE(refuses_a_literal_of_four_gigabytes) {
  BOOST_TEST(!uncompressed({1, 0x00, 'a', 0xfc, 0xff, 0xff, 0xff, 0xff}));
}

BOOST_AUTO_TEST_CASE(nothing_becomes_nothing) {
  BOOST_TEST((uncompressed({0}) == bytes{}));
}

BOOST_AUTO_TEST_CASE(wants_exactly_the_room_that_was_announced) {
  bytes out(3);
  BOOST_TEST((uncompress(compressed(bytes(4)), out) == errc::snappy_malformed));
  out.resize(5);
  BOOST_TEST((uncompress(compressed(bytes(4)), out) == errc::snappy_malformed));
  out.resize(4);
  BOOST_TEST((uncompress(bytes{5, 0x0c, 'a', 'b', 'c', 'd'}, out) == errc::snappy_malformed));
}

BOOST_AUTO_TEST_CASE(uncompresses_no_more_in_a_slice_than_was_asked_for) {
  using progress = uncompressor::progress;
  for (const auto& payload : {mixed(100'000, 1), bytes(100'000), random_payload(100'000)}) {
    auto block = compressed(payload);
    for (std::size_t most : {std::size_t{1}, std::size_t{64}, std::size_t{1000}}) {
      bytes out(payload.size(), 0x55);
      uncompressor subject{block, out};
      std::size_t slices = 1;
      for (; subject.run(most) == progress::more; ++slices)
        if (auto written = slices * (most + 63); written < out.size())
          BOOST_REQUIRE(std::count(out.begin() + static_cast<std::ptrdiff_t>(written), out.end(),
                                   0x55) == static_cast<std::ptrdiff_t>(out.size() - written));
      BOOST_TEST((out == payload));
    }
  }
}

BOOST_AUTO_TEST_CASE(reads_no_more_in_a_slice_than_its_time_allows) {
  // A literal of one byte and many copies of one.
  bytes block{0x81, 0x80, 0x04, 0x00, 'a'};
  for (int i = 0; i < 0x10000; ++i)
    block.insert(block.end(), {0x02, 0x01, 0x00});
  bytes out(0x10001);
  uncompressor subject{block, out};
  BOOST_TEST((subject.run(0x8000) == uncompressor::progress::more));
  auto written = static_cast<std::size_t>(std::count(out.begin(), out.end(), 'a'));
  BOOST_TEST(written <= 0x1010u);
}

BOOST_AUTO_TEST_CASE(copies_in_slices_what_is_not_compressed) {
  const auto payload = mixed(10'000, 1);
  for (std::size_t most : {1, 100, 9999, 10'000, 20'000}) {
    bytes out(payload.size());
    auto subject = uncompressor::copying(payload, out);
    std::size_t slices = 1;
    while (subject.run(most) == uncompressor::progress::more)
      ++slices;
    BOOST_TEST((out == payload));
    BOOST_TEST(slices == (payload.size() + most - 1) / most);
  }
}

BOOST_AUTO_TEST_CASE(judges_changed_blocks_as_others_do) {
  std::mt19937 random{1};
  int good = 0;
  for (int i = 0; i < 20000; ++i) {
    auto block = compressed(mixed(200, static_cast<unsigned>(i % 50)));
    for (auto changes = 1 + random() % 3; changes > 0; --changes)
      block[random() % block.size()] ^= static_cast<std::uint8_t>(1u << random() % 8);
    if (!uncompressed_size(block))
      continue;
    auto out = uncompressed(block);
    good += out.has_value();
    BOOST_REQUIRE((out == judged(block)));
  }
  BOOST_TEST(good > 1000);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
