// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/rlp/decoder.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>
#include <string>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(rlp_decoder_test)

namespace {

bytes hex(std::string_view text) {
  return from_hex(text).value();
}

/// Returns the error with which reading `encoded` by `read` ends.
template <class Read>
std::optional<errc> error_of(std::string_view encoded, Read read) {
  auto input = hex(encoded);
  rlp::decoder in{input};
  read(in);
  return in.error();
}

constexpr auto read_string = [](rlp::decoder& in) { static_cast<void>(in.string()); };
constexpr auto read_integer = [](rlp::decoder& in) { static_cast<void>(in.integer()); };
constexpr auto read_list = [](rlp::decoder& in) { static_cast<void>(in.list()); };
constexpr auto skip = [](rlp::decoder& in) { in.skip(); };

std::uint64_t integer_of(std::string_view encoded) {
  auto input = hex(encoded);
  rlp::decoder in{input};
  auto out = in.integer();
  in.expect_end();
  BOOST_TEST(!in.error());
  return out;
}

/// Returns `depth` lists, one in the other; at most 56.
bytes nested(std::size_t depth) {
  bytes out;
  for (std::size_t i = 0; i < depth; ++i)
    out.insert(out.begin(), static_cast<std::uint8_t>(0xc0 + out.size()));
  return out;
}

/// ["cat", 1024, ["", "dog"], 15]
const auto sample = hex("ce"
                        "83636174"
                        "820400"
                        "c58083646f67"
                        "0f");

} // namespace

BOOST_AUTO_TEST_CASE(reads_the_elements_of_a_list_in_order) {
  rlp::decoder in{sample};
  auto list = in.list();
  BOOST_TEST(to_hex(list.string()) == "636174");
  BOOST_TEST(list.integer() == 1024u);
  auto inner = list.list();
  BOOST_TEST(inner.string().empty());
  BOOST_TEST(!inner.at_end());
  BOOST_TEST(to_hex(inner.string()) == "646f67");
  BOOST_TEST(inner.at_end());
  BOOST_TEST(list.integer() == 15u);
  BOOST_TEST(list.at_end());
  BOOST_TEST(in.at_end());
  in.expect_end();
  BOOST_TEST(!in.error());
}

BOOST_AUTO_TEST_CASE(hands_out_views_into_the_input) {
  rlp::decoder in{sample};
  auto list = in.list();
  BOOST_TEST(list.string().data() == sample.data() + 2);
}

BOOST_AUTO_TEST_CASE(says_what_comes_next_without_taking_it) {
  rlp::decoder in{sample};
  BOOST_TEST((in.next_kind() == rlp::kind::list));
  auto list = in.list();
  BOOST_TEST((list.next_kind() == rlp::kind::string));
  list.skip();
  list.skip();
  BOOST_TEST((list.next_kind() == rlp::kind::list));
  list.skip();
  list.skip();
  BOOST_TEST(!list.next_kind());
  BOOST_TEST(!in.error());
}

BOOST_AUTO_TEST_CASE(reads_several_items_that_follow_each_other) {
  auto input = hex("01c00283646f67");
  rlp::decoder in{input};
  BOOST_TEST(in.integer() == 1u);
  BOOST_TEST(in.list().at_end());
  BOOST_TEST(in.integer() == 2u);
  BOOST_TEST(in.string().size() == 3u);
  BOOST_TEST(in.at_end());
  BOOST_TEST(!in.error());
}

BOOST_AUTO_TEST_CASE(yields_an_item_as_it_is_encoded) {
  rlp::decoder in{sample};
  auto list = in.list();
  BOOST_TEST(to_hex(list.raw()) == "83636174");
  list.skip();
  BOOST_TEST(to_hex(list.raw()) == "c58083646f67");
  BOOST_TEST(to_hex(list.raw()) == "0f");
  BOOST_TEST(list.at_end());
  BOOST_TEST(!in.error());
}

BOOST_AUTO_TEST_CASE(ignores_what_is_not_read_of_a_list) {
  auto input = hex("c5010203040506");
  rlp::decoder in{input};
  BOOST_TEST(in.list().integer() == 1u);
  BOOST_TEST(in.integer() == 6u);
  BOOST_TEST(in.at_end());
  BOOST_TEST(!in.error());
}

BOOST_AUTO_TEST_CASE(reads_integers_up_to_64_bits) {
  BOOST_TEST(integer_of("80") == 0u);
  BOOST_TEST(integer_of("01") == 1u);
  BOOST_TEST(integer_of("7f") == 127u);
  BOOST_TEST(integer_of("8180") == 128u);
  BOOST_TEST(integer_of("820100") == 256u);
  BOOST_TEST(integer_of("887fffffffffffffff") == 0x7fffffffffffffffu);
  BOOST_TEST(integer_of("88ffffffffffffffff") == 0xffffffffffffffffu);
}

BOOST_AUTO_TEST_CASE(refuses_an_integer_of_more_than_64_bits) {
  BOOST_TEST((error_of("89010000000000000000", read_integer) == errc::rlp_wrong_size));
}

BOOST_AUTO_TEST_CASE(refuses_an_integer_above_the_limit) {
  auto up_to_255 = [](rlp::decoder& in) { static_cast<void>(in.integer(255)); };
  BOOST_TEST(!error_of("81ff", up_to_255));
  BOOST_TEST((error_of("820100", up_to_255) == errc::rlp_wrong_size));
}

BOOST_AUTO_TEST_CASE(refuses_an_integer_with_leading_zeros) {
  for (auto* x : {"00", "820001", "88007fffffffffffff"})
    BOOST_TEST((error_of(x, read_integer) == errc::rlp_not_canonical), x);
  // As a string, the zero is one like any other.
  BOOST_TEST(!error_of("00", read_string));
}

BOOST_AUTO_TEST_CASE(refuses_a_string_above_the_limit) {
  auto up_to_3 = [](rlp::decoder& in) { static_cast<void>(in.string(3)); };
  BOOST_TEST(!error_of("83646f67", up_to_3));
  BOOST_TEST((error_of("84646f6767", up_to_3) == errc::rlp_wrong_size));
}

BOOST_AUTO_TEST_CASE(reads_a_string_of_one_size_into_an_array) {
  auto input = hex("83646f6707");
  rlp::decoder in{input};
  BOOST_TEST(to_hex(in.array<3>()) == "646f67");
  BOOST_TEST(to_hex(in.array<1>()) == "07");
  BOOST_TEST(!in.error());
}

BOOST_AUTO_TEST_CASE(refuses_a_string_of_another_size_than_the_array) {
  auto input = hex("83646f67");
  rlp::decoder shorter{input};
  BOOST_TEST((shorter.array<2>() == byte_array<2>{}));
  BOOST_TEST((shorter.error() == errc::rlp_wrong_size));
  rlp::decoder longer{input};
  BOOST_TEST((longer.array<4>() == byte_array<4>{}));
  BOOST_TEST((longer.error() == errc::rlp_wrong_size));
}

BOOST_AUTO_TEST_CASE(refuses_a_list_in_place_of_a_string_and_the_other_way_round) {
  BOOST_TEST((error_of("c101", read_string) == errc::rlp_unexpected_kind));
  BOOST_TEST((error_of("c101", read_integer) == errc::rlp_unexpected_kind));
  BOOST_TEST((error_of("01", read_list) == errc::rlp_unexpected_kind));
  BOOST_TEST((error_of("80", read_list) == errc::rlp_unexpected_kind));
}

BOOST_AUTO_TEST_CASE(refuses_a_single_byte_below_0x80_that_is_wrapped) {
  BOOST_TEST((error_of("8100", read_string) == errc::rlp_not_canonical));
  BOOST_TEST((error_of("817f", read_string) == errc::rlp_not_canonical));
  BOOST_TEST((error_of("817f", skip) == errc::rlp_not_canonical));
  BOOST_TEST(!error_of("8180", read_string));
}

BOOST_AUTO_TEST_CASE(refuses_the_long_form_where_the_short_one_does) {
  auto fifty_five = std::string(110, '0');
  BOOST_TEST((error_of("b837" + fifty_five, read_string) == errc::rlp_not_canonical));
  BOOST_TEST((error_of("f837" + fifty_five, read_list) == errc::rlp_not_canonical));
  BOOST_TEST(!error_of("b838" + fifty_five + "00", read_string));
  BOOST_TEST(!error_of("f838" + fifty_five + "00", read_list));
}

BOOST_AUTO_TEST_CASE(refuses_a_length_with_leading_zeros) {
  auto fifty_six = std::string(112, '0');
  BOOST_TEST((error_of("b90038" + fifty_six, read_string) == errc::rlp_not_canonical));
  BOOST_TEST((error_of("f90038" + fifty_six, read_list) == errc::rlp_not_canonical));
  BOOST_TEST((error_of("bf0000000000000038" + fifty_six, skip) == errc::rlp_not_canonical));
}

BOOST_AUTO_TEST_CASE(survives_lengths_at_the_edges_of_64_bits) {
  for (std::string length : {"7fffffffffffffff", "8000000000000000", "fffffffffffffff6",
                             "fffffffffffffff7", "fffffffffffffffe", "ffffffffffffffff"})
    BOOST_TEST_CONTEXT(length) {
      BOOST_TEST((error_of("bf" + length + "00", read_string) == errc::rlp_truncated));
      BOOST_TEST((error_of("ff" + length + "00", read_list) == errc::rlp_truncated));
      // The item is an element, followed by others.
      BOOST_TEST((rlp::validate(hex("caff" + length + "00")) == errc::rlp_truncated));
    }
}

BOOST_AUTO_TEST_CASE(refuses_an_item_cut_anywhere) {
  auto input = hex("f83a"
                   "b838" +
                   std::string(112, '5'));
  BOOST_TEST(!rlp::validate(input));
  for (std::size_t size = 0; size < input.size(); ++size)
    BOOST_TEST((rlp::validate(byte_view{input}.first(size)) == errc::rlp_truncated), size);
}

BOOST_AUTO_TEST_CASE(refuses_an_element_that_is_longer_than_its_list) {
  // The input goes on behind the list, but the element may not take that.
  auto input = hex("c283646f67");
  rlp::decoder in{input};
  auto list = in.list();
  BOOST_TEST(list.string().empty());
  BOOST_TEST((in.error() == errc::rlp_truncated));
}

BOOST_AUTO_TEST_CASE(refuses_to_read_behind_the_last_element) {
  auto input = hex("c10102");
  rlp::decoder in{input};
  auto list = in.list();
  BOOST_TEST(list.integer() == 1u);
  BOOST_TEST(list.integer() == 0u);
  BOOST_TEST((in.error() == errc::rlp_truncated));
}

BOOST_AUTO_TEST_CASE(refuses_what_follows_the_end_if_asked_to) {
  auto input = hex("c20102");
  rlp::decoder in{input};
  auto list = in.list();
  BOOST_TEST(list.integer() == 1u);
  list.expect_end();
  BOOST_TEST((in.error() == errc::rlp_trailing_bytes));
}

BOOST_AUTO_TEST_CASE(keeps_the_first_error_and_yields_nothing_any_more) {
  // [[wrapped 1], "dog", 7]
  auto input = hex("c8"
                   "c28101"
                   "83646f67"
                   "07");
  rlp::decoder in{input};
  auto list = in.list();
  auto inner = list.list();
  BOOST_TEST(inner.integer() == 0u);
  BOOST_TEST((inner.error() == errc::rlp_not_canonical));
  // All that come from one outermost decoder share its failure.
  BOOST_TEST(list.at_end());
  BOOST_TEST(!list.next_kind());
  BOOST_TEST(list.string().empty());
  BOOST_TEST(list.raw().empty());
  BOOST_TEST(list.integer() == 0u);
  BOOST_TEST(list.list().at_end());
  BOOST_TEST((list.array<3>() == byte_array<3>{}));
  list.expect_end();
  BOOST_TEST((list.error() == errc::rlp_not_canonical));
  BOOST_TEST((in.error() == errc::rlp_not_canonical));
}

BOOST_AUTO_TEST_CASE(refuses_lists_deeper_than_the_limit) {
  BOOST_TEST(!rlp::validate(nested(16)));
  BOOST_TEST((rlp::validate(nested(17)) == errc::rlp_too_deep));
  BOOST_TEST(!rlp::validate(nested(17), {.max_depth = 17}));
  BOOST_TEST(!rlp::validate(hex("80"), {.max_depth = 0}));
  BOOST_TEST((rlp::validate(hex("c0"), {.max_depth = 0}) == errc::rlp_too_deep));
}

BOOST_AUTO_TEST_CASE(counts_depth_by_nesting_and_not_by_number) {
  // Two lists beside each other in one.
  BOOST_TEST(!rlp::validate(hex("c4c101c102"), {.max_depth = 2}));
}

BOOST_AUTO_TEST_CASE(refuses_more_elements_than_the_limit) {
  // The list, its three elements, and what is in the last of them.
  auto input = hex("c50102c20304");
  BOOST_TEST(!rlp::validate(input, {.max_elements = 6}));
  BOOST_TEST((rlp::validate(input, {.max_elements = 5}) == errc::rlp_too_many_elements));
}

BOOST_AUTO_TEST_CASE(validates_exactly_one_item) {
  BOOST_TEST((rlp::validate({}) == errc::rlp_truncated));
  BOOST_TEST(!rlp::validate(sample));
  BOOST_TEST((rlp::validate(hex("0102")) == errc::rlp_trailing_bytes));
  BOOST_TEST((rlp::validate(hex("c0c0")) == errc::rlp_trailing_bytes));
}

BOOST_AUTO_TEST_CASE(validates_through_all_depth) {
  BOOST_TEST((rlp::validate(hex("c4c3c28101")) == errc::rlp_not_canonical));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
