// SPDX-License-Identifier: BSL-1.0
#include "devp2p/nat/ssdp.hpp"

#include <boost/test/unit_test.hpp>

namespace devp2p::nat::test {

namespace {

constexpr auto answer = "HTTP/1.1 200 OK\r\n"
                        "CACHE-CONTROL: max-age=120\r\n"
                        "st: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\n"
                        "USN: uuid:1::urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\n"
                        "EXT:\r\n"
                        "Location:http://192.168.1.1:5000/rootDesc.xml \r\n"
                        "01-NLS: 1700000000\r\n"
                        "BOOTID.UPNP.ORG: 1700000000\r\n\r\n";

std::optional<ssdp::notice> decode(std::string_view text) {
  return ssdp::decode(as_bytes(text));
}

} // namespace

BOOST_AUTO_TEST_SUITE(an_ssdp_message)

BOOST_AUTO_TEST_CASE(asks_who_is_there) {
  auto out = ssdp::search_request(ssdp::gateway_types[0]);
  BOOST_TEST((std::string{out.begin(), out.end()}) ==
             "M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\n"
             "MX: 1\r\nST: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(answers) {
  auto out = decode(answer);
  BOOST_TEST_REQUIRE(out.has_value());
  BOOST_TEST((out->kind == ssdp::kind::answer));
  BOOST_TEST(out->type == ssdp::gateway_types[0]);
  BOOST_TEST(out->location == "http://192.168.1.1:5000/rootDesc.xml");
  BOOST_TEST((out->boot_id == 1700000000u));
}

BOOST_AUTO_TEST_CASE(notifies) {
  auto notify = [](std::string_view what) {
    return decode("NOTIFY * HTTP/1.1\r\nNT:upnp:rootdevice\r\nNTS:" + std::string{what} +
                  "\r\n\r\n");
  };
  BOOST_TEST((notify("ssdp:alive")->kind == ssdp::kind::alive));
  BOOST_TEST((notify("ssdp:byebye")->kind == ssdp::kind::byebye));
  BOOST_TEST((notify("ssdp:update")->kind == ssdp::kind::update));
  BOOST_TEST(!notify("ssdp:other"));
  BOOST_TEST(notify("ssdp:alive")->type == "upnp:rootdevice");
  BOOST_TEST(!notify("ssdp:alive")->boot_id);
}

BOOST_AUTO_TEST_CASE(that_is_something_else_is_nothing) {
  for (auto* x : {"", "\r\n", "HTTP/1.1 404 Not Found\r\n\r\n", "M-SEARCH * HTTP/1.1\r\n\r\n",
                  "HTTP/1.1", "NOTIFY", "NOTIFY * HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\n\r\n"})
    BOOST_TEST(!decode(x), x);
}

BOOST_AUTO_TEST_CASE(may_be_cut_anywhere) {
  const std::string_view whole = answer;
  for (std::size_t size = 0; size < whole.size(); ++size)
    decode(whole.substr(0, size));
  BOOST_TEST(decode("HTTP/1.1 200 OK\nLOCATION: x")->location == "x");
}

BOOST_AUTO_TEST_CASE(leads_to_an_address_and_nowhere_else) {
  auto parse = [](const char* text) { return ssdp::url::parse(text); };
  auto whole = parse("http://192.168.1.1:5000/rootDesc.xml");
  BOOST_TEST_REQUIRE(whole.has_value());
  BOOST_TEST((whole->server == endpoint{"192.168.1.1", 5000}));
  BOOST_TEST(whole->path == "/rootDesc.xml");
  BOOST_TEST((parse("http://192.168.1.1")->server == endpoint{"192.168.1.1", 80}));
  BOOST_TEST(parse("http://192.168.1.1")->path == "/");
  for (auto* x : {"", "http://", "https://192.168.1.1/", "http://router/", "http://[fe80::1]:80/",
                  "http://192.168.1.1:port/", "http://user@192.168.1.1/", "ftp://192.168.1.1/",
                  "http://192.168.1.1:80:80/"})
    BOOST_TEST(!parse(x), x);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::nat::test
