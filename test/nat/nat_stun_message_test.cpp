// SPDX-License-Identifier: BSL-1.0
//
// The responses are from RFC 5769, sections 2.2 and 2.3.
#include "devp2p/nat/stun_message.hpp"

#include <boost/test/unit_test.hpp>

namespace devp2p::nat::test {
BOOST_AUTO_TEST_SUITE(nat_stun_message_test)

namespace {

const stun::transaction_id id{0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34,
                              0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae};
const std::string id_hex = "b7e7a701bc34d686fa87dfae";
const std::string software = "8022000b"
                             "7465737420766563746f7220";

const std::string v4 = "0101003c"
                       "2112a442" +
                       id_hex + software +
                       "00200008"
                       "0001a147"
                       "e112a643"
                       "00080014"
                       "2b91f599fd9e90c38c7489f92af9ba53f06be7d7"
                       "80280004"
                       "c07d4c96";
const std::string v6 = "01010048"
                       "2112a442" +
                       id_hex + software +
                       "00200014"
                       "0002a147"
                       "0113a9faa5d3f179bc25f4b5bed2b9d9"
                       "00080014"
                       "a382954e4be67bf11784c97c8292c275bfe3ed41"
                       "80280004"
                       "c8fb0b4c";

std::optional<endpoint> decode(const std::string& hex) {
  return stun::decode_response(*from_hex(hex), id);
}

/// Returns a response with these attributes.
std::string response(const std::string& attributes) {
  auto size = to_hex(bytes{0, static_cast<std::uint8_t>(attributes.size() / 2)});
  return "0101" + size + "2112a442" + id_hex + attributes;
}

const std::string mapped = "00010008"
                           "00017a69"
                           "01020304";
const std::string xor_mapped = "00200008"
                               "0001a147"
                               "e112a643";

} // namespace

BOOST_AUTO_TEST_SUITE(a_stun_message)

BOOST_AUTO_TEST_CASE(asks) {
  BOOST_TEST(to_hex(stun::encode_request(id)) == "00010000"
                                                 "2112a442" +
                                                   id_hex);
}

BOOST_AUTO_TEST_CASE(tells_our_address) {
  BOOST_TEST((decode(v4) == endpoint{"192.0.2.1", 32853}));
  BOOST_TEST((decode(v6) == endpoint{"2001:db8:1234:5678:11:2233:4455:6677", 32853}));
}

BOOST_AUTO_TEST_CASE(of_an_old_server_tells_it_plainly) {
  BOOST_TEST((decode(response(mapped)) == endpoint{"1.2.3.4", 31337}));
}

BOOST_AUTO_TEST_CASE(that_tells_it_twice_is_believed_where_no_nat_has_changed_it) {
  BOOST_TEST((decode(response(mapped + xor_mapped)) == endpoint{"192.0.2.1", 32853}));
  BOOST_TEST((decode(response(xor_mapped + mapped)) == endpoint{"192.0.2.1", 32853}));
}

BOOST_AUTO_TEST_CASE(that_answers_another_question_is_nothing) {
  auto other = *from_hex(v4);
  other[19] ^= 1;
  BOOST_TEST(!stun::decode_response(other, id));
  auto no_cookie = *from_hex(v4);
  no_cookie[4] ^= 1;
  BOOST_TEST(!stun::decode_response(no_cookie, id));
  auto refusal = *from_hex(v4);
  refusal[1] = 0x11;
  BOOST_TEST(!stun::decode_response(refusal, id));
}

BOOST_AUTO_TEST_CASE(that_is_cut_or_lies_about_its_size_is_nothing) {
  const auto whole = *from_hex(v4);
  for (std::size_t size = 0; size < whole.size(); ++size)
    BOOST_TEST(!stun::decode_response(byte_view{whole}.first(size), id), size);
  BOOST_TEST(!decode(response("00200009"
                              "0001a147"
                              "e112a643"))); // Beyond the end.
  BOOST_TEST(!decode(response("00200008"
                              "0003a147"
                              "e112a643"))); // No such family.
  BOOST_TEST(!decode(response("00200008"
                              "0002a147"
                              "e112a643"))); // IPv6 in four bytes.
  BOOST_TEST(!decode(response("00200002"
                              "00010000")));
  BOOST_TEST(!decode(response("")));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::nat::test
