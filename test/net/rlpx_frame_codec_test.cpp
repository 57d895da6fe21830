// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/rlpx/frame_codec.hpp"

#include "rlpx_forger.hpp"
#include "rlpx_vectors.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <memory>
#include <type_traits>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(rlpx_frame_codec_test)

using namespace rlpx;

namespace {

static_assert(!std::is_copy_constructible_v<frame_codec>);
static_assert(std::is_nothrow_move_constructible_v<frame_codec>);

bytes seal(frame_codec& codec, byte_view content) {
  bytes out(frame_codec::header_size);
  test::append(out, content);
  out.resize(frame_codec::header_size + frame_codec::body_size(content.size()));
  codec.seal(out, content.size());
  return out;
}

/// The way in which a frame comes: with its header alone first, its body in many parts, or all at
/// once.
enum class arrival { in_two_parts, in_many_parts, at_once };

constexpr arrival arrivals[] = {arrival::in_two_parts, arrival::in_many_parts, arrival::at_once};

/// Has `codec` take all parts of `body` that come before its tag, each larger than the last.
/// Returns the rest.
mutable_byte_view open_parts(frame_codec& codec, mutable_byte_view body) {
  for (std::size_t size = 16; body.size() >= size + 16; size += 16) {
    codec.open_part(body.first(size));
    body = body.subspan(size);
  }
  return body;
}

/// Returns the content of `frame`, which is one whole frame if its header says so.
expected<bytes> open(frame_codec& codec, bytes frame, arrival how = arrival::at_once) {
  mutable_byte_view in{frame};
  auto come = how == arrival::at_once ? in.size() : frame_codec::header_size;
  auto size = codec.open_header(in.first(come));
  if (!size)
    return size.error();
  auto body = in.subspan(frame_codec::header_size);
  BOOST_REQUIRE(body.size() == frame_codec::body_size(*size));
  if (auto why = codec.open_body(how == arrival::in_many_parts ? open_parts(codec, body) : body))
    return *why;
  return bytes{body.begin(), body.begin() + static_cast<std::ptrdiff_t>(*size)};
}

bool is_refused(frame_codec& codec, const bytes& frame, errc wanted,
                arrival how = arrival::at_once) {
  auto out = open(codec, frame, how);
  return !out && out.error() == wanted;
}

/// Returns whether any eight bytes of `what` in a row stand in `memory`.
bool holds_any(byte_view memory, byte_view what) {
  for (std::size_t i = 0; i + 8 <= what.size(); ++i) {
    auto some = what.subspan(i, 8);
    if (std::search(memory.begin(), memory.end(), some.begin(), some.end()) != memory.end())
      return true;
  }
  return false;
}

/// Makes a T where it can be looked at, before and after its end.
template <class T, class... Args>
void check_that_it_forgets(byte_view what, const Args&... args) {
  alignas(T) std::array<std::uint8_t, sizeof(T)> memory{};
  auto* subject = std::construct_at(reinterpret_cast<T*>(memory.data()), args...);
  BOOST_TEST(holds_any(memory, what));
  std::destroy_at(subject);
  BOOST_TEST(!holds_any(memory, what));
}

struct two_ends {
  frame_codec here{test::eip8_secrets(role::initiator)};
  frame_codec there{test::eip8_secrets(role::recipient)};
};

} // namespace

BOOST_AUTO_TEST_CASE(leaves_neither_keys_nor_the_states_of_macs_in_memory) {
  const auto keys = test::eip8_secrets(role::initiator);
  auto state_of = [](const crypto::keccak256& hash) {
    return byte_view{reinterpret_cast<const std::uint8_t*>(&hash), 200};
  };
  for (auto what : {byte_view{keys.aes.content()}, byte_view{keys.mac.content()},
                    state_of(keys.egress_mac), state_of(keys.ingress_mac)}) {
    check_that_it_forgets<secrets>(what, keys);
    check_that_it_forgets<frame_codec>(what, keys);
  }
}

BOOST_AUTO_TEST_CASE(writes_and_reads_a_conversation_as_others_do) {
  for (auto how : arrivals) {
    two_ends ends;
    for (const auto& step : test::transcript()["frames"]) {
      auto content = hex(step["content"]);
      auto& sender = step["dir"] == "i2r" ? ends.here : ends.there;
      auto& receiver = step["dir"] == "i2r" ? ends.there : ends.here;
      BOOST_TEST_INFO(step["name"].get<std::string>());
      BOOST_TEST(to_hex(seal(sender, content)) == step["frame"].get<std::string>());
      auto opened = open(receiver, hex(step["frame"]), how);
      BOOST_REQUIRE(opened);
      BOOST_TEST((*opened == content));
    }
  }
}

BOOST_AUTO_TEST_CASE(writes_and_reads_the_hellos_of_a_session_from_before_eip_8) {
  const auto& session = published()["session_v4"];
  auto auth = hex(session["auth_ciphertext"]);
  auto ack = hex(session["authresp_ciphertext"]);
  agreement from{crypto::secret<32>{byte_array_of<32>(hex(session["ecdhe_shared_secret"]))},
                 byte_array_of<32>(hex(session["initiator_nonce"])),
                 byte_array_of<32>(hex(session["receiver_nonce"])), auth, ack};
  frame_codec here{derive_secrets(role::initiator, from)};
  frame_codec there{derive_secrets(role::recipient, from)};
  BOOST_TEST(to_hex(seal(here, hex(session["initiator_hello_plain"]))) ==
             session["initiator_hello_packet"].get<std::string>());
  BOOST_TEST(to_hex(seal(there, hex(session["receiver_hello_plain"]))) ==
             session["receiver_hello_packet"].get<std::string>());
  auto hello = open(here, hex(session["receiver_hello_packet"]));
  BOOST_TEST((hello && *hello == hex(session["receiver_hello_plain"])));
  hello = open(there, hex(session["initiator_hello_packet"]));
  BOOST_TEST((hello && *hello == hex(session["initiator_hello_plain"])));
}

BOOST_FIXTURE_TEST_CASE(writes_what_the_specification_says_letter_by_letter, two_ends) {
  test::forger judge{test::eip8_secrets(role::initiator)};
  for (std::size_t size = 1; size < 600; size += 7) {
    bytes content(size, static_cast<std::uint8_t>(size));
    BOOST_TEST((seal(here, content) == judge.frame(content)));
  }
}

BOOST_FIXTURE_TEST_CASE(goes_on_after_a_rest_where_it_was, two_ends) {
  test::forger judge{test::eip8_secrets(role::initiator)};
  // One content is so large that the counter has three bytes after it.
  for (std::size_t size : {1, 16, 1000, 10000, 2'000'000, 1}) {
    bytes content(size, static_cast<std::uint8_t>(size));
    here.rest();
    auto frame = seal(here, content);
    BOOST_TEST((frame == judge.frame(content)));
    there.rest();
    auto announced = there.open_header(mutable_byte_view{frame}.first(frame_codec::header_size));
    BOOST_TEST((announced && *announced == size));
    there.rest();
    auto body = mutable_byte_view{frame}.subspan(frame_codec::header_size);
    BOOST_TEST(!there.open_body(body));
    BOOST_TEST(std::equal(content.begin(), content.end(), body.begin()));
  }
}

BOOST_AUTO_TEST_CASE(pads_to_blocks) {
  BOOST_TEST(frame_codec::body_size(1) == 32u);
  BOOST_TEST(frame_codec::body_size(16) == 32u);
  BOOST_TEST(frame_codec::body_size(17) == 48u);
}

BOOST_FIXTURE_TEST_CASE(carries_content_of_any_size, two_ends) {
  for (std::size_t size : {std::size_t{1}, std::size_t{15}, std::size_t{16}, std::size_t{17},
                           std::size_t{65536}, frame_codec::max_content_size}) {
    for (auto how : arrivals) {
      bytes content(size, 0xab);
      auto opened = open(there, seal(here, content), how);
      BOOST_REQUIRE(opened);
      BOOST_TEST((*opened == content));
    }
  }
}

BOOST_AUTO_TEST_CASE(refuses_a_frame_with_any_bit_changed) {
  // The whole of a frame with a body of three blocks, after another one.
  constexpr std::size_t frame_size = frame_codec::header_size + 3 * 16 + 16;
  constexpr auto ways = std::size(arrivals);
  for (std::size_t i = 0; i < frame_size * 8 * ways; ++i) {
    auto how = arrivals[i % ways];
    auto bit = i / ways;
    two_ends ends;
    BOOST_REQUIRE(bool{open(ends.there, seal(ends.here, bytes(5, 1)))});
    auto frame = seal(ends.here, bytes(40, 1));
    BOOST_REQUIRE(frame.size() == frame_size);
    frame[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    BOOST_TEST_INFO(bit);
    BOOST_TEST(is_refused(ends.there, frame,
                          bit / 8 < frame_codec::header_size ? errc::header_mac_mismatch
                                                             : errc::body_mac_mismatch,
                          how));
  }
}

BOOST_FIXTURE_TEST_CASE(refuses_the_tag_of_the_frame_before, two_ends) {
  auto first = seal(here, bytes(16, 1));
  auto second = seal(here, bytes(16, 1));
  BOOST_REQUIRE(bool{open(there, first)});
  std::copy_n(first.end() - 16, 16, second.end() - 16);
  BOOST_TEST(is_refused(there, second, errc::body_mac_mismatch));
}

BOOST_FIXTURE_TEST_CASE(refuses_the_body_of_the_frame_before, two_ends) {
  auto first = seal(here, bytes(16, 1));
  auto second = seal(here, bytes(16, 1));
  BOOST_REQUIRE(bool{open(there, first)});
  std::copy(first.begin() + frame_codec::header_size, first.end(),
            second.begin() + frame_codec::header_size);
  BOOST_TEST(is_refused(there, second, errc::body_mac_mismatch));
}

BOOST_FIXTURE_TEST_CASE(refuses_frames_out_of_order, two_ends) {
  seal(here, bytes(16, 1));
  BOOST_TEST(is_refused(there, seal(here, bytes(16, 1)), errc::header_mac_mismatch));
}

BOOST_FIXTURE_TEST_CASE(refuses_a_frame_that_comes_again, two_ends) {
  auto frame = seal(here, bytes(16, 1));
  BOOST_REQUIRE(bool{open(there, frame)});
  BOOST_TEST(is_refused(there, frame, errc::header_mac_mismatch));
}

BOOST_FIXTURE_TEST_CASE(refuses_its_own_frames, two_ends) {
  BOOST_TEST(is_refused(here, seal(here, bytes(16, 1)), errc::header_mac_mismatch));
}

BOOST_FIXTURE_TEST_CASE(ignores_what_else_is_in_a_header, two_ends) {
  test::forger forger{test::eip8_secrets(role::initiator)};
  auto frame = forger.header({0, 0, 5, 0xc3, 0x80, 0x01, 0x02, 0xff});
  test::append(frame, forger.body(bytes(16, 7)));
  auto opened = open(there, frame);
  BOOST_TEST((opened && *opened == bytes(5, 7)));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
