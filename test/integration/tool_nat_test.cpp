// SPDX-License-Identifier: BSL-1.0
//
// `devp2p nat` without a router: what it prints, and over loopback a rendezvous and those who use
// it.
#include "tool.hpp"

namespace devp2p::test {

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

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_node_with_an_external_address)

BOOST_AUTO_TEST_CASE(says_so) {
  tool node{{"node", "--listen", "0.0.0.0:0", "--nat", "extip:11.22.33.2", "--json", "--log-level",
             "error"}};
  auto url = enode::parse(node.event("listening").at("enode").get<std::string>());
  auto mapped = node.event("port_mapped");
  BOOST_TEST(mapped.at("external") == "11.22.33.2:" + std::to_string(url->address.port));
  node.signal(SIGINT);
  BOOST_TEST(node.status() == 0);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(nat_punch)

BOOST_AUTO_TEST_CASE(opens_a_hole_between_two_who_know_a_rendezvous) {
  scratch_directory keys;
  std::vector<std::string> ids;
  for (auto* name : {"one", "two"}) {
    BOOST_TEST((tool{{"key", "new", keys / name}}.status() == 0));
    tool show{{"key", "show", keys / name}};
    auto line = show.line();
    ids.push_back(line.substr(line.size() - 128));
  }
  tool middle{
    {"nat", "rendezvous", "--listen", "127.0.0.1:0", "--listen", "127.0.0.2:0", "--json"}};
  auto places = middle.event("rendezvous").at("at");
  auto punch = [&](const std::string& key, const std::string& id) {
    return std::vector<std::string>{"nat",      "punch",        id,        "--key",
                                    keys / key, "--rendezvous", places[0], "--rendezvous",
                                    places[1],  "--json"};
  };
  tool one{punch("one", ids[1])};
  tool two{punch("two", ids[0])};
  BOOST_TEST(one.event("hole_open").at("id") == ids[1]);
  BOOST_TEST(two.event("hole_open").at("id") == ids[0]);
  for (auto* x : {&one, &two, &middle}) {
    x->signal(SIGINT);
    BOOST_TEST(x->status() == 0);
    BOOST_TEST(x->errors().empty());
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

} // namespace devp2p::test
