// SPDX-License-Identifier: BSL-1.0
#include "devp2p/messages/capability.hpp"
#include "devp2p/messages/disconnect_reason.hpp"
#include "devp2p/messages/enode.hpp"
#include "devp2p/messages/errc.hpp"
#include "devp2p/messages/packet.hpp"
#include "devp2p/messages/type_ids.hpp"
#include "devp2p/messages/uint256.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/sec.hpp>

#include <cerrno>
#include <set>
#include <string>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(values_test)

namespace {

const std::string id(128, 'a');

std::string round_trip(const std::string& url) {
  auto out = enode::parse(url);
  return out ? to_string(*out) : std::string{to_string(out.error())};
}

} // namespace

BOOST_AUTO_TEST_CASE(hexadecimal_digits_are_read_in_either_case) {
  BOOST_TEST(to_hex(*from_hex("0x00fFa5")) == "00ffa5");
  BOOST_TEST((from_hex("") == bytes{}));
  BOOST_TEST(!from_hex("abc").has_value());
  BOOST_TEST(!from_hex("zz").has_value());
  BOOST_TEST(!from_hex("0x0").has_value());
}

BOOST_AUTO_TEST_CASE(integers_of_256_bits_are_printed_in_decimal) {
  BOOST_TEST(to_string(uint256{}) == "0");
  BOOST_TEST(to_string(uint256{1'000}) == "1000");
  BOOST_TEST(to_string(uint256{~std::uint64_t{0}}) == "18446744073709551615");
  uint256 largest;
  largest.big_endian.fill(0xff);
  BOOST_TEST(to_string(largest) ==
             "115792089237316195423570985008687907853269984665640564039457584007913129639935");
}

BOOST_AUTO_TEST_CASE(integers_of_256_bits_are_narrowed_if_they_fit) {
  BOOST_TEST((uint256{}.narrow() == 0));
  BOOST_TEST((uint256{~std::uint64_t{0}}.narrow() == ~std::uint64_t{0}));
  uint256 above;
  above.big_endian[uint256::size - 9] = 1;
  BOOST_TEST(!above.narrow().has_value());
  BOOST_TEST((uint256{2} < above));
}

BOOST_AUTO_TEST_CASE(enode_urls_are_printed_as_they_are_read) {
  for (const auto* rest :
       {"10.3.58.6:30303", "[::1]:30303", "[2001:db8::7]:1", "node.example.org:65535",
        "10.3.58.6:30303?discport=30301", "10.3.58.6:0", "localhost:30303?discport=0"})
    BOOST_TEST(round_trip("enode://" + id + '@' + rest) == "enode://" + id + '@' + rest);
}

BOOST_AUTO_TEST_CASE(enode_urls_are_printed_in_their_shortest_form) {
  BOOST_TEST(round_trip("enode://" + id + "@[2001:DB8:0::0:7]:30303?discport=30303") ==
             "enode://" + id + "@[2001:db8::7]:30303");
  BOOST_TEST(round_trip("enode://" + std::string(128, 'A') + "@1.2.3.4:5") ==
             "enode://" + id + "@1.2.3.4:5");
}

BOOST_AUTO_TEST_CASE(an_enode_url_without_discport_discovers_at_its_tcp_port) {
  BOOST_TEST(enode::parse("enode://" + id + "@1.2.3.4:5")->discovery_port == 5);
  BOOST_TEST(enode::parse("enode://" + id + "@1.2.3.4:5?discport=6")->discovery_port == 6);
}

BOOST_AUTO_TEST_CASE(what_is_not_an_enode_url_is_refused) {
  const std::string bad[] = {
    "",
    "enode://",
    "http://" + id + "@1.2.3.4:5",
    "enode://" + id,
    "enode://" + id + "@",
    "enode://" + id + "@1.2.3.4",
    "enode://" + id + "@1.2.3.4:",
    "enode://" + id + "@1.2.3.4:65536",
    "enode://" + id + "@1.2.3.4:-1",
    "enode://" + id + "@1.2.3.4:+1",
    "enode://" + id + "@1.2.3.4:007",
    "enode://" + id + "@1.2.3.4: 5",
    "enode://" + id + "@1.2.3.400:5",
    "enode://" + id + "@::1:5",
    "enode://" + id + "@[1.2.3.4]:5",
    "enode://" + id + "@[::1:5",
    "enode://" + id + "@a b:5",
    "enode://" + id + "@.example:5",
    "enode://" + id + "@0x7f.1:5",
    "enode://" + id + "@[fe80::1%lo]:5",
    "enode://" + id + "@1.2.3.4:5?",
    "enode://" + id + "@1.2.3.4:5?discport=",
    "enode://" + id + "@1.2.3.4:5?discport=65536",
    "enode://" + id + "@1.2.3.4:5?other=5",
    "enode://" + id.substr(1) + "@1.2.3.4:5",
    "enode://" + id + "a@1.2.3.4:5",
    "enode://" + id.substr(1) + "g@1.2.3.4:5",
    "enode://0x" + id.substr(2) + "@1.2.3.4:5",
  };
  for (const auto& x : bad)
    BOOST_TEST(!enode::parse(x), x);
}

BOOST_AUTO_TEST_CASE(endpoints_know_addresses_from_names) {
  BOOST_TEST(endpoint::parse("1.2.3.4:5")->is_address());
  BOOST_TEST(endpoint::parse("[::1]:5")->is_address());
  BOOST_TEST(!endpoint::parse("a.example:5")->is_address());
}

BOOST_AUTO_TEST_CASE(a_host_is_valid_exactly_if_it_can_be_parsed) {
  using namespace std::string_literals;
  const std::string good[] = {"1.2.3.4",       "::1",    "localhost",          "a.example",
                              "a.example.",    "a_b",    "1.example",          "0x7f.example",
                              "xn--bcher-kva", "node-1", std::string(253, 'a')};
  for (const auto& x : good) {
    BOOST_TEST((endpoint{x, 1}.has_valid_host()), x);
    auto parsed = endpoint::parse(to_string(endpoint{x, 1}));
    BOOST_TEST((parsed && *parsed == endpoint{x, 1}), x);
  }
  const std::string bad[] = {
    "", " ", ".", "a b", " a", "a\n", "a\x1b", "a\x7f", "localhost\0"s, "127.0.0.1\0.example"s,
    "\0"s,
    "b\xc3\xbc"
    "cher",
    std::string(254, 'a'), std::string(300, 'a'), "fe80::1%lo", "127.0.0.1%lo", "[::1]", "[a]",
    "::1]", "1::2::3", "a:1", "a/b", "user@a", "-a", ".a", "a..b", "a..",
    // A resolver takes these for addresses of IPv4.
    "127.1", "127.0.0.1.", "2130706433", "017700000001", "0x7f000001", "0X7F.1", "0x7f.0.0.0x1",
    "0x", "0x7f.0x", "1.2.3.400", "1.2.3.4.5", "a.1", "a.0x1."};
  for (const auto& x : bad) {
    BOOST_TEST((!endpoint{x, 1}.has_valid_host()), x);
    BOOST_TEST(!endpoint::parse(to_string(endpoint{x, 1})), x);
  }
}

BOOST_AUTO_TEST_CASE(every_disconnect_reason_is_kept_and_has_a_text_of_its_own) {
  std::set<std::string> texts;
  for (unsigned code = 0; code <= 0xff; ++code)
    texts.insert(to_string(static_cast<disconnect_reason>(code)));
  BOOST_TEST(texts.size() == 256u);
  BOOST_TEST(to_string(disconnect_reason{0x0c}) == "unknown disconnect reason 12");
  BOOST_TEST(to_string(disconnect_reason::subprotocol_error) == "subprotocol error");
}

BOOST_AUTO_TEST_CASE(every_error_has_a_text_of_its_own) {
  std::set<std::string_view> texts;
  int codes = 0;
  while (to_string(static_cast<errc>(codes + 1)) != "unknown error")
    texts.insert(to_string(static_cast<errc>(++codes)));
  BOOST_TEST(codes > 40);
  BOOST_TEST(texts.size() == static_cast<std::size_t>(codes));
}

BOOST_AUTO_TEST_CASE(errors_of_the_system_are_called_what_they_are) {
  BOOST_TEST((from_errno(EMFILE) == errc::too_many_files));
  BOOST_TEST((from_errno(ENFILE) == errc::too_many_files));
  BOOST_TEST((from_errno(ENOMEM) == errc::out_of_memory));
  BOOST_TEST((from_errno(ENOBUFS) == errc::out_of_memory));
  BOOST_TEST((from_errno(EAFNOSUPPORT) == errc::address_not_available));
  BOOST_TEST((from_errno(EPIPE) == errc::connection_reset));
  BOOST_TEST((from_errno(EIO) == errc::network_failure));
}

BOOST_AUTO_TEST_CASE(errors_of_this_library_have_a_code_that_others_have_not) {
  BOOST_TEST((errc_of(caf::make_error(errc::dial_timeout, "after 15 s")) == errc::dial_timeout));
  BOOST_TEST(!errc_of(caf::make_error(caf::sec::request_timeout)).has_value());
  BOOST_TEST(!errc_of({}).has_value());
}

BOOST_AUTO_TEST_CASE(capabilities_are_ordered_by_name_and_version) {
  BOOST_TEST((capability{"eth", 68} < capability{"les", 1}));
  BOOST_TEST((capability{"eth", 9} < capability{"eth", 68}));
  BOOST_TEST((capability{"Z", 1} < capability{"a", 1}));
}

BOOST_AUTO_TEST_CASE(what_a_remote_sent_is_printed_without_control_characters) {
  BOOST_TEST(printable("a\x1b[2J\nb\\") == "a\\x1b[2J\\x0ab\\x5c");
  BOOST_TEST(printable(std::string(1000, 'x')).size() == 256u);
  BOOST_TEST(to_string(capability{"a\r", 1}) == "a\\x0d/1");
}

BOOST_AUTO_TEST_CASE(a_blob_shares_its_bytes) {
  blob one{as_bytes("shared")};
  auto two = one;
  BOOST_TEST(static_cast<const void*>(one.data()) == static_cast<const void*>(two.data()));
  BOOST_TEST((two == blob{as_bytes("shared")}));
  BOOST_TEST(!(two == blob{as_bytes("shaped")}));
  BOOST_TEST((blob{} == blob{byte_view{}}));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
