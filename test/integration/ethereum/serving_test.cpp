// SPDX-License-Identifier: BSL-1.0
#include "ethereum_client.hpp"
#include "exported_chain.hpp"
#include "live_eth_node.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(serving_test)

namespace {

const exported_chain& exported() {
  static const exported_chain out;
  return out;
}

eth::host serving() {
  return {.served = std::make_shared<eth::served_chain>(exported().served)};
}

/// Checks that an empty client takes the whole chain by that version.
void check_synchronises(ethereum_client& theirs, live_eth_node& ours, bool we_dial,
                        std::uint64_t version) {
  if (we_dial)
    BOOST_REQUIRE(!ours.dial(theirs.url()));
  else
    theirs.dial(ours.url());
  BOOST_TEST(theirs.next("connected").at("version") == version);
  auto head = theirs.next("height", {{"number", 300}});
  BOOST_TEST(head.at("hash") == exported().facts.at("head"));
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_real_client)

BOOST_AUTO_TEST_CASE(synchronises_from_us_by_eth_66) {
  live_eth_node ours{serving(), 66};
  ethereum_client theirs{json::object()};
  check_synchronises(theirs, ours, false, 66);
}

BOOST_AUTO_TEST_CASE(synchronises_from_us_by_eth_67_if_we_dial) {
  live_eth_node ours{serving(), 67};
  ethereum_client theirs{json::object()};
  check_synchronises(theirs, ours, true, 67);
}

/// 68 is the newest version that both have.
BOOST_AUTO_TEST_CASE(synchronises_from_us_by_eth_68_and_executes_all_blocks) {
  live_eth_node ours{serving()};
  ethereum_client theirs{{{"execute", true}}};
  check_synchronises(theirs, ours, false, 68);
  theirs.next("executed", {{"number", 300}});
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
