// SPDX-License-Identifier: BSL-1.0
//
// Limits on the size of the messages that a session sends and takes.
#include "rlpx_session_ends.hpp"

#include <limits>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(rlpx_session_limits_test)

using rlpx::frame_codec;
using rlpx::session;

BOOST_AUTO_TEST_SUITE(limits)

BOOST_FIXTURE_TEST_CASE(an_empty_frame_is_refused_by_its_header, two_ends) {
  BOOST_TEST((refusal(there, forger.header(0)) == errc::empty_frame));
}

BOOST_FIXTURE_TEST_CASE(a_message_may_have_the_size_of_a_hello_at_first, two_ends) {
  BOOST_TEST(receive(there, sealed(here, 0, bytes(2048, 1))).payload.size() == 2048u);
  BOOST_TEST((refusal(there, sealed(here, 0, bytes(2049, 1))) == errc::message_too_large));
}

BOOST_FIXTURE_TEST_CASE(a_frame_that_no_allowed_message_needs_is_refused_by_its_header, two_ends) {
  BOOST_TEST((refusal(there, forger.header(2048 + 10)) == errc::message_too_large));
}

BOOST_FIXTURE_TEST_CASE(a_longer_identifier_is_allowed_for, two_ends) {
  BOOST_TEST(receive(there, sealed(here, ~0ull, bytes(2048, 1))).payload.size() == 2048u);
}

BOOST_FIXTURE_TEST_CASE(the_limit_can_be_changed, two_ends) {
  there.limit_messages(5000);
  BOOST_TEST(receive(there, sealed(here, 16, bytes(5000, 1))).payload.size() == 5000u);
  BOOST_TEST((refusal(there, sealed(here, 16, bytes(5001, 1))) == errc::message_too_large));
}

BOOST_FIXTURE_TEST_CASE(a_lower_limit_counts_from_the_next_header_on, two_ends) {
  receive(there, sealed(here, 16, bytes(2000, 1)));
  there.limit_messages(1000);
  BOOST_TEST((refusal(there, sealed(here, 16, bytes(2000, 1))) == errc::message_too_large));
}

BOOST_FIXTURE_TEST_CASE(a_compressed_message_may_grow_as_much_as_snappy_lets_it,
                        two_compressing_ends) {
  there.limit_messages(70000);
  auto payload = random_bytes(70000);
  BOOST_TEST((receive(there, sealed(here, 16, payload)).payload == payload));
}

BOOST_FIXTURE_TEST_CASE(a_compressed_frame_that_no_allowed_message_needs_is_refused_by_its_header,
                        two_compressing_ends) {
  there.limit_messages(6000);
  auto most = snappy::MaxCompressedLength(6000) + 9;
  BOOST_TEST((refusal(there, forger.header(most + 1)) == errc::message_too_large));
}

BOOST_FIXTURE_TEST_CASE(a_message_is_refused_for_what_it_would_become, two_compressing_ends) {
  auto frame = sealed(here, 16, bytes(2049, 1));
  BOOST_TEST(frame.size() < 300u);
  BOOST_TEST((refusal(there, frame) == errc::message_too_large));
}

BOOST_FIXTURE_TEST_CASE(the_largest_frame_is_sent_and_taken, two_ends) {
  there.limit_messages(no_limit);
  bytes payload(frame_codec::max_content_size - 1, 1);
  BOOST_TEST(receive(there, sealed(here, 16, payload)).payload.size() == payload.size());
}

BOOST_FIXTURE_TEST_CASE(a_message_that_no_frame_can_hold_is_not_sent, two_ends) {
  there.limit_messages(no_limit);
  for (auto size : {frame_codec::max_content_size, frame_codec::max_content_size + 1}) {
    bytes out{1, 2, 3};
    BOOST_TEST((here.seal(16, bytes(size, 1), out) == errc::outgoing_message_too_large));
    BOOST_TEST((out == bytes{1, 2, 3}));
  }
  BOOST_TEST_INFO("and those after it are");
  BOOST_TEST((receive(there, sealed(here, 16, bytes(9, 9))).payload == bytes(9, 9)));
}

BOOST_FIXTURE_TEST_CASE(a_message_that_no_frame_can_hold_once_compressed_is_not_sent,
                        two_compressing_ends) {
  there.limit_messages(no_limit);
  bytes out{1, 2, 3};
  auto payload = random_bytes(frame_codec::max_content_size);
  BOOST_TEST((here.seal(16, payload, out) == errc::outgoing_message_too_large));
  BOOST_TEST((out == bytes{1, 2, 3}));
  auto most = bytes(frame_codec::max_content_size, 1);
  BOOST_TEST((receive(there, sealed(here, 16, most)).payload == most));
}

// EIP-706 limits the content of a compressed frame as that of an uncompressed one.
BOOST_FIXTURE_TEST_CASE(a_message_that_no_uncompressed_frame_could_hold_is_neither_sent_nor_taken,
                        two_compressing_ends) {
  there.limit_messages(std::numeric_limits<std::size_t>::max());
  BOOST_TEST(receive(there, sealed(here, 16, bytes(5000, 1))).payload.size() == 5000u);
  bytes payload(frame_codec::max_content_size + 1, 1);
  bytes out;
  BOOST_TEST((here.seal(16, payload, out) == errc::outgoing_message_too_large));
  BOOST_TEST(out.empty());
  two_compressing_ends other;
  other.there.limit_messages(std::numeric_limits<std::size_t>::max());
  auto frame = other.forger.frame(concatenate({16}, snappy_block(payload)));
  BOOST_TEST((refusal(other.there, frame) == errc::message_too_large));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
