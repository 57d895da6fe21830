// SPDX-License-Identifier: BSL-1.0
//
// The bytes are written by hand from the figures of RFC 6887.
#include "devp2p/nat/pcp_message.hpp"

#include <boost/test/unit_test.hpp>

namespace devp2p::nat::test {
BOOST_AUTO_TEST_SUITE(nat_pcp_message_test)

using namespace std::chrono_literals;

namespace {

const std::string client_v4 = "00000000000000000000ffffc0a80102";
const std::string nonce_hex = "000102030405060708090a0b";
const pcp::nonce nonce{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};

std::optional<pcp::response> decode(const std::string& hex) {
  return pcp::decode(*from_hex(hex));
}

/// Returns version, response to MAP and result, then lifetime 600, epoch 7 and the mapping.
std::string grant(const std::string& result = "00", const std::string& protocol = "06") {
  return "028100" + result + "00000258" + "00000007" + "000000000000000000000000" + nonce_hex +
         protocol + "000000" + "765f" + "8ae3" + "00000000000000000000ffff0b162102";
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_pcp_message)

BOOST_AUTO_TEST_CASE(asks_for_a_mapping) {
  auto out = pcp::encode({"192.168.1.2", nonce, {transport::tcp, 30303}, {"", 35555}, 1200s});
  BOOST_TEST_REQUIRE(out.has_value());
  BOOST_TEST(to_hex(*out) == "02010000"
                             "000004b0" +
                               client_v4 + nonce_hex +
                               "06000000"
                               "765f"
                               "8ae3"
                               "00000000000000000000ffff00000000");
}

BOOST_AUTO_TEST_CASE(asks_for_a_pinhole) {
  auto out = pcp::encode({"2001:db8::2", nonce, {transport::udp, 7000}, {}, 0s});
  BOOST_TEST_REQUIRE(out.has_value());
  BOOST_TEST(to_hex(*out) == "02010000"
                             "00000000"
                             "20010db8000000000000000000000002" +
                               nonce_hex +
                               "11000000"
                               "1b58"
                               "0000"
                               "00000000000000000000000000000000");
}

BOOST_AUTO_TEST_CASE(asks_who_is_there) {
  BOOST_TEST(to_hex(*pcp::encode_announce("192.168.1.2")) == "02000000"
                                                             "00000000" +
                                                               client_v4);
}

BOOST_AUTO_TEST_CASE(needs_an_address) {
  BOOST_TEST(!pcp::encode_announce("router"));
  BOOST_TEST(!pcp::encode({"router", nonce, {}, {}, 0s}));
  BOOST_TEST(!pcp::encode({"192.168.1.2", nonce, {}, {"router", 1}, 0s}));
}

BOOST_AUTO_TEST_CASE(grants) {
  auto out = decode(grant());
  BOOST_TEST_REQUIRE(out.has_value());
  BOOST_TEST((out->result == pcp::result::success));
  BOOST_TEST((out->lifetime == 600s));
  BOOST_TEST(out->epoch == 7u);
  BOOST_TEST_REQUIRE(out->map.has_value());
  BOOST_TEST((out->map->nonce == nonce));
  BOOST_TEST((out->map->internal == local_port{transport::tcp, 30303}));
  BOOST_TEST((out->map->external == endpoint{"11.22.33.2", 35555}));
}

BOOST_AUTO_TEST_CASE(grants_with_options_that_nobody_has_asked_for) {
  BOOST_TEST(decode(grant() + "02000000").has_value());
}

BOOST_AUTO_TEST_CASE(refuses) {
  BOOST_TEST((decode(grant("02"))->result == pcp::result::not_authorized));
  BOOST_TEST(to_string(pcp::result::no_resources) == "PCP result 8 (no resources)");
  BOOST_TEST(to_string(static_cast<pcp::result>(77)) == "PCP result 77");
}

BOOST_AUTO_TEST_CASE(announces) {
  auto out = decode("028000000000000000000003000000000000000000000000");
  BOOST_TEST_REQUIRE(out.has_value());
  BOOST_TEST(!out->map);
  BOOST_TEST(out->epoch == 3u);
}

BOOST_AUTO_TEST_CASE(of_another_version_is_the_answer_of_a_server_that_does_not_know_ours) {
  BOOST_TEST((decode("0080000100000000")->result == pcp::result::unsupported_version));
}

BOOST_AUTO_TEST_CASE(that_is_no_response_is_nothing) {
  const auto whole = *from_hex(grant());
  for (std::size_t size = 0; size < whole.size(); ++size)
    BOOST_TEST(!pcp::decode(byte_view{whole}.first(size)), size);
  BOOST_TEST(!decode("0201" + grant().substr(4))); // A request.
  BOOST_TEST(!decode("0282" + grant().substr(4))); // To PEER, which we have not asked.
  BOOST_TEST(!decode(grant("00", "84")));          // SCTP.
  BOOST_TEST(!pcp::decode(bytes(1101, 0x02)));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::nat::test
