// SPDX-License-Identifier: BSL-1.0
#include "echo_client.hpp"

#include "devp2p/net/crypto/system_random.hpp"

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(tool_echo_test)

BOOST_AUTO_TEST_CASE(a_node_with_echo_returns_every_message_with_its_code) {
  std::vector<packet> messages;
  for (std::uint64_t code = 0; code < 16; ++code)
    messages.push_back({code, blob{bytes(code * 100000, static_cast<std::uint8_t>(code))}});
  tool_node echo{{"--echo"}};
  BOOST_TEST(echo_client{messages}.meet(*enode::parse(echo.url)));
}

BOOST_AUTO_TEST_CASE(a_node_with_echo_returns_the_largest_messages) {
  // This content does not compress, and so waits to be written while more is read.
  crypto::system_random random;
  bytes content(16'000'000);
  random.fill(content);
  blob payload{content};
  tool_node echo{{"--echo"}};
  echo_client client{{{0, payload}, {1, payload}, {2, payload}, {3, payload}}};
  BOOST_TEST(client.meet(*enode::parse(echo.url), 20'000'000));
  auto end = echo.process.event("peer_dropped");
  BOOST_TEST(end.at("by") == "remote", end.dump());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
