// SPDX-License-Identifier: BSL-1.0
//
// `devp2p nat` without a router: its output, and a rendezvous and its clients over loopback.
#include "tool.hpp"

#include "../nat/scripted_igd.hpp"

#include <array>
#include <chrono>
#include <map>
#include <thread>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(tool_nat_test)

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(nat_map)

BOOST_AUTO_TEST_CASE(says_where_the_ports_are_reached_until_it_is_told_to_stop) {
  tool map{{"nat", "map", "--port", "7777", "--nat", "extip:11.22.33.2", "--json"}};
  auto first = map.event("port_mapped");
  BOOST_TEST(first.at("protocol") == "TCP");
  BOOST_TEST(first.at("port") == 7777);
  BOOST_TEST(first.at("external") == "11.22.33.2:7777");
  BOOST_TEST(map.event("port_mapped").at("protocol") == "UDP");
  map.signal(SIGINT);
  BOOST_TEST(map.status() == 0);
  BOOST_TEST(map.errors().empty());
}

BOOST_AUTO_TEST_CASE(maps_one_of_the_two_if_it_is_asked_to) {
  tool map{{"nat", "map", "--port", "7777", "--protocol", "udp", "--nat", "extip:11.22.33.2"}};
  BOOST_TEST(map.line() ==
             "UDP 7777 is reached at 11.22.33.2:7777, by extip 11.22.33.2, without an end");
  map.signal(SIGTERM);
  BOOST_TEST(map.line() == "UDP 7777 is not reached at 11.22.33.2:7777 any more: taken back");
  BOOST_TEST(map.rest().empty());
  BOOST_TEST(map.status() == 0);
}

BOOST_AUTO_TEST_CASE(says_whether_a_mapping_could_be_verified) {
  using nat::test::scripted_igd;
  for (auto silent : {false, true}) {
    scripted_igd::manners how;
    if (silent)
      how.instead["GetSpecificPortMappingEntry"] = [] {
        return scripted_igd::plain_http(500, scripted_igd::fault(401));
      };
    scripted_igd there{how};
    const std::vector<std::string> arguments{
      "nat",        "map", "--port", "7777",
      "--protocol", "tcp", "--nat",  "upnp:" + nat::test::own_loopback()};
    tool text{arguments};
    auto line = text.line();
    BOOST_TEST(line.starts_with("TCP 7777 is reached at 11.22.33.99:7777, by UPnP at"), line);
    BOOST_TEST(line.ends_with("; this could not be verified") == silent, line);
    text.signal(SIGINT);
    BOOST_TEST(text.status() == 0);
    auto by_json = arguments;
    by_json.emplace_back("--json");
    tool json{by_json};
    BOOST_TEST(json.event("port_mapped").at("verified") == !silent);
    json.signal(SIGINT);
    BOOST_TEST(json.status() == 0);
    BOOST_TEST(there.mappings() == 0u);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_node_with_an_external_address)

BOOST_AUTO_TEST_CASE(says_so) {
  tool node{{"node", "--listen", "0.0.0.0:0", "--nat", "extip:11.22.33.2", "--json", "--log-level",
             "error"}};
  // Two actors report these, in either order.
  std::map<std::string, json> events;
  while (!events.contains("listening") || !events.contains("port_mapped")) {
    auto next = json::parse(node.line());
    events[next.at("event")] = next;
  }
  auto url = enode::parse(events["listening"].at("enode").get<std::string>());
  BOOST_TEST(events["port_mapped"].at("external") ==
             "11.22.33.2:" + std::to_string(url->address.port));
  node.signal(SIGINT);
  BOOST_TEST(node.status() == 0);
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

/// A rendezvous, and two clients that know each other's id.
struct punch_fixture {
  scratch_directory keys;
  std::vector<std::string> ids;

  punch_fixture() {
    for (const auto* name : names) {
      BOOST_TEST((tool{{"key", "new", keys / name}}.status() == 0));
      tool show{{"key", "show", keys / name}};
      auto line = show.line();
      ids.push_back(line.substr(line.size() - 128));
    }
  }

  static std::vector<std::string> rendezvous(const std::string& first, const std::string& second) {
    return {"nat", "rendezvous", "--listen", first, "--listen", second, "--json"};
  }

  /// Returns the arguments of one client that wants to reach the other.
  std::vector<std::string> punch(std::size_t who, const json& places,
                                 std::vector<std::string> more = {}) const {
    std::vector<std::string> out{
      "nat",          "punch",   ids[1 - who],   "--key",   keys / names[who],
      "--rendezvous", places[0], "--rendezvous", places[1], "--json"};
    out.insert(out.end(), more.begin(), more.end());
    return out;
  }

  void opens_a_hole(const std::string& first, const std::string& second) {
    tool middle{rendezvous(first, second)};
    auto places = middle.event("rendezvous").at("at");
    tool one{punch(0, places)};
    tool two{punch(1, places)};
    BOOST_TEST(one.event("hole_open").at("id") == ids[1]);
    BOOST_TEST(two.event("hole_open").at("id") == ids[0]);
    for (auto* x : {&one, &two, &middle}) {
      x->signal(SIGINT);
      BOOST_TEST(x->status() == 0);
      BOOST_TEST(x->errors().empty());
    }
  }

  static constexpr std::array names{"one", "two"};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(nat_punch, punch_fixture)

BOOST_AUTO_TEST_CASE(opens_a_hole_between_two_who_know_a_rendezvous) {
  opens_a_hole("127.0.0.1:0", "127.0.0.2:0");
}

BOOST_AUTO_TEST_CASE(opens_a_hole_over_ipv6) {
  opens_a_hole("[::1]:0", "[::1]:0");
}

BOOST_AUTO_TEST_CASE(ends_at_once_if_it_is_told_to_before_there_is_a_hole) {
  tool middle{rendezvous("127.0.0.1:0", "127.0.0.2:0")};
  auto places = middle.event("rendezvous").at("at");
  for (const auto& more : {std::vector<std::string>{}, {"--session"}}) {
    tool alone{punch(0, places, more)};
    std::this_thread::sleep_for(2s);
    const auto told = std::chrono::steady_clock::now();
    alone.signal(SIGINT);
    BOOST_TEST(alone.rest().empty());
    BOOST_TEST(alone.status() == 1);
    BOOST_TEST((std::chrono::steady_clock::now() - told < 20s));
    BOOST_REQUIRE(alone.errors().size() == 1u);
    BOOST_TEST(alone.errors()[0] == "devp2p: stopped before the answer came");
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(wrong_arguments_of_nat)

BOOST_AUTO_TEST_CASE(give_one_line_and_status_2) {
  const std::vector<std::vector<std::string>> all{
    {"nat"},
    {"nat", "map"},
    {"nat", "map", "--port", "0"},
    {"nat", "map", "--port", "65536"},
    {"nat", "map", "--port", "1", "--nat", "router"},
    {"nat", "map", "--port", "1", "--nat", "none"},
    {"nat", "map", "--port", "1", "--protocol", "sctp"},
    {"nat", "probe", "--nat", "extip"},
    {"nat", "punch"},
    {"nat", "punch", "12", "--key", "x", "--rendezvous", "1.2.3.4:5"},
    {"nat", "rendezvous", "--listen", "1.2.3.4:5"},
    {"nat", "rendezvous", "--listen", "1.2.3.4:5", "--listen", "host:5"},
    {"node", "--nat", "pcp:router"},
  };
  for (const auto& arguments : all) {
    tool wrong{arguments};
    BOOST_TEST(wrong.rest().empty());
    BOOST_TEST(wrong.status() == 2);
    BOOST_TEST(wrong.errors().size() == 1u, arguments.back());
  }
}

BOOST_AUTO_TEST_CASE(that_name_no_way_through_a_nat_are_told_the_ways) {
  tool wrong{{"node", "--nat", "magic"}};
  BOOST_TEST(wrong.status() == 2);
  for (auto* form : {"none", "any", "upnp[:GATEWAY]", "pmp[:GATEWAY]", "pcp[:GATEWAY]",
                     "extip:ADDRESS", "stun[:SERVER]"})
    BOOST_TEST(wrong.errors().front().find(form) != std::string::npos, form);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
