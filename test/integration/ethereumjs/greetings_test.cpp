// SPDX-License-Identifier: BSL-1.0
#include "encounter.hpp"

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(greetings_test)

namespace {

using namespace std::chrono_literals;

/// Returns the protocols of the session, as our node sees it.
std::vector<capability> shared_by(const peer_info& x) {
  std::vector<capability> out;
  for (const auto& protocol : x.protocols)
    out.push_back(protocol.name);
  return out;
}

/// Returns the first identifier of a protocol, as the foreign peer sees it.
json offset_of(const json& connected, const std::string& name) {
  for (const auto& x : connected["protocols"])
    if (x["name"] == name)
      return x["offset"];
  return nullptr;
}

/// Returns whether the node has measured the round trip to its only peer.
bool has_round_trip(live_node& node) {
  auto all = node.peers();
  return all.size() == 1 && all.front().ping.last > 0ns;
}

} // namespace

BOOST_AUTO_TEST_SUITE(greetings)

BOOST_AUTO_TEST_CASE(show_each_end_what_the_other_is) {
  settings limits;
  limits.client_id = "ours/1.2";
  encounter both{their_test({{"client", "theirs/3.4"}}), limits};
  auto offered = json::array({{{"name", "test"}, {"version", 1}}});
  for (auto who : both_ways) {
    BOOST_TEST_CONTEXT(to_string(who)) {
      both.connect(who);
      const auto& seen = both.added;
      BOOST_TEST((seen.id == both.theirs.url().id));
      BOOST_TEST((seen.greeting.id == seen.id));
      BOOST_TEST(seen.inbound == (who == dialler::they));
      BOOST_TEST(seen.greeting.client_id == "theirs/3.4");
      BOOST_TEST(seen.greeting.version == 5u);
      BOOST_TEST((seen.greeting.capabilities == std::vector<capability>{{"test", 1}}));
      BOOST_TEST(both.connected["id"] == to_hex(both.ours.url().id.value));
      BOOST_TEST(both.connected["client"] == "ours/1.2");
      BOOST_TEST(both.connected["version"] == 5);
      BOOST_TEST(both.connected["snappy"] == true);
      BOOST_TEST(both.connected["capabilities"] == offered);
      both.ours.close(both.theirs.url().id, disconnect_reason::requested);
      both.finish();
    }
  }
}

BOOST_AUTO_TEST_CASE(may_have_more_in_them_than_we_know) {
  json hello{{"version", 6}, {"extra", "c20102"}, {"port", 70000}, {"client", "\n\x1b[31mred"}};
  encounter both{their_test({{"hello", hello}})};
  for (auto who : both_ways) {
    both.connect(who);
    BOOST_TEST(both.added.greeting.client_id == "\n\x1b[31mred");
    BOOST_TEST(both.added.greeting.version == 6u);
    BOOST_TEST(both.added.greeting.listen_port == 0u);
    both.ours.close(both.theirs.url().id, disconnect_reason::requested);
    both.finish();
  }
}

BOOST_AUTO_TEST_CASE(agree_on_the_highest_version_that_both_offer) {
  const std::vector<offer> offers{{{"test", 1}, 2}, {{"test", 2}, 4}, {{"zzz", 7}, 1}};
  auto theirs = json::array(
    {offered("zzz", 7, 1), offered("test", 3, 8), offered("test", 2, 4), offered("test", 1, 2)});
  encounter both{{{"capabilities", theirs}}, {}, offers};
  for (auto who : both_ways) {
    both.connect(who);
    BOOST_TEST((shared_by(both.added) == std::vector<capability>{{"test", 2}, {"zzz", 7}}));
    BOOST_TEST(both.connected["protocols"][0]["version"] == 2);
    BOOST_TEST(offset_of(both.connected, "zzz") == 20);
    both.ours.close(both.theirs.url().id, disconnect_reason::requested);
    both.finish();
  }
}

BOOST_AUTO_TEST_CASE(agree_on_a_lower_version_if_it_is_the_only_one) {
  encounter both{their_test(), {}, {{{"test", 1}, 8}, {{"test", 2}, 16}}};
  for (auto who : both_ways) {
    both.connect(who);
    BOOST_TEST((shared_by(both.added) == std::vector<capability>{{"test", 1}}));
    both.ours.close(both.theirs.url().id, disconnect_reason::requested);
    both.finish();
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(pings)

BOOST_AUTO_TEST_CASE(of_ours_are_answered_and_measured) {
  settings limits;
  limits.ping_interval = 50ms;
  encounter both{their_test({{"ping_interval_ms", 0}}), limits};
  for (auto who : both_ways) {
    both.connect(who);
    // The third Ping comes after our node has seen the answer to the first.
    for (int i = 0; i < 3; ++i)
      both.theirs.next("ping");
    BOOST_TEST(has_round_trip(both.ours));
    both.ours.close(both.theirs.url().id, disconnect_reason::requested);
    both.finish();
  }
}

BOOST_AUTO_TEST_CASE(of_theirs_are_answered) {
  encounter both{their_test({{"ping_interval_ms", 20}})};
  for (auto who : both_ways) {
    both.connect(who);
    for (int i = 0; i < 5; ++i)
      both.theirs.next("pong");
    both.theirs.tell({{"do", "ping"}});
    both.theirs.next("pong");
    both.ours.close(both.theirs.url().id, disconnect_reason::requested);
    both.finish();
  }
}

BOOST_AUTO_TEST_CASE(that_nobody_answers_end_the_session) {
  settings limits;
  limits.ping_interval = 100ms;
  encounter both{their_test({{"mute", true}, {"ping_interval_ms", 0}}), limits};
  for (auto who : both_ways) {
    both.connect(who);
    BOOST_TEST(both.next_goodbye().first == 0x0b);
    auto end = both.finish();
    BOOST_TEST(to_int(end.reason) == 0x0b);
    BOOST_TEST(!end.remote_requested);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
