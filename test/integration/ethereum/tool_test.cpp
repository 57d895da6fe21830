// SPDX-License-Identifier: BSL-1.0
#include "ethereum_client.hpp"
#include "exported_chain.hpp"

#include "tool.hpp"

#include <cstddef>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(tool_test)

BOOST_AUTO_TEST_SUITE(the_command_eth)

BOOST_AUTO_TEST_CASE(shows_the_status_and_the_headers_of_a_real_client) {
  const exported_chain exported;
  ethereum_client theirs{{{"chain", exported.folder}}};
  tool run{{"eth", to_string(theirs.url()), "--headers", "0..300", "--json"}};
  auto status = run.event("status");
  BOOST_TEST(status.at("client").get<std::string>().starts_with("EthereumJS/"));
  BOOST_TEST(status.at("version") == 68);
  BOOST_TEST(status.at("network") == exported.facts.at("network"));
  BOOST_TEST("0x" + status.at("genesis").get<std::string>() == exported.facts.at("genesis"));
  BOOST_TEST("0x" + status.at("head").get<std::string>() == exported.facts.at("head"));
  BOOST_TEST(status.at("head_number") == 300);
  BOOST_TEST(status.at("total_difficulty") == exported.facts.at("td"));
  const auto lines = run.rest();
  BOOST_REQUIRE(lines.size() == 302u);
  for (std::size_t number = 0; number <= 300; ++number)
    BOOST_TEST(json::parse(lines[number]).at("number") == number);
  BOOST_TEST("0x" + json::parse(lines[300]).at("hash").get<std::string>() ==
             exported.facts.at("head"));
  BOOST_TEST(json::parse(lines[301]).at("event") == "verified");
  BOOST_TEST(run.status() == 0);
  BOOST_TEST(run.errors().empty());
  // The client has accepted the tool's status.
  BOOST_TEST(theirs.next("connected").at("inbound") == true);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
