// SPDX-License-Identifier: BSL-1.0
//
// UPnP against gateways on loopback that are unusual. They conform to the specifications, or are
// known from the field.
#include "devp2p/nat/upnp.hpp"

#include "scripted_igd.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <set>
#include <thread>

namespace devp2p::nat::test {
BOOST_AUTO_TEST_SUITE(upnp_gateway_test)

namespace {

using namespace std::chrono_literals;
namespace data = boost::unit_test::data;

using manners = scripted_igd::manners;

const port_mapping wish{{transport::tcp, 8888}, {"", 18888}, 1200s, {}};

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != text.npos; at += by.size())
    text.replace(at, what.size(), by);
  return text;
}

/// An unusual behaviour, with its name.
struct oddity {
  const char* name;
  manners how;
};

std::ostream& operator<<(std::ostream& out, const oddity& x) {
  return out << x.name;
}

/// A server at the router's address: the system accepts its connections, but they get no answer.
struct silent_server {
  [[nodiscard]] std::string where() const {
    return own_loopback() + ':' + std::to_string(door.local_endpoint().port());
  }

  asio::io_context context;
  asio::ip::tcp::acceptor door{context, {asio::ip::make_address(own_loopback()), 0}};
};

std::unique_ptr<gateway> make() {
  return make_upnp(own_loopback());
}

port_mapping granted(gateway& by, const port_mapping& what = wish) {
  auto out = by.map(what);
  BOOST_TEST_REQUIRE(!!out, (out ? "" : out.error().detail));
  return *out;
}

/// Checks that a wish is refused. `how` is the gateway's way of doing so.
void check_refused(errc why, const std::string& how = {}) {
  auto refused = make()->map(wish);
  BOOST_TEST_REQUIRE(!refused, how);
  BOOST_TEST((refused.error().code == why), how + ": " + refused.error().detail);
}

void check_not_found(errc expected) {
  auto why = make()->find();
  BOOST_TEST_REQUIRE(!!why);
  BOOST_TEST((why->code == expected));
}

/// Replaces each `<a>`, with any prefix, by `<m-1.x:a>`.
std::string prefixed(const std::string& xml) {
  auto bare = std::regex_replace(xml, std::regex{"<(/?)[A-Za-z]+:"}, "<$1");
  return replaced(std::regex_replace(bare, std::regex{"<(/?)([A-Za-z])"}, "<$1m-1.x:$2"),
                  "xmlns=", "xmlns:m-1.x=");
}

std::string chunked(unsigned status, const std::string& body, const std::string& extension,
                    const std::string& end) {
  auto out = "HTTP/1.1 " + std::to_string(status) + " x\r\ntransfer-ENCODING:\tChunked \r\n\r\n";
  constexpr std::size_t size = 37;
  for (std::size_t at = 0; at < body.size(); at += size) {
    auto piece = body.substr(at, size);
    std::array<char, 8> hex{};
    std::snprintf(hex.data(), hex.size(), "%zX", piece.size());
    out += hex.data() + extension + "\r\n" + piece + "\r\n";
  }
  return out + end;
}

std::string commented(const std::string& xml) {
  return replaced(replaced(xml, "</", "<!-- </x> --></"), "<s", "<?php <a> ?><!-- <a --><s");
}

/// Gives each `<a>` attributes that look like ends.
std::string with_attributes(const std::string& xml) {
  return std::regex_replace(xml, std::regex{"<([A-Za-z:]+)>"}, "<$1 a = '/>' \n b=\"&lt;/x>\" >");
}

std::string after_a_blank_line(const std::string& xml) {
  return "\r\n" + xml;
}

const oddity ways_of_http[] = {
  {"header names in capitals",
   {.http =
      [](unsigned status, const std::string& body) {
        return replaced(replaced(scripted_igd::plain_http(status, body),
                                 "Content-Length: ", "CONTENT-LENGTH:\t "),
                        "Connection: close\r\n", "CONNECTION:Keep-Alive\r\n");
      }}},
  {"chunks",
   {.http = [](unsigned status,
               const std::string& body) { return chunked(status, body, "", "0\r\n\r\n"); }}},
  {"chunks with extensions and trailers",
   {.http =
      [](unsigned status, const std::string& body) {
        return chunked(status, body, " ; a=\"b\"", "0000;x\r\nX-T: 1\r\nX-U: 2\r\n\r\n");
      }}},
  {"lines without a carriage return",
   {.http =
      [](unsigned status, const std::string& body) {
        return "HTTP/1.1 " + std::to_string(status) +
               " x\nContent-Length: " + std::to_string(body.size()) + "\n\n" + body;
      }}},
  {"an interim reply",
   {.http =
      [](unsigned status, const std::string& body) {
        return "HTTP/1.1 100 Continue\r\n\r\n" + scripted_igd::plain_http(status, body);
      }}},
  {"HTTP/1.0 without a length",
   {.http =
      [](unsigned status, const std::string& body) {
        return "HTTP/1.0 " + std::to_string(status) + "\r\n\r\n" + body;
      }}},
  {"a folded header",
   {.http =
      [](unsigned status, const std::string& body) {
        return "HTTP/1.1 " + std::to_string(status) + " x\r\nContent-Length:\r\n  " +
               std::to_string(body.size()) + "\r\n\r\n" + body;
      }}},
  {"headers of SSDP in small letters, blanks around the location",
   {.ssdp =
      [](const std::string& reply) {
        return replaced(
          replaced(replaced(reply, "LOCATION: ", "location :\t  "), "d.xml", "d.xml \t "),
          "ST: ", "st:");
      }}},
  {"SSDP by HTTP/1.0, with line feeds",
   {.ssdp =
      [](const std::string& reply) {
        return replaced(replaced(reply, "HTTP/1.1", "HTTP/1.0"), "\r\n", "\n");
      }}},
  {"capitals in the location's scheme", {.locations = {"HTTP://HERE/d.xml"}}},
  {"a location without a path", {.locations = {"Http://HERE"}}},
  {"a location with a query only", {.locations = {"http://HERE?d=1#top"}}},
};

const oddity ways_of_urls[] = {
  {"a relative control URL", {.control = "ctl"}},
  {"one beside a description in a folder",
   {.control = "../ctl", .base = "", .locations = {"http://HERE/a/b/d.xml"}}},
  {"one in the description's folder",
   {.control = "ctl", .path = "/igd/ctl", .base = "", .locations = {"http://HERE/igd/d.xml"}}},
  {"one that means the root",
   {.control = "ctl", .base = "", .locations = {"http://HERE/igd/d.xml"}}},
  {"an absolute control URL", {.control = "http://HERE/ctl"}},
  {"one in capitals", {.control = "HTTP://HERE/ctl"}},
  {"one without a scheme", {.control = "//HERE/ctl"}},
  {"a query", {.control = "/ctl?a=1", .path = "/ctl?a=1"}},
  {"a base in capitals", {.base = "HTTP://HERE"}},
  {"a relative base", {.control = "ctl", .path = "/igd/ctl", .base = "/igd/"}},
  {"an empty base", {.base = ""}},
  {"blanks around the base", {.base = "\r\n\t http://HERE/ \n"}},
};

const oddity ways_of_xml[] = {
  {"an entity", {.control = "/ctl?a=1&amp;b=2", .path = "/ctl?a=1&b=2"}},
  {"decimal entities",
   {.control = "&#47;ctl?a=1&#38;b=2", .path = "/ctl?a=1&b=2", .address = "11&#46;22&#0046;33.99"}},
  {"hexadecimal entities",
   {.control = "&#x2F;ctl?a=1&#x26;b=2",
    .path = "/ctl?a=1&b=2",
    .address = "11&#x2e;22&#x2E;33.99"}},
  {"CDATA",
   {.control = "<![CDATA[/ctl?a&b]]>",
    .path = "/ctl?a&b",
    .address = "<![CDATA[11.22]]>.33<![CDATA[.99]]>"}},
  {"blanks around values",
   {.control = "\n   /ctl\r\n\t ",
    .address = " 11.22.33.99\n",
    .client = [](const std::string& client) { return "\n " + client + "\t"; },
    .enabled = "\n1\n",
    .lease = " 1200 "}},
  {"other prefixes", {.description = prefixed, .answer = prefixed}},
  {"comments and instructions within", {.description = commented, .answer = commented}},
  {"attributes that look like ends", {.description = with_attributes, .answer = with_attributes}},
  {"a mark of UTF-8", {.description = [](const std::string& xml) { return "\xef\xbb\xbf" + xml; }}},
  {"a blank line first", {.description = after_a_blank_line, .answer = after_a_blank_line}},
  {"UTF-16",
   {.description =
      [](const std::string& xml) {
        std::string out = "\xff\xfe";
        for (auto c : replaced(replaced(xml, "UTF-8", "UTF-16"), "\xe9", "e"))
          out += {c, '\0'};
        return out;
      }}},
  {"what is nearly XML: an entity without an end",
   {.control = "/ctl?a=1&b=2", .path = "/ctl?a=1&b=2"}},
  {"a long name",
   {.description =
      [](const std::string& xml) {
        return replaced(xml, "<friendlyName>", "<friendlyName>" + std::string(5000, 'r'));
      }}},
};

} // namespace

BOOST_AUTO_TEST_SUITE(an_odd_gateway)

BOOST_DATA_TEST_CASE(speaks_http_and_is_understood, data::make(ways_of_http), odd) {
  scripted_igd there{odd.how};
  auto mapping = granted(*make());
  BOOST_TEST((mapping.external == endpoint{"11.22.33.99", 18888}));
  BOOST_TEST(mapping.verified);
}

BOOST_DATA_TEST_CASE(is_asked_where_it_means, data::make(ways_of_urls), odd) {
  scripted_igd there{odd.how};
  BOOST_TEST(granted(*make()).verified);
}

BOOST_DATA_TEST_CASE(writes_xml_and_is_understood, data::make(ways_of_xml), odd) {
  scripted_igd there{odd.how};
  auto by = make();
  auto mapping = granted(*by);
  BOOST_TEST((mapping.external == endpoint{"11.22.33.99", 18888}));
  BOOST_TEST(mapping.verified);
  BOOST_TEST((mapping.lifetime == 1200s));
  BOOST_TEST(!by->unmap(mapping));
  BOOST_TEST(there.mappings() == 0u);
}

BOOST_AUTO_TEST_CASE(says_no_in_xml_and_is_understood) {
  for (const auto* code : {" 606 ", "&#54;06", "<![CDATA[606]]>", "<!-- 725 -->606"}) {
    manners how;
    how.refusal = [](auto, auto) { return 999; };
    how.answer = [&](const std::string& xml) { return prefixed(replaced(xml, "999", code)); };
    scripted_igd there{how};
    check_refused(errc::gateway_refused, code);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_gateway_without_leases)

BOOST_DATA_TEST_CASE(maps_without_an_end_whatever_it_says,
                     data::make({402, 501, 600, 606, 715, 718, 724, 725, 726, 727, 728, 1, 99999}),
                     code) {
  manners how;
  how.refusal = [=](auto, unsigned long lease) { return lease != 0 ? code : 0; };
  scripted_igd there{how};
  auto mapping = granted(*make());
  BOOST_TEST((mapping.lifetime == 0s));
  BOOST_TEST(mapping.verified);
  if (code != 718)
    BOOST_TEST(mapping.external.port == 18888);
}

BOOST_AUTO_TEST_CASE(maps_without_an_end_if_it_hangs_up_or_answers_nonsense) {
  for (const auto* reply : {"", "HTTP/1.1 500 x\r\nContent-Length: 0\r\n\r\n",
                            "HTTP/1.1 200 x\r\n\r\n<html>What?</html>"}) {
    auto calls = 0;
    manners how;
    how.instead["AddPortMapping"] = [&]() -> std::optional<std::string> {
      if (++calls == 1)
        return reply;
      return scripted_igd::plain_http(
        200, "<Envelope><Body><AddPortMappingResponse/></Body></Envelope>");
    };
    how.instead["GetSpecificPortMappingEntry"] = [] {
      return scripted_igd::plain_http(500, scripted_igd::fault(602));
    };
    scripted_igd there{how};
    auto mapping = granted(*make());
    BOOST_TEST(!mapping.verified);
    BOOST_TEST(there.asked("AddPortMapping").back().lease == 0u);
  }
}

BOOST_AUTO_TEST_CASE(is_asked_for_other_ports_all_the_same) {
  manners how;
  how.refusal = [](std::uint16_t port, unsigned long lease) {
    return lease != 0 ? 402 : port == 18888 ? 718 : 0;
  };
  scripted_igd there{how};
  auto mapping = granted(*make());
  BOOST_TEST(mapping.external.port != 18888);
  BOOST_TEST((mapping.lifetime == 0s));
}

BOOST_DATA_TEST_CASE(is_not_pressed_and_keeps_its_first_word, data::make({402, 606, 718}), code) {
  manners how;
  how.refusal = [=](auto, auto) { return code; };
  scripted_igd there{how};
  auto refused = make()->map(wish);
  BOOST_TEST_REQUIRE(!refused);
  BOOST_TEST(refused.error().detail.find(std::to_string(code)) != std::string::npos);
  auto asked = there.asked("AddPortMapping");
  BOOST_TEST(asked.size() == (code == 718 ? 5u : 2u));
  BOOST_TEST(std::count_if(asked.begin(), asked.end(), [](auto& x) { return x.lease == 0; }) == 1);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_gateway_that_cannot_be_asked)

/// Sends `reply` to whoever asks for a mapping, or nothing at all.
manners answers(const std::optional<std::string>& reply) {
  manners out;
  out.instead["GetSpecificPortMappingEntry"] = [=] { return reply; };
  return out;
}

manners refuses(int code) {
  return answers(scripted_igd::plain_http(500, scripted_igd::fault(code)));
}

const oddity ways_not_to_answer[] = {
  {"401", refuses(401)},
  {"402", refuses(402)},
  {"501", refuses(501)},
  {"602", refuses(602)},
  {"606", refuses(606)},
  {"not found", answers(scripted_igd::plain_http(404, ""))},
  {"a page instead", answers(scripted_igd::plain_http(200, "<html><body>Log in!</body></html>"))},
  {"hanging up", answers("")},
  {"silence", answers(std::nullopt)},
  {"an answer with nothing in it",
   answers(scripted_igd::plain_http(
     200, "<Envelope><Body><GetSpecificPortMappingEntryResponse/></Body></Envelope>"))},
  {"a name for our address", {.client = [](const std::string&) { return "my-laptop.lan"; }}},
  {"no client", {.client = [](const std::string&) { return ""; }}},
};

BOOST_DATA_TEST_CASE(keeps_the_mapping_and_it_is_called_unverified, data::make(ways_not_to_answer),
                     odd) {
  scripted_igd there{odd.how};
  auto by = make();
  auto mapping = granted(*by);
  BOOST_TEST((mapping.external == endpoint{"11.22.33.99", 18888}));
  BOOST_TEST((mapping.lifetime == 1200s));
  BOOST_TEST(!mapping.verified);
  BOOST_TEST(there.mappings() == 1u);
  auto renewed = granted(*by, mapping);
  BOOST_TEST((renewed.external == mapping.external));
  BOOST_TEST(!by->unmap(renewed));
  BOOST_TEST(there.mappings() == 0u);
}

BOOST_AUTO_TEST_CASE(is_not_believed_what_it_has_not_said) {
  // Only an answer to the request counts as a grant.
  for (const auto* reply :
       {"HTTP/1.1 404 x\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 x\r\n\r\n<html>Log in!</html>",
        "HTTP/1.1 200 x\r\n\r\n"}) {
    manners how;
    for (const auto* action : {"AddPortMapping", "GetSpecificPortMappingEntry"})
      how.instead[action] = [=] { return reply; };
    scripted_igd there{how};
    check_refused(errc::gateway_failed, reply);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_gateway_by_upnp)

BOOST_AUTO_TEST_CASE(maps_renews_and_takes_back) {
  scripted_igd there{{}};
  auto by = make();
  BOOST_TEST(by->name() == "UPnP");
  BOOST_TEST(by->blocks());
  BOOST_TEST(!by->find());
  BOOST_TEST(by->name() == "UPnP at " + own_loopback());
  auto address = by->external_address();
  BOOST_TEST_REQUIRE(!!address);
  BOOST_TEST(*address == "11.22.33.99");
  auto mapping = granted(*by);
  BOOST_TEST(mapping.gateway == by->name());
  BOOST_TEST(there.asked("AddPortMapping").back().internal == 8888u);
  BOOST_TEST((granted(*by, mapping).external == mapping.external));
  BOOST_TEST(!by->unmap(mapping));
  BOOST_TEST(!by->unmap(mapping)); // There is no mapping any more, as requested.
  BOOST_TEST(!by->has_restarted());
}

BOOST_AUTO_TEST_CASE(maps_by_the_second_version_and_takes_what_it_gives) {
  manners how;
  how.service = "urn:schemas-upnp-org:service:WANIPConnection:2";
  how.refusal = [](auto, auto) { return 718; };
  scripted_igd there{how};
  BOOST_TEST(granted(*make()).external.port == 18889);
}

BOOST_AUTO_TEST_CASE(maps_only_the_same_port_if_it_says_so) {
  manners how;
  how.refusal = [](std::uint16_t port, auto) { return port == 8888 ? 0 : 724; };
  scripted_igd there{how};
  BOOST_TEST(granted(*make()).external.port == 8888);
}

BOOST_AUTO_TEST_CASE(does_not_give_one_port_of_ours_what_another_has) {
  scripted_igd there{{}};
  there.map_for_another(18888, "127.0.0.1", 7777);
  BOOST_TEST(granted(*make()).external.port != 18888);
}

BOOST_AUTO_TEST_CASE(is_not_believed_when_the_mapping_is_anothers) {
  manners how;
  how.client = [](const std::string&) { return "192.168.1.77"; };
  scripted_igd there{how};
  check_refused(errc::mapping_not_kept);
  BOOST_TEST(there.mappings() == 1u);
}

BOOST_DATA_TEST_CASE(is_not_believed_when_the_mapping_is_off,
                     data::make({"0", "false", "False", "no", " 0 "}), off) {
  manners how;
  how.enabled = off;
  scripted_igd there{how};
  check_refused(errc::mapping_not_kept);
  BOOST_TEST(there.mappings() == 0u);
}

BOOST_AUTO_TEST_CASE(is_not_believed_when_it_forgets_at_once) {
  manners how;
  how.instead["AddPortMapping"] = [] {
    return scripted_igd::plain_http(200, "<Body><AddPortMappingResponse/></Body>");
  };
  scripted_igd there{how};
  check_refused(errc::mapping_not_kept);
}

BOOST_AUTO_TEST_CASE(leaves_to_others_what_is_theirs) {
  scripted_igd there{{}};
  auto by = make();
  auto mapping = granted(*by);
  there.map_for_another(18888, "192.168.1.77", 8888);
  BOOST_TEST(!by->unmap(mapping));
  BOOST_TEST(there.mappings() == 1u);
}

BOOST_DATA_TEST_CASE(has_a_public_address_or_is_of_no_use,
                     data::make({"", "10.0.0.1", "11.22.33.999", "nonsense\x1b[2J"}), address) {
  manners how;
  how.address = address;
  scripted_igd there{how};
  for (auto found : {make()->external_address().error(), make()->map(wish).error()}) {
    BOOST_TEST((found.code == errc::address_not_public || found.code == errc::gateway_failed));
    BOOST_TEST(found.detail.find('\x1b') == std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(sends_nobody_elsewhere) {
  manners how;
  how.locations = {"http://192.0.2.1/d.xml", "http://localhost/d.xml", "",
                   "https://HERE/d.xml",     "http://HERE/\x01",       "http://[::1]/d.xml",
                   "http://HERE:1/"};
  scripted_igd there{how};
  check_not_found(errc::no_gateway);
}

BOOST_AUTO_TEST_CASE(is_found_behind_a_location_that_never_answers) {
  silent_server silent;
  manners how;
  how.locations = {"http://" + silent.where() + "/d.xml", "http://HERE/d.xml"};
  scripted_igd router{std::move(how)};
  granted(*make());
}

BOOST_AUTO_TEST_CASE(is_found_behind_a_service_that_never_answers) {
  silent_server silent;
  manners how;
  how.description = [&](const std::string& x) {
    const std::string service = "<service><serviceType>urn:schemas-upnp-org:service:WAN";
    return replaced(x, service + "IPConnection:1",
                    service + "PPPConnection:1</serviceType><serviceId>y</serviceId><controlURL>" +
                      "http://" + silent.where() +
                      "/ctl</controlURL><eventSubURL>/e</eventSubURL><SCPDURL>/s</SCPDURL>"
                      "</service>" +
                      service + "IPConnection:1");
  };
  scripted_igd router{std::move(how)};
  granted(*make());
}

BOOST_AUTO_TEST_CASE(is_asked_at_the_service_that_is_connected) {
  manners how;
  how.description = [&](const std::string& x) {
    const std::string service = "<service><serviceType>urn:schemas-upnp-org:service:WAN";
    return replaced(x, service + "IPConnection:1",
                    service +
                      "PPPConnection:1</serviceType><serviceId>y</serviceId><controlURL>"
                      "/disconnected</controlURL><eventSubURL>/e</eventSubURL><SCPDURL>/s</SCPDURL>"
                      "</service>" +
                      service + "IPConnection:1");
  };
  scripted_igd router{std::move(how)};
  granted(*make());
}

BOOST_DATA_TEST_CASE(is_found_whatever_base_it_names,
                     data::make({"http://192.0.2.1:80/", "http://localhost/", "http://",
                                 "nowhere"}),
                     base) {
  manners how;
  how.base = base;
  scripted_igd there{how};
  granted(*make());
}

BOOST_AUTO_TEST_CASE(has_mapped_a_port_also_if_its_answer_is_lost) {
  manners how;
  how.unanswered = "AddPortMapping";
  scripted_igd there{how};
  auto by = make();
  auto mapping = granted(*by);
  BOOST_TEST(mapping.verified);
  BOOST_TEST(!by->unmap(mapping));
  BOOST_TEST(there.mappings() == 0u);
}

BOOST_AUTO_TEST_CASE(is_found_by_the_one_location_that_is_good) {
  manners how;
  how.locations = {"http://" + own_loopback() + ":1/d.xml", "http://HERE/d.xml",
                   "http://HERE/d.xml"};
  scripted_igd there{how};
  auto found = false; // A busy machine may delay the second datagram.
  for (auto tries = 0; tries < 5 && !found; ++tries)
    found = !make()->find();
  BOOST_TEST(found);
}

BOOST_DATA_TEST_CASE(has_its_service_at_the_same_host,
                     data::make({"http://192.0.2.1/ctl", "//192.0.2.1/ctl", "ftp://HERE/ctl", ""}),
                     control) {
  manners how;
  how.control = control;
  scripted_igd there{how};
  check_not_found(errc::gateway_failed);
}

BOOST_AUTO_TEST_CASE(maps_ports_or_is_none) {
  manners how;
  how.service = "urn:schemas-upnp-org:service:Layer3Forwarding:1";
  scripted_igd there{how};
  check_refused(errc::gateway_failed);
}

BOOST_AUTO_TEST_CASE(is_looked_for_again_when_it_has_moved) {
  auto by = make();
  {
    scripted_igd there{{}};
    granted(*by);
  }
  scripted_igd there{{}}; // At another port.
  auto lost = by->map(wish);
  BOOST_TEST(!lost);
  BOOST_TEST((granted(*by).external == endpoint{"11.22.33.99", 18888}));
}

BOOST_AUTO_TEST_CASE(is_not_waited_for_once_the_call_is_called_off) {
  manners how;
  how.instead["GetExternalIPAddress"] = [] { return std::nullopt; };
  scripted_igd there{how};
  auto by = make();
  std::thread later{[&] {
    while (there.asked("GetExternalIPAddress").empty())
      std::this_thread::sleep_for(1ms);
    by->call_off();
  }};
  auto begin = std::chrono::steady_clock::now();
  BOOST_TEST(!by->map(wish));
  BOOST_TEST((std::chrono::steady_clock::now() - begin < 4s));
  later.join();
  by->resume();
}

BOOST_AUTO_TEST_CASE(may_be_there_for_another_address_only) {
  check_not_found(errc::no_gateway);
  auto why = make_upnp("no address")->find();
  BOOST_TEST_REQUIRE(!!why);
  BOOST_TEST((why->code == errc::invalid_endpoint));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::nat::test
