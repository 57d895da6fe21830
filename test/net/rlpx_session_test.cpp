// SPDX-License-Identifier: BSL-1.0
#include "rlpx_session_ends.hpp"

#include <atomic>
#include <cstdlib>
#include <functional>
#include <new>
#include <type_traits>

namespace {

std::atomic<std::size_t> allocations = 0;

} // namespace

// Counts the allocations of this program. Not inlined, or GCC takes the two for a mismatch.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (auto* out = std::malloc(size))
    return out;
  throw std::bad_alloc{};
}

[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size);
}

[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
}

[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(rlpx_session_test)

using rlpx::frame_codec;
using rlpx::session;

namespace {

static_assert(!std::is_copy_constructible_v<session>);
static_assert(std::is_move_constructible_v<session>);
// A simulation has many sessions without cryptography.
static_assert(sizeof(session) < sizeof(frame_codec) / 4);

/// Returns all messages in `stream`, which comes in pieces of `step()` bytes. The subject sees each
/// byte as soon as it has come, together with the bytes that it left before.
std::vector<received> receive_all(session& subject, bytes stream,
                                  const std::function<std::size_t()>& step) {
  std::vector<received> out;
  std::size_t taken = 0;
  std::size_t come = 0;
  while (come < stream.size()) {
    come = std::min(stream.size(), come + step());
    for (;;) {
      auto in = mutable_byte_view{stream}.subspan(taken, come - taken);
      auto next = subject.open(in);
      taken = come - in.size();
      if (auto* message = std::get_if<session::message>(&next)) {
        out.push_back(read(*message));
      } else {
        BOOST_TEST(expect<session::incomplete>(next).wanted > in.size());
        break;
      }
    }
  }
  return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(conversation)

BOOST_FIXTURE_TEST_CASE(is_understood_as_others_write_it, two_ends) {
  int frames = 0;
  for (const auto& step : transcript()["frames"]) {
    if (frames++ == 2)
      enable_snappy();
    auto got = receive(step["dir"] == "i2r" ? there : here, hex(step["frame"]));
    BOOST_TEST_INFO(step["name"].get<std::string>());
    BOOST_TEST(got.id == step["code"].get<std::uint64_t>());
    // The payload of a Disconnect is left as it is.
    BOOST_TEST((got.payload == hex(got.id == 1 ? "0204c108" : step["payload"])));
  }
}

BOOST_FIXTURE_TEST_CASE(begins_as_others_write_it, two_ends) {
  for (const auto& step : transcript()["frames"]) {
    if (step["compressed"].get<bool>())
      enable_snappy();
    auto& sender = step["dir"] == "i2r" ? here : there;
    auto frame = sealed(sender, step["code"], hex(step["payload"]));
    // Other implementations may compress a long payload differently.
    if (step["payload"].get<std::string>().size() > 12 && step["compressed"].get<bool>())
      break;
    BOOST_TEST(to_hex(frame) == step["frame"].get<std::string>());
  }
}

BOOST_AUTO_TEST_CASE(carries_every_payload_under_every_id) {
  for (bool compressing : {false, true}) {
    two_ends ends;
    if (compressing)
      ends.enable_snappy();
    ends.there.limit_messages(no_limit);
    for (std::uint64_t id : {0x00ull, 0x02ull, 0x10ull, 0x7full, 0x80ull, 0xffull, 0x100ull,
                             0xffffull, 0x12345678ull, ~0ull})
      for (std::size_t size : {0, 1, 14, 15, 16, 17, 255, 4096, 65535, 65537, 300000})
        for (const auto& payload : {random_bytes(size), repeating_bytes(size)}) {
          auto got = receive(ends.there, sealed(ends.here, id, payload));
          BOOST_TEST_INFO(id << " " << size);
          BOOST_TEST((got == received{id, payload}));
        }
  }
}

BOOST_FIXTURE_TEST_CASE(goes_on_after_an_end_was_moved, two_compressing_ends) {
  auto moved_here = std::move(here);
  receive(there, sealed(moved_here, 16, bytes(10, 1)));
  auto moved_there = std::move(there);
  BOOST_TEST((receive(moved_there, sealed(moved_here, 16, bytes(10, 2))).payload == bytes(10, 2)));
}

BOOST_FIXTURE_TEST_CASE(compresses_what_repeats, two_compressing_ends) {
  there.limit_messages(no_limit);
  auto payload = repeating_bytes(100000);
  auto frame = sealed(here, 16, payload);
  BOOST_TEST(frame.size() < payload.size() / 10);
  auto message = expect<session::message>(open(there, frame));
  BOOST_TEST(message.compressed);
  BOOST_TEST(message.size == payload.size());
}

BOOST_FIXTURE_TEST_CASE(appends_frames_to_what_is_there, two_ends) {
  bytes out{1, 2, 3};
  BOOST_TEST(!here.seal(16, bytes(20, 1), out));
  BOOST_TEST(!here.seal(17, bytes(30, 2), out));
  BOOST_TEST((bytes{out.begin(), out.begin() + 3} == bytes{1, 2, 3}));
  mutable_byte_view in = mutable_byte_view{out}.subspan(3);
  BOOST_TEST((read(expect<session::message>(there.open(in))) == received{16, bytes(20, 1)}));
  BOOST_TEST((read(expect<session::message>(there.open(in))) == received{17, bytes(30, 2)}));
  BOOST_TEST(in.empty());
}

BOOST_FIXTURE_TEST_CASE(opens_without_allocating, two_compressing_ends) {
  there.limit_messages(no_limit);
  for (const auto& payload : {random_bytes(70000), repeating_bytes(70000)}) {
    auto frame = sealed(here, 16, payload);
    bytes out(payload.size());
    auto before = allocations.load();
    mutable_byte_view in{frame};
    auto opened = there.open(in);
    auto why = session::read(std::get<session::message>(opened), out);
    auto after = allocations.load();
    BOOST_TEST(after == before);
    BOOST_TEST(!why);
    BOOST_TEST((out == payload));
  }
}

BOOST_FIXTURE_TEST_CASE(seals_without_allocating_where_there_is_room, two_ends) {
  bytes out;
  out.reserve(100000);
  auto payload = random_bytes(70000);
  auto before = allocations.load();
  auto why = here.seal(16, payload, out);
  auto after = allocations.load();
  BOOST_TEST(after == before);
  BOOST_TEST(!why);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(stream)

BOOST_AUTO_TEST_CASE(is_understood_alike_however_it_is_cut) {
  std::vector<std::function<std::size_t()>> steps{[] { return std::size_t{1}; }};
  for (unsigned seed = 0; seed < 20; ++seed)
    steps.push_back([random = std::mt19937{seed}]() mutable {
      return std::uniform_int_distribution<std::size_t>{1, 100}(random);
    });
  for (auto& step : steps) {
    two_compressing_ends ends;
    bytes stream;
    std::vector<received> sent;
    for (std::size_t i = 0; i < 20; ++i) {
      sent.push_back({16 + i, i % 2 ? random_bytes(i * i) : repeating_bytes(i * i)});
      BOOST_REQUIRE(!ends.here.seal(sent.back().id, sent.back().payload, stream));
    }
    BOOST_TEST((receive_all(ends.there, stream, step) == sent));
  }
}

BOOST_FIXTURE_TEST_CASE(is_understood_alike_however_a_large_message_is_cut, two_ends) {
  std::mt19937 random{1};
  there.limit_messages(no_limit);
  for (std::size_t size : {4078, 4079, 4094, 4095, 4096, 8200, 100'000, 300'000}) {
    bytes stream;
    std::vector<received> sent;
    for (std::uint64_t id : {16, 17, 18}) {
      sent.push_back({id, random_bytes(size, static_cast<unsigned>(id))});
      BOOST_REQUIRE(!here.seal(id, sent.back().payload, stream));
    }
    auto most = std::uniform_int_distribution<std::size_t>{1, 20'000}(random);
    auto step = [&] { return std::uniform_int_distribution<std::size_t>{1, most}(random); };
    BOOST_TEST_INFO(size << " " << most);
    BOOST_TEST((receive_all(there, stream, step) == sent));
  }
}

// The last call then has little to do, however large the message is.
BOOST_FIXTURE_TEST_CASE(is_decrypted_as_it_comes_and_given_out_when_it_is_authentic, two_ends) {
  there.limit_messages(no_limit);
  const auto payload = random_bytes(100'000);
  auto frame = sealed(here, 16, payload);
  auto in = mutable_byte_view{frame}.first(frame.size() - 1);
  expect<session::incomplete>(there.open(in));
  auto content = byte_view{in}.subspan(1);
  constexpr std::size_t last_part = 5000;
  BOOST_TEST(std::equal(content.begin(), content.end() - last_part, payload.begin()));
  frame.back() ^= 1;
  in = mutable_byte_view{frame}.subspan(frame_codec::header_size);
  BOOST_TEST((expect<errc>(there.open(in)) == errc::body_mac_mismatch));
}

BOOST_FIXTURE_TEST_CASE(is_waited_for_to_the_last_byte, two_ends) {
  auto frame = sealed(here, 16, bytes(20, 1));
  for (std::size_t size = 0; size < frame_codec::header_size; ++size) {
    auto in = mutable_byte_view{frame}.first(size);
    BOOST_TEST(expect<session::incomplete>(there.open(in)).wanted == frame_codec::header_size);
    BOOST_TEST(in.size() == size);
  }
  auto in = mutable_byte_view{frame}.first(frame_codec::header_size);
  auto body_size = frame.size() - frame_codec::header_size;
  BOOST_TEST(expect<session::incomplete>(there.open(in)).wanted == body_size);
  BOOST_TEST_INFO("the header is taken by then");
  BOOST_TEST(in.empty());
  for (std::size_t size = 0; size < body_size; ++size) {
    in = mutable_byte_view{frame}.subspan(frame_codec::header_size, size);
    BOOST_TEST(expect<session::incomplete>(there.open(in)).wanted == body_size);
    BOOST_TEST(in.size() == size);
  }
  in = mutable_byte_view{frame}.subspan(frame_codec::header_size);
  BOOST_TEST((read(expect<session::message>(there.open(in))) == received{16, bytes(20, 1)}));
}

BOOST_FIXTURE_TEST_CASE(is_dead_after_a_failure, two_ends) {
  auto frame = sealed(here, 16, bytes(20, 1));
  frame[0] ^= 1;
  BOOST_TEST((refusal(there, frame) == errc::header_mac_mismatch));
  frame[0] ^= 1;
  BOOST_TEST((refusal(there, frame) == errc::header_mac_mismatch));
  BOOST_TEST((refusal(there, {}) == errc::header_mac_mismatch));
}

BOOST_FIXTURE_TEST_CASE(is_refused_when_a_body_is_changed, two_ends) {
  auto frame = sealed(here, 16, bytes(20, 1));
  frame.back() ^= 1;
  BOOST_TEST((refusal(there, frame) == errc::body_mac_mismatch));
  BOOST_TEST((refusal(there, sealed(here, 16, bytes(20, 1))) == errc::body_mac_mismatch));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(content)

BOOST_AUTO_TEST_CASE(identifiers_have_one_encoding) {
  for (const auto& start : {bytes{0x00}, bytes{0x81, 0x00}, bytes{0x81, 0x7f},
                            bytes{0x82, 0x00, 0x80}, bytes{0x89, 1, 0, 0, 0, 0, 0, 0, 0, 0},
                            bytes{0xb8, 0x01, 0x80}, bytes{0xc0}, bytes{0xc1, 0x10}, bytes{0xff}}) {
    two_ends ends;
    BOOST_TEST_INFO(to_hex(start));
    BOOST_TEST((refusal(ends.there, ends.forger.frame(concatenate(start, bytes(20, 1)))) ==
                errc::invalid_message_id));
  }
}

BOOST_AUTO_TEST_CASE(identifiers_end_before_their_frame_does) {
  // The padding is no part of an identifier.
  for (const auto& whole : {bytes{0x81}, bytes{0x82, 0x01}, bytes{0x88, 1, 2, 3, 4, 5, 6, 7}}) {
    two_ends ends;
    BOOST_TEST((refusal(ends.there, ends.forger.frame(whole)) == errc::invalid_message_id));
  }
}

BOOST_FIXTURE_TEST_CASE(padding_is_not_looked_at, two_ends) {
  auto frame = forger.header(3);
  append(frame, forger.body({0x10, 0xaa, 0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                             0xff, 0xff, 0xff, 0xff}));
  BOOST_TEST((receive(there, frame) == received{0x10, {0xaa, 0xbb}}));
}

BOOST_AUTO_TEST_CASE(nothing_is_an_empty_payload_compressed_or_not) {
  for (bool compressing : {false, true}) {
    two_ends ends;
    if (compressing)
      ends.enable_snappy();
    auto got = receive(ends.there, ends.forger.frame({0x10}));
    BOOST_TEST((got == received{0x10, {}}));
  }
}

BOOST_FIXTURE_TEST_CASE(disconnect_is_handed_over_as_it_came, two_compressing_ends) {
  for (const auto& body :
       {bytes{0xc1, 0x08}, bytes{0x08}, bytes{0x02, 0x04, 0xc1, 0x08}, bytes{}}) {
    auto frame = forger.frame(concatenate({0x01}, body));
    auto message = expect<session::message>(open(there, frame));
    BOOST_TEST(!message.compressed);
    BOOST_TEST(message.size == body.size());
    BOOST_TEST((read(message) == received{1, body}));
  }
}

BOOST_FIXTURE_TEST_CASE(disconnect_is_compressed_when_it_is_sent, two_compressing_ends) {
  auto got = receive(there, sealed(here, 1, bytes{0xc1, 0x08}));
  BOOST_TEST((got.payload == snappy_block({0xc1, 0x08})));
}

BOOST_FIXTURE_TEST_CASE(disconnect_has_the_limit_of_any_message, two_compressing_ends) {
  BOOST_TEST(
    (refusal(there, forger.frame(concatenate({0x01}, bytes(2049, 1)))) == errc::message_too_large));
}

BOOST_AUTO_TEST_CASE(a_block_that_does_not_say_its_size_is_malformed) {
  for (const auto& block : {bytes{0x80}, bytes{0xff, 0xff, 0xff, 0xff, 0xff, 0x01},
                            bytes{0xff, 0xff, 0xff, 0xff, 0x7f}}) {
    two_compressing_ends ends;
    BOOST_TEST((refusal(ends.there, ends.forger.frame(concatenate({0x10}, block))) ==
                errc::snappy_malformed));
  }
}

BOOST_FIXTURE_TEST_CASE(a_block_that_cannot_hold_what_it_says_is_malformed, two_compressing_ends) {
  BOOST_TEST(
    (refusal(there, forger.frame({0x10, 0xd0, 0x0f, 0x00, 0x01})) == errc::snappy_malformed));
}

BOOST_AUTO_TEST_CASE(a_block_with_more_or_less_than_it_says_is_malformed_once_it_is_read) {
  const auto payload = random_bytes(100);
  const auto block = snappy_block(payload);
  std::vector<bytes> wrong;
  for (std::size_t size = 10; size < block.size(); ++size)
    wrong.push_back({block.begin(), block.begin() + static_cast<std::ptrdiff_t>(size)});
  wrong.push_back(concatenate(block, {0x00, 0x55}));
  for (int difference : {-1, 1}) {
    wrong.push_back(block);
    wrong.back()[0] = static_cast<std::uint8_t>(block[0] + difference);
  }
  for (const auto& body : wrong) {
    two_compressing_ends ends;
    auto frame = ends.forger.frame(concatenate({0x10}, body));
    auto message = expect<session::message>(open(ends.there, frame));
    bytes out(message.size);
    BOOST_TEST((session::read(message, out) == errc::snappy_malformed));
  }
}

BOOST_FIXTURE_TEST_CASE(hello_is_never_compressed_and_what_follows_is, two_ends) {
  auto payload = repeating_bytes(300);
  bytes stream;
  BOOST_REQUIRE(!here.seal(0, payload, stream));
  here.enable_snappy();
  BOOST_REQUIRE(!here.seal(16, payload, stream));
  mutable_byte_view in{stream};
  auto hello = expect<session::message>(there.open(in));
  BOOST_TEST(!hello.compressed);
  BOOST_TEST((read(hello).payload == payload));
  there.enable_snappy();
  auto next = expect<session::message>(there.open(in));
  BOOST_TEST(next.compressed);
  BOOST_TEST((read(next).payload == payload));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
