// SPDX-License-Identifier: BSL-1.0
#include "ethereum_client.hpp"
#include "exported_chain.hpp"
#include "live_eth_node.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <memory>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(asking_test)

namespace {

constexpr std::size_t at_once = 100;

eth::sealed_headers all_headers(live_eth_node& ours, const eth::session_actor& session) {
  eth::sealed_headers out;
  for (;;) {
    auto some = ours.ask<eth::sealed_headers>(
      session, eth::wanted_headers{{.origin = std::uint64_t{out.size()}, .limit = at_once}});
    if (some.empty())
      return out;
    out.insert(out.end(), some.begin(), some.end());
  }
}

eth::found_bodies bodies_of(live_eth_node& ours, const eth::session_actor& session,
                            const eth::sealed_headers& all) {
  eth::found_bodies out;
  while (out.size() < all.size()) {
    const auto from = all.begin() + static_cast<std::ptrdiff_t>(out.size());
    const auto count = std::min(at_once, all.size() - out.size());
    auto some = ours.ask<eth::found_bodies>(
      session, eth::wanted_bodies{{from, from + static_cast<std::ptrdiff_t>(count)}});
    BOOST_REQUIRE(some.size() == count);
    out.insert(out.end(), some.begin(), some.end());
  }
  return out;
}

/// Appends the blocks to a chain that checks all parents and roots.
eth::chain chain_of(const eth::sealed_headers& headers, const eth::found_bodies& bodies) {
  eth::chain out{headers.front()};
  for (std::size_t i = 1; i < headers.size(); ++i) {
    BOOST_REQUIRE(bodies[i].has_value());
    auto why = out.append({.header = headers[i].encoding,
                           .transactions = bodies[i]->transactions,
                           .ommers = bodies[i]->ommers},
                          {});
    BOOST_REQUIRE_MESSAGE(!why, "block " << i << ": " << why.value_or(""));
  }
  return out;
}

/// A node of ours that has only the genesis.
struct newcomer {
  live_eth_node node;

  newcomer(const exported_chain& exported, std::uint64_t version)
    : node(eth::host{.served = std::make_shared<eth::served_chain>(exported.at_genesis())},
           version) {}

  eth::session_ready meet(const enode& whom) {
    BOOST_REQUIRE(!node.dial(whom));
    return node.next_session();
  }
};

void check_status(const eth::remote_status& told, std::uint64_t version,
                  const exported_chain& exported) {
  BOOST_TEST(told.version == version);
  BOOST_TEST(told.network == exported.served.network);
  BOOST_TEST("0x" + to_hex(told.genesis) == exported.facts.at("genesis"));
  BOOST_TEST("0x" + to_hex(told.blocks.latest_hash) == exported.facts.at("head"));
  BOOST_TEST("0x" + to_hex(told.forks.passed) == exported.facts.at("fork_hashes").back());
  BOOST_TEST(told.forks.next == 0u);
}

/// Downloads the whole chain, and returns its headers.
eth::sealed_headers check_download(live_eth_node& ours, const eth::session_ready& session,
                                   const exported_chain& exported) {
  auto headers = all_headers(ours, session.handler);
  BOOST_REQUIRE(headers.size() == 301u);
  const auto chain = chain_of(headers, bodies_of(ours, session.handler, headers));
  BOOST_TEST("0x" + to_hex(chain.head().hash) == exported.facts.at("head"));
  BOOST_TEST(chain.head().fields.number == 300u);
  BOOST_TEST(to_string(chain.total_difficulty()) == exported.facts.at("td"));
  return headers;
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_real_client)

BOOST_AUTO_TEST_CASE(gives_us_its_whole_chain_in_each_version) {
  const exported_chain exported;
  ethereum_client theirs{{{"chain", exported.folder}}};
  for (std::uint64_t version : {66, 67, 68}) {
    BOOST_TEST_CONTEXT("eth/" << version) {
      newcomer ours{exported, version};
      const auto session = ours.meet(theirs.url());
      check_status(session.status, version, exported);
      BOOST_TEST(to_string(session.status.total_difficulty.value()) == exported.facts.at("td"));
      check_download(ours.node, session, exported);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

// The client's answer to a request for receipts is a fault.
BOOST_AUTO_TEST_SUITE(a_node_of_ours)

BOOST_AUTO_TEST_CASE(gives_another_the_same_chain_and_its_receipts_in_each_version) {
  const exported_chain exported;
  live_eth_node theirs{eth::host{.served = std::make_shared<eth::served_chain>(exported.served)}};
  for (std::uint64_t version : {66, 67, 68, 69}) {
    BOOST_TEST_CONTEXT("eth/" << version) {
      newcomer ours{exported, version};
      const auto session = ours.meet(theirs.url());
      check_status(session.status, version, exported);
      const auto headers = check_download(ours.node, session, exported);
      // The session has compared them with the roots in the headers.
      const auto receipts =
        ours.node.ask<eth::found_receipts>(session.handler, eth::wanted_receipts{headers});
      BOOST_REQUIRE(receipts.size() == 301u);
      std::size_t count = 0;
      for (const auto& block : receipts)
        count += block.value().size();
      BOOST_TEST(count == 450u);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
