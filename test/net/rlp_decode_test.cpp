// SPDX-License-Identifier: BSL-1.0
#include "rlp_shapes.hpp"

#include "devp2p/net/rlp/decode.hpp"
#include "devp2p/net/rlp/encode.hpp"

#include <boost/test/unit_test.hpp>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(rlp_decode_test)

namespace {

template <class T>
expected<T, rlp::misfit> decode_hex(const std::string& digits) {
  return rlp::decode<T>(byte_view{from_hex(digits).value()});
}

/// Returns why these digits are no `T`.
template <class T>
std::string refusal(const std::string& digits) {
  auto out = decode_hex<T>(digits);
  return out ? "taken" : out.error().text;
}

template <class T>
errc code(const std::string& digits) {
  return decode_hex<T>(digits).error().code;
}

template <class T>
bool survives(const T& value) {
  auto out = rlp::decode<T>(rlp::encode(value));
  return out && *out == value;
}

everything full() {
  everything out;
  out.flag = true;
  out.number = 1u << 31;
  out.large.big_endian.fill(9);
  out.hue = colour::green;
  out.text = std::string(100, 't');
  out.octets = bytes(60, 1);
  out.shared = blob{bytes(1'000, 2)};
  out.four = {1, 2, 3, 4};
  out.id.value.fill(7);
  out.points = {{1, 2}, {3, 4}};
  out.nested = {{"a", ""}, {}, {"b"}};
  out.both = {5, 600};
  out.pair = {"x", 7};
  out.item = {rlp::encode(point{1, 2})};
  return out;
}

} // namespace

BOOST_AUTO_TEST_CASE(values_survive) {
  BOOST_TEST(survives(everything{}));
  BOOST_TEST(survives(full()));
  BOOST_TEST(survives(plain{"name", {0, 1, ~std::uint64_t{0}}}));
  BOOST_TEST(survives(nothing{}));
  BOOST_TEST(survives(grown{1}));
  BOOST_TEST(survives(grown{1, "b", point{2, 3}}));
  BOOST_TEST(survives(tolerant{1, {blob{bytes{0x05, 0xc0}}}}));
  BOOST_TEST(survives(drawing{{circle{1}, square{2}, circle{3}}, byte_array<32>{}}));
  BOOST_TEST(survives(drawing{{}, std::uint64_t{1}}));
}

BOOST_AUTO_TEST_CASE(the_place_of_a_failure_is_told) {
  // [name, [1, 00]]
  BOOST_TEST(refusal<plain>("c461c20100") == "#2[1]: an integer with a leading zero");
  auto good = to_hex(rlp::encode(full()).view());
  BOOST_TEST(refusal<std::vector<point>>("c6c20102c20001") ==
             "[1].x: an integer with a leading zero");
  BOOST_TEST(refusal<drawing>("c4c2c10180") == "figures[0].radius: nothing, and not an integer");
}

BOOST_AUTO_TEST_CASE(so_is_what_is_wrong_there) {
  BOOST_TEST(refusal<point>("c3820100") == "x: an integer above 255");
  BOOST_TEST(refusal<point>("c2c080") == "x: a list, and not an integer");
  BOOST_TEST(refusal<point>("80") == "a string of 0 bytes, and not a list");
  BOOST_TEST(refusal<point>("c101") == "y: nothing, and not an integer");
  BOOST_TEST(refusal<point>("c3010203") == "the list has more elements than it should");
  BOOST_TEST(refusal<point>("c2010203") == "bytes follow the item");
  BOOST_TEST(refusal<point>("") == "nothing, and not a list");
  BOOST_TEST(refusal<bool>("02") == "an integer above 1");
  BOOST_TEST(refusal<byte_array<4>>("83010203") ==
             "a string of 3 bytes, and not a string of 4 bytes");
  BOOST_TEST(refusal<uint256>("8200ff") == "an integer with a leading zero");
  BOOST_TEST(refusal<uint256>("a1" + std::string(66, '1')) == "an integer of more than 256 bits");
  BOOST_TEST(refusal<origin>("89010203040506070809") ==
             "a string of 9 bytes, and not any of the forms that it may have");
  BOOST_TEST(refusal<std::string>("8101") == "RLP: an item is not in its canonical encoding");
  BOOST_TEST(refusal<std::string>("8301") == "RLP: an item is longer than its input");
}

BOOST_AUTO_TEST_CASE(failures_have_the_codes_of_the_plain_decoder) {
  BOOST_TEST((code<point>("c20100") == errc::rlp_not_canonical));
  BOOST_TEST((code<point>("c3820100") == errc::rlp_wrong_size));
  BOOST_TEST((code<point>("c2c080") == errc::rlp_unexpected_kind));
  BOOST_TEST((code<point>("c101") == errc::rlp_truncated));
  BOOST_TEST((code<point>("c3010203") == errc::rlp_trailing_bytes));
  BOOST_TEST((code<uint256>("8200ff") == errc::rlp_not_canonical));
}

BOOST_AUTO_TEST_CASE(optional_fields_may_be_missing_but_not_malformed) {
  BOOST_TEST((*decode_hex<grown>("c101") == grown{1}));
  BOOST_TEST((*decode_hex<grown>("c20162") == grown{1, "b"}));
  BOOST_TEST(refusal<grown>("c20180") == "taken");
  BOOST_TEST(refusal<grown>("c201c0") == "second: a list, and not a string");
  BOOST_TEST(refusal<grown>("c6016280c28080") == "third: a string of 0 bytes, and not a list");
}

BOOST_AUTO_TEST_CASE(further_elements_are_taken_where_there_is_a_place_for_them) {
  auto out = decode_hex<tolerant>("c40105c101");
  BOOST_REQUIRE(bool{out});
  BOOST_TEST(to_hex(out->more.items.view()) == "05c101");
  BOOST_TEST(refusal<tolerant>("c3018301") == "more: RLP: an item is longer than its input");
}

BOOST_AUTO_TEST_CASE(an_alternative_is_chosen_by_its_tag_or_size) {
  BOOST_TEST((*decode_hex<figure>("c20205") == figure{square{5}}));
  BOOST_TEST((*decode_hex<origin>("07") == origin{std::uint64_t{7}}));
  BOOST_TEST((decode_hex<origin>("a0" + std::string(64, '1'))->index() == 0));
  BOOST_TEST(refusal<figure>("c20305") == "a list, and not any of the forms that it may have");
  BOOST_TEST(refusal<square>("c20105") == "the first element is not 2");
}

BOOST_AUTO_TEST_CASE(lists_inside_raw_items_are_not_checked) {
  BOOST_TEST(refusal<rlp::raw>("c18f") == "taken");
}

// A list of one byte stands for a value of any size in memory.
BOOST_AUTO_TEST_CASE(memory_is_bounded_by_the_size_of_the_input) {
  bytes encoded{0xf9, 0xea, 0x60};
  encoded.insert(encoded.end(), 60'000, 0xc0);
  auto whole = rlp::decode<std::vector<std::vector<point>>>(byte_view{encoded});
  BOOST_REQUIRE(bool{whole});
  BOOST_TEST(whole->size() == 60'000u);
  auto out = rlp::decode<std::vector<sparse>>(byte_view{encoded});
  BOOST_REQUIRE(!out);
  BOOST_TEST((out.error().code == errc::rlp_too_many_elements));
  BOOST_TEST(out.error().text == "too many elements for the message's size");
}

BOOST_AUTO_TEST_CASE(memory_of_small_items_is_bounded_whatever_holds_them) {
  // A list of a million strings of one byte.
  bytes encoded{0xfa, 0x0f, 0x42, 0x40};
  encoded.insert(encoded.end(), 1'000'000, 1);
  auto code_as = [&]<class T>(const T&) {
    auto out = rlp::decode<std::vector<T>>(blob{encoded});
    return out ? std::optional<errc>{} : std::optional{out.error().code};
  };
  BOOST_TEST((code_as(rlp::raw{}) == errc::rlp_too_many_elements));
  BOOST_TEST((code_as(blob{}) == errc::rlp_too_many_elements));
  BOOST_TEST((code_as(bytes{}) == errc::rlp_too_many_elements));
  BOOST_TEST((code_as(std::string{}) == errc::rlp_too_many_elements));
  BOOST_TEST((code_as(uint256{}) == errc::rlp_too_many_elements));
  BOOST_TEST(!code_as(std::uint64_t{}).has_value());
  BOOST_TEST(!code_as(byte_array<1>{}).has_value());
}

namespace {

using few_numbers = rlp::bounded<std::vector<std::uint64_t>, 3>;
using short_text = rlp::bounded<std::string, 2>;

/// Bounded values in a record.
struct note {
  few_numbers numbers = {};
  short_text text = {};
  std::optional<rlp::bounded<blob, 1>> last = {};
  friend bool operator==(const note&, const note&) = default;
  friend auto inspect(auto& f, note& x) {
    return inspect_fields(f, {"numbers", "text", "last"}, x.numbers, x.text, x.last);
  }
};

} // namespace

BOOST_AUTO_TEST_CASE(what_is_bounded_has_the_form_of_what_is_not) {
  BOOST_TEST(survives(note{}));
  BOOST_TEST(survives(note{{1, 2, 1'000}, {"ab"}, blob{bytes{7}}}));
  BOOST_TEST(to_hex(rlp::encode(note{{1}, {"b"}}).view()) == "c3c10162");
  std::vector<std::uint64_t> numbers = few_numbers{1, 2};
  BOOST_TEST((few_numbers{numbers} == numbers));
  BOOST_TEST((*decode_hex<std::variant<short_text, few_numbers>>("c101") ==
              std::variant<short_text, few_numbers>{few_numbers{1}}));
}

BOOST_AUTO_TEST_CASE(what_is_larger_than_its_bound_is_refused_before_it_is_read) {
  BOOST_TEST(refusal<few_numbers>("c3010203") == "taken");
  BOOST_TEST(refusal<few_numbers>("c401020304") == "a list of more than 3 elements");
  BOOST_TEST((code<few_numbers>("c401020304") == errc::rlp_too_many_elements));
  BOOST_TEST(refusal<few_numbers>("c400020304") == "a list of more than 3 elements");
  BOOST_TEST(refusal<note>("c5c083616263") == "text: a string of more than 2 bytes");
  BOOST_TEST((code<short_text>("83616263") == errc::rlp_wrong_size));
  BOOST_TEST(refusal<note>("c5c080820101") == "last: a string of more than 1 bytes");
  // Other mistakes are told as ever.
  BOOST_TEST(refusal<few_numbers>("c2c001") == "[0]: a list, and not an integer");
  BOOST_TEST(refusal<few_numbers>("83616263") == "a string of 3 bytes, and not a list");
  BOOST_TEST(refusal<few_numbers>("c48f010203") == "[0]: RLP: an item is longer than its input");
  BOOST_TEST(refusal<few_numbers>("c8010203") == "RLP: an item is longer than its input");
  BOOST_TEST(refusal<short_text>("c401020304") == "a list, and not a string");
  BOOST_TEST(refusal<few_numbers>("") == "nothing, and not a list");
}

BOOST_AUTO_TEST_CASE(limits_hold) {
  rlp::limits few;
  few.max_elements = 3;
  BOOST_TEST(
    !rlp::decode<std::vector<std::uint64_t>>(rlp::encode(std::vector<std::uint64_t>(3)), few));
  BOOST_TEST(
    bool{rlp::decode<std::vector<std::uint64_t>>(rlp::encode(std::vector<std::uint64_t>(2)), few)});
}

BOOST_AUTO_TEST_CASE(large_blobs_share_the_memory_of_their_message_and_small_ones_do_not) {
  const auto message = rlp::encode(std::pair{blob{bytes(1'000, 1)}, blob{bytes(100, 2)}});
  auto out = rlp::decode<std::pair<blob, blob>>(message);
  BOOST_REQUIRE(bool{out});
  auto is_inside = [&](const blob& x) {
    return x.data() >= message.data() && x.data() < message.data() + message.size();
  };
  BOOST_TEST(is_inside(out->first));
  BOOST_TEST(!is_inside(out->second));
}

BOOST_AUTO_TEST_SUITE_END()
} // namespace devp2p::test
