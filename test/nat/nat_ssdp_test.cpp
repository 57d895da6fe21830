// SPDX-License-Identifier: BSL-1.0
#include "devp2p/nat/ssdp.hpp"

#include <boost/test/unit_test.hpp>

namespace devp2p::nat::test {
BOOST_AUTO_TEST_SUITE(nat_ssdp_test)

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
                  "http://192.168.1.1:80:80/", "http://192.168.1.1/\n/", "http://192.168.1.1/\x7f"})
    BOOST_TEST(!parse(x), x);
  for (auto* x : {"HTTP://192.168.1.1", " hTTp://192.168.1.1:80/ ", "\nhttp://192.168.1.1:/#a",
                  "http://192.168.1.1:80#"})
    BOOST_TEST((parse(x) == ssdp::url{{"192.168.1.1", 80}, "/"}), x);
  BOOST_TEST(parse("http://192.168.1.1?a=/b")->path == "/?a=/b");
}

BOOST_AUTO_TEST_CASE(leads_from_one_url_to_another) {
  // The examples of RFC 3986, section 5.4, that stay within HTTP.
  const ssdp::url base{{"192.168.1.1", 5000}, "/b/c/d;p?q"};
  const std::pair<const char*, const char*> all[] = {
    {"g", "/b/c/g"},
    {"./g", "/b/c/g"},
    {"g/", "/b/c/g/"},
    {"/g", "/g"},
    {"?y", "/b/c/d;p?y"},
    {"g?y", "/b/c/g?y"},
    {"#s", "/b/c/d;p?q"},
    {"g#s", "/b/c/g"},
    {"g?y#s", "/b/c/g?y"},
    {";x", "/b/c/;x"},
    {"g;x", "/b/c/g;x"},
    {"g;x?y#s", "/b/c/g;x?y"},
    {"", "/b/c/d;p?q"},
    {".", "/b/c/"},
    {"./", "/b/c/"},
    {"..", "/b/"},
    {"../", "/b/"},
    {"../g", "/b/g"},
    {"../..", "/"},
    {"../../", "/"},
    {"../../g", "/g"},
    {"../../../g", "/g"},
    {"../../../../g", "/g"},
    {"/./g", "/g"},
    {"/../g", "/g"},
    {"g.", "/b/c/g."},
    {".g", "/b/c/.g"},
    {"g..", "/b/c/g.."},
    {"..g", "/b/c/..g"},
    {"./../g", "/b/g"},
    {"./g/.", "/b/c/g/"},
    {"g/./h", "/b/c/g/h"},
    {"g/../h", "/b/c/h"},
    {"g;x=1/./y", "/b/c/g;x=1/y"},
    {"g;x=1/../y", "/b/c/y"},
    {"g?y/./x", "/b/c/g?y/./x"},
    {"g?y/../x", "/b/c/g?y/../x"},
  };
  for (auto [reference, path] : all)
    BOOST_TEST((base.resolve(reference) == ssdp::url{base.server, path}), reference);
  BOOST_TEST((base.resolve(" HTTP://1.2.3.4/x\n") == ssdp::url{{"1.2.3.4", 80}, "/x"}));
  BOOST_TEST((base.resolve("//1.2.3.4:5/x") == ssdp::url{{"1.2.3.4", 5}, "/x"}));
  for (auto* x : {"g:h", "//router/", "https://192.168.1.1/", "a\nb", "http:g"})
    BOOST_TEST(!base.resolve(x), x);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::nat::test
