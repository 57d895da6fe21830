// SPDX-License-Identifier: BSL-1.0
//
// A chain that differs from the other end's. Both ends check, and either might be the first to
// refuse: so the one whose refusal is tested meets one that takes anything.
#include "ethereum_client.hpp"
#include "exported_chain.hpp"
#include "live_eth_node.hpp"

#include "devp2p/net/rlp/encode.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(refusals_test)

namespace {

/// The reason by which both ends refuse a chain.
constexpr auto refused = disconnect_reason::subprotocol_error;

const exported_chain& exported() {
  static const exported_chain out;
  return out;
}

/// Says `told` if it is there, and then nothing, whatever it hears.
handler_actor::behavior_type tell(handler_actor::pointer self, const channel& link,
                                  const std::optional<eth::status_66>& told) {
  if (told)
    link.send(self, packet{0, rlp::encode(*told)});
  return {[](const packet&) {}};
}

/// A node of ours that takes any remote, and says this status.
std::vector<protocol> saying(const std::optional<eth::status_66>& told) {
  return {{.name = "eth", .version = 68, .length = 17, .spawn = handled_by(tell, told)}};
}

/// Has both ends meet, and returns how the session ends for us. It may end before a dial of ours
/// would be answered.
session_end end_of_session(live_eth_node& ours, ethereum_client& theirs, bool we_dial) {
  if (we_dial)
    static_cast<void>(ours.dial(theirs.url()));
  else
    theirs.dial(ours.url());
  return ours.next_end();
}

/// Checks that the client ends the session for this reason, whoever dials. Its options are those of
/// client.mjs.
void check_their_refusal(const json& options, const std::optional<eth::status_66>& told,
                         disconnect_reason reason, const std::string& why) {
  ethereum_client theirs{options};
  for (auto we_dial : {true, false}) {
    BOOST_TEST_CONTEXT((we_dial ? "we dial" : "they dial")) {
      live_eth_node ours{saying(told)};
      const auto end = end_of_session(ours, theirs, we_dial);
      BOOST_TEST(end.remote_requested);
      BOOST_TEST((end.reason == reason), to_string(end.reason));
      auto their_end = theirs.next("disconnected", {{"who", "local"}});
      BOOST_TEST(their_end.at("reason") == static_cast<int>(reason));
      if (!why.empty())
        BOOST_TEST(theirs.next("error").at("text").get<std::string>().starts_with(why));
    }
  }
}

void check_their_refusal(const eth::status_66& told, const std::string& why) {
  check_their_refusal(json::object(), told, refused, why);
}

/// Checks that we end a session with a client that has these options, whoever dials.
void check_our_refusal(json options, const std::string& why) {
  options["credulous"] = true;
  ethereum_client theirs{options};
  for (auto we_dial : {true, false}) {
    BOOST_TEST_CONTEXT((we_dial ? "we dial" : "they dial")) {
      live_eth_node ours{
        eth::host{.served = std::make_shared<eth::served_chain>(exported().served)}};
      const auto end = end_of_session(ours, theirs, we_dial);
      BOOST_TEST(!end.remote_requested);
      BOOST_TEST(end.sent);
      BOOST_TEST((end.reason == refused), to_string(end.reason));
      BOOST_TEST(end.error.find(why) != end.error.npos, end.error);
      auto their_end = theirs.next("disconnected", {{"who", "remote"}});
      BOOST_TEST(their_end.at("reason") == static_cast<int>(refused));
    }
  }
}

eth::status_66 right() {
  return eth::status_66_of(exported().served, 68);
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_real_client_refuses)

BOOST_AUTO_TEST_CASE(another_genesis) {
  auto told = right();
  told.genesis.back() ^= 1;
  check_their_refusal(told, "Genesis block mismatch");
}

BOOST_AUTO_TEST_CASE(another_network) {
  auto told = right();
  ++told.network;
  check_their_refusal(told, "NetworkId mismatch");
}

BOOST_AUTO_TEST_CASE(forks_that_it_does_not_know) {
  auto told = right();
  told.forks.passed.back() ^= 1;
  check_their_refusal(told, "Unknown fork hash");
}

BOOST_AUTO_TEST_CASE(who_does_not_know_the_forks_that_it_has_passed) {
  auto told = right();
  told.forks = exported().served.forks.id_at({.number = 0, .time = 0});
  ++told.forks.next;
  check_their_refusal({{"chain", exported().folder}}, told, refused, "Outdated fork status");
}

BOOST_AUTO_TEST_CASE(another_version_than_was_agreed_on) {
  auto told = right();
  told.version = 67;
  check_their_refusal(told, "Protocol version mismatch");
}

BOOST_AUTO_TEST_CASE(who_tells_no_status) {
  check_their_refusal(json::object(), std::nullopt, disconnect_reason::ping_timeout, "");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(we_refuse_a_real_client)

BOOST_AUTO_TEST_CASE(with_another_genesis) {
  check_our_refusal({{"extra_data", "0x01"}}, "its genesis is ");
}

BOOST_AUTO_TEST_CASE(of_another_network) {
  check_our_refusal({{"config", {{"chainId", 7358}}}}, "its network is 7358, and ours 7357");
}

BOOST_AUTO_TEST_CASE(with_other_forks) {
  check_our_refusal({{"config", {{"berlinBlock", 101}}}}, "its fork id is ");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
