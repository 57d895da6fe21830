// SPDX-License-Identifier: BSL-1.0
#include "devp2p/nat/method.hpp"

#include "no_descriptors.hpp"

#include <caf/timespan.hpp>

#include <boost/test/unit_test.hpp>

#include <system_error>

namespace devp2p::nat::test {
BOOST_AUTO_TEST_SUITE(nat_method_test)

using kind = method::kind;

namespace {

struct spelling {
  const char* text;
  method means;
  const char* printed;
};

const spelling spellings[] = {
  {"none", {kind::none, "", 0}, "none"},
  {"off", {kind::none, "", 0}, "none"},
  {"any", {kind::any, "", 0}, "any"},
  {"auto", {kind::any, "", 0}, "any"},
  {"upnp", {kind::upnp, "", 0}, "upnp"},
  {"UPnP", {kind::upnp, "", 0}, "upnp"},
  {"upnp:192.168.1.1", {kind::upnp, "192.168.1.1", 0}, "upnp:192.168.1.1"},
  {"pmp", {kind::natpmp, "", 0}, "pmp"},
  {"natpmp", {kind::natpmp, "", 0}, "pmp"},
  {"pmp:10.0.0.1", {kind::natpmp, "10.0.0.1", 0}, "pmp:10.0.0.1"},
  {"pcp", {kind::pcp, "", 0}, "pcp"},
  {"pcp:10.0.0.1", {kind::pcp, "10.0.0.1", 0}, "pcp:10.0.0.1"},
  {"pcp:2001:db8::1", {kind::pcp, "2001:db8::1", 0}, "pcp:[2001:db8::1]"},
  {"pcp:[2001:DB8::1]", {kind::pcp, "2001:db8::1", 0}, "pcp:[2001:db8::1]"},
  {"extip:1.2.3.4", {kind::fixed, "1.2.3.4", 0}, "extip:1.2.3.4"},
  {"extip:2a00::1", {kind::fixed, "2a00::1", 0}, "extip:[2a00::1]"},
  {"stun", {kind::stun, "", 0}, "stun"},
  {"stun:1.2.3.4", {kind::stun, "1.2.3.4", 3478}, "stun:1.2.3.4:3478"},
  {"stun:stun.example.org", {kind::stun, "stun.example.org", 3478}, "stun:stun.example.org:3478"},
  {"stun:stun.example.org:19302",
   {kind::stun, "stun.example.org", 19302},
   "stun:stun.example.org:19302"},
};

/// Returns the reason why the gateway is not found, whether returned or thrown.
errc failure_of(gateway& subject) {
  try {
    auto why = subject.find();
    BOOST_REQUIRE(!!why);
    return why->code;
  } catch (const std::system_error& why) {
    return from_errno(why.code().value());
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_method)

BOOST_AUTO_TEST_CASE(is_chosen_by_a_word) {
  for (const auto& x : spellings) {
    auto parsed = method::parse(x.text);
    BOOST_TEST_REQUIRE(!!parsed, x.text);
    BOOST_TEST((*parsed == x.means), x.text);
    BOOST_TEST(to_string(*parsed) == x.printed);
    auto again = method::parse(x.printed);
    BOOST_TEST_REQUIRE(!!again, x.printed);
    BOOST_TEST((*again == x.means), x.printed);
  }
}

BOOST_AUTO_TEST_CASE(that_does_not_exist_is_refused) {
  for (auto* x : {"",
                  ":",
                  "foo",

                  "any:1.2.3.4",
                  "none:",
                  "upnp:",
                  "upnp:router",
                  "upnp:192.168.1.1:5000",
                  "upnp:[fe80::1]",
                  "pmp:2001:db8::1",
                  "pcp:",
                  "extip",
                  "extip:",
                  "extip:example.org",
                  "extip:1.2.3",
                  "extip:0.0.0.0",
                  "pcp:[::]",
                  "stun:",
                  "stun:1.2.3.4:0x1",
                  "stun:a b",
                  " any",
                  "any "}) {
    auto parsed = method::parse(x);
    BOOST_TEST_REQUIRE(!parsed, x);
    BOOST_TEST((parsed.error() == errc::invalid_nat_method));
  }
  BOOST_TEST((method::parse(std::string(100000, ':')).error() == errc::invalid_nat_method));
}

BOOST_AUTO_TEST_CASE(says_whom_to_ask) {
  auto count = [](const char* text) { return gateways(*method::parse(text)).size(); };
  BOOST_TEST(count("none") == 0u);
  BOOST_TEST(count("any") == 3u);
  for (auto* x : {"upnp", "pmp", "pcp", "extip:1.2.3.4", "stun"})
    BOOST_TEST(count(x) == 1u);
}

BOOST_AUTO_TEST_CASE(asks_nobody_whose_host_could_not_have_been_parsed) {
  using namespace std::string_literals;
  for (auto how : {kind::upnp, kind::natpmp, kind::pcp, kind::fixed, kind::stun})
    for (const auto& x : {"a b"s, "0x7f.1"s, "127.1"s, "127.0.0.1\0"s, "fe80::1%lo"s, "[::1]"s,
                          std::string(300, 'a'), "\x1b[2J"s}) {
      auto all = gateways(method{how, x, 3478});
      BOOST_REQUIRE(all.size() == 1u);
      BOOST_TEST((failure_of(*all.front()) == errc::invalid_endpoint), x);
      BOOST_TEST(!all.front()->external_address(), x);
      BOOST_TEST(!all.front()->map({{transport::tcp, 30303}, {}, std::chrono::minutes{20}, {}}), x);
    }
}

BOOST_AUTO_TEST_CASE(says_that_descriptors_have_run_out,
                     *boost::unit_test::enable_if<can_do_without_descriptors>()) {
  for (const auto* x : {"upnp", "upnp:127.0.0.1", "pmp", "pmp:127.0.0.1", "pcp", "pcp:127.0.0.1",
                        "stun:127.0.0.1", "stun:host.invalid"}) {
    auto subject = gateways(*method::parse(x)).front();
    const no_descriptors guard;
    BOOST_TEST((failure_of(*subject) == errc::too_many_files), x);
  }
}

BOOST_AUTO_TEST_CASE(may_be_an_address_that_is_taken_as_it_is) {
  auto fixed = gateways(*method::parse("extip:1.2.3.4")).front();
  BOOST_TEST(!fixed->blocks());
  BOOST_TEST(!fixed->find());
  auto granted = fixed->map({{transport::tcp, 30303}, {}, std::chrono::minutes{20}, {}});
  BOOST_TEST_REQUIRE(!!granted);
  BOOST_TEST((granted->external == endpoint{"1.2.3.4", 30303}));
  BOOST_TEST((granted->lifetime == caf::timespan{0}));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::nat::test
