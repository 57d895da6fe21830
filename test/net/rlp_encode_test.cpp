// SPDX-License-Identifier: BSL-1.0
#include "rlp_shapes.hpp"

#include "devp2p/net/rlp/encode.hpp"
#include "devp2p/net/rlp/encoder.hpp"

#include <boost/test/unit_test.hpp>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(rlp_encode_test)

namespace {

/// Returns the digits; checks that the size was foretold.
template <class T>
std::string hex_of(const T& value) {
  auto out = rlp::encode(value);
  BOOST_TEST(out.size() == rlp::encoded_size(value));
  return to_hex(out.view());
}

/// Returns the digits of what `write` writes with the plain encoder.
template <class Write>
std::string plainly(Write write) {
  bytes buffer;
  rlp::encoder out{buffer};
  write(out);
  return to_hex(buffer);
}

} // namespace

BOOST_AUTO_TEST_CASE(integers_are_as_short_as_can_be) {
  BOOST_TEST(hex_of(std::uint64_t{0}) == "80");
  BOOST_TEST(hex_of(true) == "01");
  BOOST_TEST(hex_of(false) == "80");
  BOOST_TEST(hex_of(std::uint8_t{0x7f}) == "7f");
  BOOST_TEST(hex_of(std::uint8_t{0x80}) == "8180");
  BOOST_TEST(hex_of(std::uint16_t{0x400}) == "820400");
  BOOST_TEST(hex_of(~std::uint64_t{0}) == "88ffffffffffffffff");
  BOOST_TEST(hex_of(colour::green) == "01");
}

BOOST_AUTO_TEST_CASE(so_are_those_of_256_bits) {
  BOOST_TEST(hex_of(uint256{}) == "80");
  BOOST_TEST(hex_of(uint256{0x7f}) == "7f");
  BOOST_TEST(hex_of(uint256{0x80}) == "8180");
  uint256 largest;
  largest.big_endian.fill(0xff);
  BOOST_TEST(hex_of(largest) == "a0" + std::string(64, 'f'));
}

BOOST_AUTO_TEST_CASE(strings_are_of_text_and_of_bytes) {
  BOOST_TEST(hex_of(std::string{"dog"}) == "83646f67");
  BOOST_TEST(hex_of(std::string{}) == "80");
  BOOST_TEST(hex_of(bytes{0}) == "00");
  BOOST_TEST(hex_of(blob{bytes{0x80}}) == "8180");
  BOOST_TEST(hex_of(byte_array<2>{}) == "820000");
  BOOST_TEST(hex_of(node_id{}).starts_with("b84000"));
}

BOOST_AUTO_TEST_CASE(a_type_is_the_list_of_its_fields) {
  BOOST_TEST(hex_of(point{1, 1024}) == "c401820400");
  BOOST_TEST(hex_of(plain{"a", {1, 2}}) == "c461c20102");
  BOOST_TEST(hex_of(nothing{}) == "c0");
  BOOST_TEST(hex_of(std::vector<point>(2)) == "c6c28080c28080");
  BOOST_TEST(hex_of(std::array<point, 1>{}) == "c3c28080");
  BOOST_TEST(hex_of(std::tuple{true, std::string{"b"}}) == "c20162");
}

BOOST_AUTO_TEST_CASE(a_tag_comes_before_the_fields) {
  BOOST_TEST(hex_of(square{5}) == "c20205");
  BOOST_TEST(hex_of(figure{circle{6}}) == "c20106");
  BOOST_TEST(hex_of(origin{std::uint64_t{7}}) == "07");
}

BOOST_AUTO_TEST_CASE(empty_optional_fields_are_left_out) {
  BOOST_TEST(hex_of(grown{1}) == "c101");
  BOOST_TEST(hex_of(grown{1, "b"}) == "c20162");
  BOOST_TEST(hex_of(grown{1, "b", point{}}) == "c50162c28080");
}

BOOST_AUTO_TEST_CASE(but_not_those_before_others) {
  BOOST_CHECK_THROW((void)rlp::encode(grown{1, std::nullopt, point{}}), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(what_is_encoded_already_is_copied) {
  BOOST_TEST(hex_of(tolerant{1, {blob{bytes{0x05, 0xc0}}}}) == "c30105c0");
  BOOST_TEST(hex_of(rlp::raw{blob{bytes{0xc1, 0x05}}}) == "c105");
}

BOOST_AUTO_TEST_CASE(long_lists_are_as_the_plain_encoder_writes_them) {
  for (std::size_t size : {54, 55, 56, 255, 256, 65'535, 65'536}) {
    std::vector<std::vector<std::uint64_t>> value{std::vector<std::uint64_t>(size, 1), {}, {300}};
    auto expected = plainly([&](rlp::encoder& out) {
      out.list([&] {
        for (const auto& x : value)
          out.list([&] {
            for (auto y : x)
              out.integer(y);
          });
      });
    });
    BOOST_TEST((hex_of(value) == expected), size);
  }
}

BOOST_AUTO_TEST_CASE(what_is_larger_than_its_bound_is_not_written) {
  rlp::bounded<bytes, 2> content{1, 2};
  BOOST_TEST(rlp::encode(content).size() == 3u);
  content.push_back(3);
  BOOST_CHECK_THROW((void)rlp::encode(content), std::length_error);
  BOOST_CHECK_THROW((void)rlp::encode(std::vector<rlp::bounded<bytes, 2>>{content}),
                    std::length_error);
}

BOOST_AUTO_TEST_SUITE_END()
} // namespace devp2p::test
