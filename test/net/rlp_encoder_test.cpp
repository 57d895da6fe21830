// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/rlp/decoder.hpp"
#include "devp2p/net/rlp/encoder.hpp"

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <string>
#include <utility>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(rlp_encoder_test)

namespace {

/// Returns the digits of what `write` writes.
template <class Write>
std::string encoding_of(Write write) {
  bytes buffer;
  rlp::encoder out{buffer};
  write(out);
  return to_hex(buffer);
}

std::string encoding_of_integer(std::uint64_t value) {
  return encoding_of([&](rlp::encoder& out) { out.integer(value); });
}

std::string encoding_of_string(const std::string& content) {
  return encoding_of([&](rlp::encoder& out) { out.string(content); });
}

/// Returns the prefix of a list with `size` bytes in it.
std::string prefix_of_list(std::size_t size) {
  auto text = encoding_of([&](rlp::encoder& out) {
    out.list([&] {
      for (std::size_t i = 0; i < size; ++i)
        out.integer(1);
    });
  });
  return text.substr(0, text.size() - size * 2);
}

} // namespace

BOOST_AUTO_TEST_CASE(writes_integers_as_short_as_they_can_be) {
  BOOST_TEST(encoding_of_integer(0) == "80");
  BOOST_TEST(encoding_of_integer(1) == "01");
  BOOST_TEST(encoding_of_integer(0x7f) == "7f");
  BOOST_TEST(encoding_of_integer(0x80) == "8180");
  BOOST_TEST(encoding_of_integer(0x100) == "820100");
  BOOST_TEST(encoding_of_integer(0x00ffffffffffffff) == "87ffffffffffffff");
  BOOST_TEST(encoding_of_integer(0xffffffffffffffff) == "88ffffffffffffffff");
}

BOOST_AUTO_TEST_CASE(writes_strings_of_every_form) {
  BOOST_TEST(encoding_of_string("") == "80");
  BOOST_TEST(encoding_of_string("\x7f") == "7f");
  BOOST_TEST(encoding_of_string("\x80") == "8180");
  BOOST_TEST(encoding_of_string("dog") == "83646f67");
  BOOST_TEST(encoding_of_string(std::string(55, 'a')).substr(0, 4) == "b761");
  BOOST_TEST(encoding_of_string(std::string(56, 'a')).substr(0, 6) == "b83861");
  BOOST_TEST(encoding_of_string(std::string(255, 'a')).substr(0, 6) == "b8ff61");
  BOOST_TEST(encoding_of_string(std::string(256, 'a')).substr(0, 8) == "b9010061");
  BOOST_TEST(encoding_of_string(std::string(65536, 'a')).substr(0, 10) == "ba01000061");
}

BOOST_AUTO_TEST_CASE(writes_lists_of_every_form) {
  const std::pair<std::size_t, const char*> all[] = {
    {0, "c0"},     {1, "c1"},       {55, "f7"},         {56, "f838"},
    {255, "f8ff"}, {256, "f90100"}, {65536, "fa010000"}};
  for (auto [size, prefix] : all)
    BOOST_TEST(prefix_of_list(size) == prefix);
}

BOOST_AUTO_TEST_CASE(writes_lists_in_lists) {
  auto text = encoding_of([](rlp::encoder& out) {
    out.list([&] {
      out.string("cat");
      out.list([&] {
        out.integer(0);
        out.list([] {});
      });
      out.integer(15);
    });
  });
  BOOST_TEST(text == "c8"
                     "83636174"
                     "c280c0"
                     "0f");
}

BOOST_AUTO_TEST_CASE(writes_a_long_list_in_a_long_list) {
  auto text = encoding_of([](rlp::encoder& out) {
    out.list([&] {
      out.integer(1);
      out.list([&] { out.string(std::string(300, 'a')); });
      out.integer(2);
    });
  });
  BOOST_TEST(text.substr(0, 20) == "f90134"
                                   "01"
                                   "f9012f"
                                   "b9012c");
  BOOST_TEST(text.substr(text.size() - 6) == "616102");
  BOOST_TEST(!rlp::validate(from_hex(text).value()));
}

BOOST_AUTO_TEST_CASE(writes_an_encoded_item_as_it_is) {
  BOOST_TEST(encoding_of([](rlp::encoder& out) {
               out.list([&] { out.raw(byte_array<2>{0xc1, 0x05}); });
             }) == "c2c105");
}

BOOST_AUTO_TEST_CASE(keeps_what_is_in_the_buffer_already) {
  bytes buffer{0xaa, 0xbb};
  rlp::encoder out{buffer};
  out.list([&] { out.string(std::string(56, 'a')); });
  BOOST_TEST(to_hex(byte_view{buffer}.first(6)) == "aabbf83ab838");
  BOOST_TEST(buffer.size() == 2u + 2u + 2u + 56u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
