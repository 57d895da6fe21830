// SPDX-License-Identifier: BSL-1.0

// The RLP tables of ethereum/tests, see test/vectors/README.md. In them, "in" is a string, an
// integer, a decimal integer of any size after '#', or a list of these; "out" is the encoding.

#include "devp2p/net/rlp/decoder.hpp"
#include "devp2p/net/rlp/encoder.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <fstream>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(rlp_vectors_test)

using nlohmann::json;

namespace {

json table(const std::string& name) {
  std::ifstream file{DEVP2P_VECTORS "/" + name};
  BOOST_REQUIRE_MESSAGE(file, name << " cannot be opened");
  return json::parse(file);
}

bytes hex(const json& text) {
  return from_hex(text.get<std::string>()).value();
}

/// Returns the number's big-endian bytes, as few as possible.
bytes from_decimal(std::string_view text) {
  bytes out;
  for (auto c : text) {
    unsigned carry = static_cast<unsigned>(c - '0');
    for (auto byte = out.rbegin(); byte != out.rend(); ++byte) {
      carry += *byte * 10u;
      *byte = static_cast<std::uint8_t>(carry);
      carry >>= 8;
    }
    if (carry != 0)
      out.insert(out.begin(), static_cast<std::uint8_t>(carry));
  }
  return out;
}

bool is_decimal(const json& in) {
  return in.is_string() && in.get_ref<const std::string&>().starts_with('#');
}

void encode(rlp::encoder& out, const json& in) {
  if (in.is_array())
    out.list([&] {
      for (auto& element : in)
        encode(out, element);
    });
  else if (in.is_number())
    out.integer(in.get<std::uint64_t>());
  else if (is_decimal(in))
    out.string(from_decimal(in.get<std::string>().substr(1)));
  else
    out.string(in.get<std::string>());
}

void check_next(rlp::decoder& in, const json& wanted) {
  if (wanted.is_array()) {
    auto elements = in.list();
    for (auto& element : wanted)
      check_next(elements, element);
    elements.expect_end();
  } else if (wanted.is_number()) {
    BOOST_TEST(in.integer() == wanted.get<std::uint64_t>());
  } else {
    auto text = wanted.get<std::string>();
    auto content = in.string();
    auto expected =
      is_decimal(wanted) ? from_decimal(text.substr(1)) : bytes(text.begin(), text.end());
    BOOST_TEST(bytes(content.begin(), content.end()) == expected, boost::test_tools::per_element());
  }
}

} // namespace

BOOST_AUTO_TEST_CASE(encodes_every_valid_vector) {
  auto vectors = table("rlp_valid.json");
  BOOST_TEST(vectors.size() == 28u);
  for (auto& [name, vector] : vectors.items())
    BOOST_TEST_CONTEXT(name) {
      bytes encoded;
      rlp::encoder out{encoded};
      encode(out, vector["in"]);
      BOOST_TEST(to_hex(encoded) == to_hex(hex(vector["out"])));
    }
}

BOOST_AUTO_TEST_CASE(decodes_every_valid_vector) {
  auto vectors = table("rlp_valid.json");
  for (auto& [name, vector] : vectors.items())
    BOOST_TEST_CONTEXT(name) {
      auto encoded = hex(vector["out"]);
      BOOST_TEST(!rlp::validate(encoded));
      rlp::decoder in{encoded};
      check_next(in, vector["in"]);
      in.expect_end();
      BOOST_TEST(!in.error());
    }
}

BOOST_AUTO_TEST_CASE(accepts_the_random_vector) {
  auto vectors = table("rlp_random.json");
  BOOST_TEST(vectors.size() == 1u);
  for (auto& [name, vector] : vectors.items())
    BOOST_TEST_CONTEXT(name) {
      BOOST_TEST(!rlp::validate(hex(vector["out"])));
    }
}

BOOST_AUTO_TEST_CASE(refuses_every_invalid_vector) {
  auto vectors = table("rlp_invalid.json");
  BOOST_TEST(vectors.size() == 26u);
  for (auto& [name, vector] : vectors.items())
    BOOST_TEST_CONTEXT(name) {
      BOOST_TEST(rlp::validate(hex(vector["out"])).has_value());
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
