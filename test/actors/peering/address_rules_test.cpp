// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/peering/address_rules.hpp"

#include "peering_fixture.hpp"

#include <map>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(address_rules_test)

namespace {

const nlohmann::json& address_vectors() {
  return dial_vectors()["address_rules"];
}

} // namespace

BOOST_AUTO_TEST_CASE(the_published_lan_addresses_are_told_from_others) {
  for (const auto& address : address_vectors()["lan"]["yes"])
    BOOST_TEST(is_lan(address), address);
  for (const auto& address : address_vectors()["lan"]["no"])
    BOOST_TEST(!is_lan(address), address);
  BOOST_TEST(is_lan("::1"));
}

BOOST_AUTO_TEST_CASE(the_published_special_addresses_are_told_from_others) {
  for (const auto& address : address_vectors()["special"]["yes"])
    BOOST_TEST(is_special(address), address);
  for (const auto& address : address_vectors()["special"]["no"])
    BOOST_TEST(!is_special(address), address);
}

BOOST_AUTO_TEST_CASE(each_published_address_is_believed_or_refused_for_its_reason) {
  const std::map<std::string, address_refusal> reasons{
    {"unspecified", address_refusal::unspecified},
    {"special", address_refusal::special},
    {"loopback", address_refusal::loopback},
    {"lan", address_refusal::lan},
  };
  BOOST_TEST(address_vectors()["relay"].size() == 14u);
  for (const auto& vector : address_vectors()["relay"]) {
    auto out = refuses_address(vector["sender"].get<std::string>(), vector["addr"]);
    auto expected =
      vector["error"].is_null() ? std::nullopt : std::optional{reasons.at(vector["error"])};
    BOOST_TEST((out == expected), vector.dump());
  }
}

BOOST_AUTO_TEST_CASE(a_name_is_not_refused) {
  BOOST_TEST(!refuses_address("23.55.1.242", "node.example.org").has_value());
}

BOOST_AUTO_TEST_CASE(one_who_may_name_private_networks_may_not_name_what_no_node_has) {
  BOOST_TEST(!refuses_address("127.0.0.1").has_value());
  BOOST_TEST(!refuses_address("10.0.0.1").has_value());
  BOOST_TEST((refuses_address("::") == address_refusal::unspecified));
  BOOST_TEST((refuses_address("224.0.0.22") == address_refusal::special));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
