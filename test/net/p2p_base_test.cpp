// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/p2p/base.hpp"

#include "devp2p/net/rlp/encoder.hpp"

#include <boost/test/unit_test.hpp>
#include <snappy.h>

#include <algorithm>
#include <limits>
#include <ostream>
#include <string>

namespace devp2p {

std::ostream& operator<<(std::ostream& out, disconnect_reason reason) {
  return out << to_string(reason);
}

} // namespace devp2p

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(p2p_base_test)

namespace {

bytes hex(std::string_view text) {
  return from_hex(text).value();
}

bytes compress(byte_view plain) {
  std::string block;
  snappy::Compress(reinterpret_cast<const char*>(plain.data()), plain.size(), &block);
  return {block.begin(), block.end()};
}

constexpr auto id_digits = "fda1cff674c90c9a197539fe3dfb53086ace64f83ed7c6eabec741f7f381cc80"
                           "3e52ab2cd55d5569bce4347107a310dfd5f88a010cd2ffd1005ca406f1842877";

hello sample() {
  return {5, "test/A", {{"eth", 68}, {"snap", 1}}, 0, node_id::parse(id_digits).value()};
}

const auto encoded_sample = hex(std::string{"f859"} + // 89 bytes of fields
                                "05" +                // version
                                "86746573742f41" +    // client id "test/A"
                                "cd" +                // capabilities
                                "c58365746844" +      // ["eth", 68]
                                "c684736e617001" +    // ["snap", 1]
                                "80" +                // listening port 0
                                "b840" + id_digits);

/// Returns a Hello with the id of `sample()` and with `item`, which is RLP, in place of one of its
/// five fields.
bytes sample_with(int replaced, byte_view item) {
  bytes payload;
  rlp::encoder out{payload};
  out.list([&] {
    for (int field = 0; field < 5; ++field)
      if (field == replaced)
        out.raw(item);
      else if (field == 2)
        out.list([] {});
      else if (field == 4)
        out.string(sample().id.value);
      else
        out.integer(5);
  });
  return payload;
}

template <class Write>
bytes item_of(Write write) {
  bytes item;
  rlp::encoder out{item};
  write(out);
  return item;
}

bytes string_item(std::size_t size) {
  return item_of([&](rlp::encoder& out) { out.string(std::string(size, 'x')); });
}

bytes capabilities_item(std::size_t count, const std::string& name) {
  return item_of([&](rlp::encoder& out) {
    out.list([&] {
      for (std::size_t i = 0; i < count; ++i)
        out.list([&] {
          out.string(name);
          out.integer(i);
        });
    });
  });
}

std::optional<errc> error_of(byte_view payload) {
  auto result = p2p::decode_hello(payload);
  return result ? std::nullopt : std::optional{result.error()};
}

hello decoded(byte_view payload) {
  auto result = p2p::decode_hello(payload);
  BOOST_REQUIRE(static_cast<bool>(result));
  return *result;
}

} // namespace

BOOST_AUTO_TEST_CASE(encodes_a_hello) {
  BOOST_TEST(to_hex(p2p::encode_hello(sample())) == to_hex(encoded_sample));
  BOOST_TEST(encoded_sample.size() <= p2p::max_sent_hello_size);
}

BOOST_AUTO_TEST_CASE(decodes_a_hello) {
  BOOST_TEST((decoded(encoded_sample) == sample()));
}

BOOST_AUTO_TEST_CASE(decodes_a_hello_of_version_3) {
  // From the session that the authors of RLPx published (github.com gist fjl/3a78780d17c755d22df2).
  auto id = std::string{"762dd8a0636e07a54b31169eba0c7a20a1ac1ef68596f1f283b5c676bae4064a"
                        "bfcce24799d09f67e392632d3ffdc12e3d6430dcb0ea19c318343ffa7aae74d4"};
  auto payload = hex("f84c"           // 76 bytes of fields
                     "03"             // version
                     "80"             // no client id
                     "c6c26180c26202" // [["a", 0], ["b", 2]]
                     "80"             // listening port 0
                     "b840" +
                     id);
  auto wanted = hello{3, "", {{"a", 0}, {"b", 2}}, 0, node_id::parse(id).value()};
  BOOST_TEST((decoded(payload) == wanted));
  BOOST_TEST(to_hex(p2p::encode_hello(wanted)) == to_hex(payload));
}

BOOST_AUTO_TEST_CASE(encodes_capabilities_sorted_and_without_duplicates) {
  auto x = sample();
  x.capabilities = {{"snap", 1}, {"eth", 69}, {"eth", 68}, {"snap", 1}, {"Z", 1}};
  auto wanted = std::vector<capability>{{"Z", 1}, {"eth", 68}, {"eth", 69}, {"snap", 1}};
  BOOST_TEST((decoded(p2p::encode_hello(x)).capabilities == wanted));
}

BOOST_AUTO_TEST_CASE(keeps_the_capabilities_of_the_remote_as_they_are) {
  auto payload = sample_with(2, hex("c9c27a01c26101c26101"));
  auto wanted = std::vector<capability>{{"z", 1}, {"a", 1}, {"a", 1}};
  BOOST_TEST((decoded(payload).capabilities == wanted));
}

BOOST_AUTO_TEST_CASE(ignores_what_a_later_version_appends) {
  auto appended = encoded_sample;
  appended[1] += 4;
  for (auto byte : hex("c20102"
                       "07"))
    appended.push_back(byte);
  BOOST_TEST((decoded(appended) == sample()));
  // Data behind the fields of a capability: ["a", 1, 9].
  auto wanted = std::vector<capability>{{"a", 1}};
  BOOST_TEST((decoded(sample_with(2, hex("c4c3610109"))).capabilities == wanted));
  // Data behind all.
  auto followed = encoded_sample;
  followed.push_back(0x00);
  BOOST_TEST((decoded(followed) == sample()));
}

BOOST_AUTO_TEST_CASE(takes_any_version) {
  auto x = sample();
  for (auto version : {std::uint64_t{0}, std::numeric_limits<std::uint64_t>::max()}) {
    x.version = version;
    BOOST_TEST(decoded(p2p::encode_hello(x)).version == version);
  }
}

BOOST_AUTO_TEST_CASE(takes_any_bytes_as_client_id) {
  auto x = sample();
  x.client_id = std::string{"\x00\x1b[2J\xff\xfe\n", 8};
  BOOST_TEST((decoded(p2p::encode_hello(x)) == x));
}

BOOST_AUTO_TEST_CASE(reads_a_listening_port_that_is_not_canonical_as_none) {
  BOOST_TEST(decoded(sample_with(3, hex("00"))).listen_port == 0u);
  BOOST_TEST(decoded(sample_with(3, hex("820001"))).listen_port == 0u);
  BOOST_TEST(decoded(sample_with(3, hex("c0"))).listen_port == 0u);
}

BOOST_AUTO_TEST_CASE(reads_a_listening_port_over_16_bits_as_none) {
  BOOST_TEST(decoded(sample_with(3, hex("82ffff"))).listen_port == 65535u);
  BOOST_TEST(decoded(sample_with(3, hex("83010001"))).listen_port == 0u);
  BOOST_TEST(decoded(sample_with(3, hex("89010000000000000000"))).listen_port == 0u);
}

BOOST_AUTO_TEST_CASE(refuses_a_hello_without_a_valid_node_id) {
  for (auto size : {0u, 63u, 65u})
    BOOST_TEST((error_of(sample_with(4, string_item(size))) == errc::invalid_identity), size);
  auto x = sample();
  x.id = {};
  BOOST_TEST((error_of(p2p::encode_hello(x)) == errc::invalid_identity));
}

BOOST_AUTO_TEST_CASE(refuses_a_hello_that_is_malformed) {
  BOOST_TEST((error_of({}) == errc::malformed_hello));
  BOOST_TEST((error_of(hex("c0")) == errc::malformed_hello));
  BOOST_TEST((error_of(hex("83646f67")) == errc::malformed_hello));
  // A list where a string belongs, a string where the list does.
  for (auto field : {0, 1, 4})
    BOOST_TEST((error_of(sample_with(field, hex("c0"))) == errc::malformed_hello), field);
  BOOST_TEST((error_of(sample_with(2, hex("80"))) == errc::malformed_hello));
  // A capability that is not a pair, a version of it that is not canonical.
  BOOST_TEST((error_of(sample_with(2, hex("c161"))) == errc::malformed_hello));
  BOOST_TEST((error_of(sample_with(2, hex("c2c161"))) == errc::malformed_hello));
  BOOST_TEST((error_of(sample_with(2, hex("c3c26100"))) == errc::malformed_hello));
}

BOOST_AUTO_TEST_CASE(refuses_a_hello_cut_anywhere) {
  for (std::size_t size = 0; size < encoded_sample.size(); ++size)
    BOOST_TEST((error_of(byte_view{encoded_sample}.first(size)) == errc::malformed_hello), size);
}

BOOST_AUTO_TEST_CASE(bounds_the_capabilities_of_a_hello) {
  BOOST_TEST(decoded(sample_with(2, capabilities_item(128, "a"))).capabilities.size() == 128u);
  BOOST_TEST((error_of(sample_with(2, capabilities_item(129, "a"))) == errc::malformed_hello));
  auto longest = std::string(32, 'a');
  BOOST_TEST(decoded(sample_with(2, capabilities_item(1, longest))).capabilities[0].name ==
             longest);
  BOOST_TEST(
    (error_of(sample_with(2, capabilities_item(1, longest + 'a'))) == errc::malformed_hello));
}

BOOST_AUTO_TEST_CASE(bounds_the_size_of_a_hello) {
  auto fits = sample_with(1, string_item(1973));
  BOOST_REQUIRE(fits.size() == p2p::max_hello_size);
  BOOST_TEST(decoded(fits).client_id.size() == 1973u);
  BOOST_TEST((error_of(sample_with(1, string_item(1974))) == errc::message_too_large));
}

BOOST_AUTO_TEST_CASE(encodes_a_disconnect_as_a_list) {
  BOOST_TEST(to_hex(p2p::encode_disconnect(disconnect_reason::requested)) == "c180");
  BOOST_TEST(to_hex(p2p::encode_disconnect(disconnect_reason::too_many_peers)) == "c104");
  BOOST_TEST(to_hex(p2p::encode_disconnect(disconnect_reason::subprotocol_error)) == "c110");
  BOOST_TEST(to_hex(p2p::encode_disconnect(disconnect_reason{0x80})) == "c28180");
}

BOOST_AUTO_TEST_CASE(never_sends_the_reason_that_is_only_ours) {
  BOOST_TEST(to_hex(p2p::encode_disconnect(disconnect_reason::undecodable)) == "c180");
}

BOOST_AUTO_TEST_CASE(decodes_every_form_of_disconnect_compressed_or_not) {
  struct form {
    std::string payload;
    disconnect_reason reason;
  };
  auto forms = std::vector<form>{
    {"", disconnect_reason::requested},              // no content
    {"00", disconnect_reason::requested},            // zero as a byte
    {"80", disconnect_reason::requested},            // zero as an integer
    {"c0", disconnect_reason::requested},            // a list of no reason
    {"c100", disconnect_reason::requested},          // a list of zero as a byte
    {"c180", disconnect_reason::requested},          // a list of zero as an integer
    {"c20801", disconnect_reason::client_quitting},  // more elements in the list
    {"c3048180", disconnect_reason::too_many_peers}, // more elements, another reason
    {"81fe", disconnect_reason{0xfe}},               // not in the specification
    {"c281fe", disconnect_reason{0xfe}},             // not in the specification, in a list
    {"c281ff", disconnect_reason::undecodable},      // ours, but a remote may say it
  };
  // 0x11 is no reason of the specification, but some nodes sent it.
  for (std::uint8_t reason = 0x01; reason <= 0x11; ++reason) {
    forms.push_back({to_hex({&reason, 1}), disconnect_reason{reason}});
    forms.push_back({"c1" + to_hex({&reason, 1}), disconnect_reason{reason}});
  }
  for (auto& [payload, reason] : forms)
    BOOST_TEST_CONTEXT('"' << payload << '"') {
      BOOST_TEST(p2p::decode_disconnect(hex(payload)) == reason);
      BOOST_TEST(p2p::decode_disconnect(compress(hex(payload))) == reason);
    }
}

BOOST_AUTO_TEST_CASE(decodes_the_disconnects_that_go_over_the_wire) {
  // A literal of snappy's block format: length, tag, bytes.
  BOOST_TEST(p2p::decode_disconnect(hex("0204c108")) == disconnect_reason::client_quitting);
  BOOST_TEST(p2p::decode_disconnect(hex("010004")) == disconnect_reason::too_many_peers);
  BOOST_TEST(p2p::decode_disconnect(hex("0204c180")) == disconnect_reason::requested);
}

BOOST_AUTO_TEST_CASE(a_disconnect_that_cannot_be_decoded_is_one_nevertheless) {
  for (auto payload : {
         "c1",           // cut
         "c28105",       // not canonical
         "c3820100",     // more than a byte
         "820100",       // more than a byte, without a list
         "c1c0",         // a list in a list
         "c2c108",       // a reason in a list in a list
         "0808",         // neither one item nor a block
         "c10800",       // followed by something
         "0204c1",       // a block that is cut
         "0304c108",     // a block that says more than it holds
         "0104c108",     // a block that holds more than it says
         "0204c1c1",     // a block of a list that is cut
         "ffffffff0f",   // a block of 4 GiB
         "ffffffffffff", // no length
       })
    BOOST_TEST_CONTEXT(payload) {
      BOOST_TEST(p2p::decode_disconnect(hex(payload)) == disconnect_reason::undecodable);
    }
}

BOOST_AUTO_TEST_CASE(looks_at_no_more_than_a_hundred_bytes_of_a_disconnect) {
  // [8, string], alone and compressed; the compressed one is short whatever the string's size.
  auto list_of = [](std::size_t size) {
    return item_of([&](rlp::encoder& out) {
      out.list([&] {
        out.integer(8);
        out.string(std::string(size, 'x'));
      });
    });
  };
  auto fits = list_of(95);
  BOOST_REQUIRE(fits.size() == p2p::max_disconnect_size);
  BOOST_TEST(p2p::decode_disconnect(fits) == disconnect_reason::client_quitting);
  BOOST_TEST(p2p::decode_disconnect(compress(fits)) == disconnect_reason::client_quitting);
  auto exceeds = list_of(96);
  BOOST_TEST(p2p::decode_disconnect(exceeds) == disconnect_reason::undecodable);
  BOOST_REQUIRE(compress(exceeds).size() < p2p::max_disconnect_size);
  BOOST_TEST(p2p::decode_disconnect(compress(exceeds)) == disconnect_reason::undecodable);
}

BOOST_AUTO_TEST_CASE(decodes_each_reason_that_it_encodes) {
  for (unsigned byte = 0; byte < 0xff; ++byte) {
    auto reason = static_cast<disconnect_reason>(byte);
    auto payload = p2p::encode_disconnect(reason);
    BOOST_TEST(p2p::decode_disconnect(payload) == reason);
    BOOST_TEST(p2p::decode_disconnect(compress(payload)) == reason);
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
