// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/scenario.hpp"

#include "devp2p/net/sim/distribution.hpp"
#include "devp2p/simulator/gossip_model.hpp"
#include "devp2p/simulator/player.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(scenario_test)

namespace {

namespace data = boost::unit_test::data;
using namespace std::chrono_literals;

expected<simulator::scenario, std::string> read(const std::string& text) {
  return simulator::read_scenario(text, "a.json", ".");
}

/// Returns one of the JSON blocks in the documentation, counted from 0; the last one if there are
/// not so many.
std::string documented(std::size_t which = 0) {
  std::ifstream in{DEVP2P_SCENARIO_MD};
  std::stringstream all;
  all << in.rdbuf();
  auto text = all.str();
  auto begin = text.find("```json\n") + 8;
  for (; which > 0; --which)
    if (auto next = text.find("```json\n", begin); next != text.npos)
      begin = next + 8;
  return text.substr(begin, text.find("```", begin) - begin);
}

BOOST_AUTO_TEST_CASE(says_what_is_to_happen) {
  auto out = read(documented());
  BOOST_REQUIRE(bool{out});
  const auto& network = out->network;
  BOOST_TEST(network.seed == 7u);
  BOOST_TEST((network.links == *simulator::random_regular(100, 8, 7)));
  BOOST_TEST(network.cleartext);
  BOOST_TEST((network.conditions.latency == 20ms));
  BOOST_TEST((network.conditions.jitter == net::distribution::log_normal(10ms, 5ms)));
  BOOST_TEST((network.redial_after == 5s));
  BOOST_TEST((out->length == 120s));
  BOOST_REQUIRE(out->schedule.size() == 6u);
  BOOST_TEST((out->schedule[0].at == 5s));
  BOOST_TEST(simulator::get_if<simulator::action::publish>(out->schedule[0].what)->size == 32u);
  BOOST_TEST(std::get<simulator::action::crash>(out->schedule[1].what).node == 3u);
  BOOST_TEST((std::get<simulator::action::separate>(out->schedule[2].what).nodes ==
              std::vector<std::size_t>{0, 1, 2}));
  BOOST_TEST(std::holds_alternative<simulator::action::heal>(out->schedule[3].what));
  BOOST_TEST(simulator::get_if<simulator::action::publish>(out->schedule[5].what)->size == 1000u);
}

BOOST_AUTO_TEST_CASE(all_that_is_documented_can_be_read) {
  std::size_t which = 0;
  std::string last;
  for (auto text = documented(); text != last; text = documented(++which)) {
    auto out = read(text);
    BOOST_TEST(bool{out}, (out ? "" : out.error()) << " in block " << which);
    last = text;
  }
  BOOST_TEST(which > 5u);
}

BOOST_AUTO_TEST_CASE(says_who_is_behind_nats) {
  auto out = read(documented(1));
  BOOST_REQUIRE(bool{out});
  BOOST_TEST(out->network.nats.size() == 10u);
  BOOST_TEST((out->network.nats.at(2) == net::nat_kind::cone));
  BOOST_TEST((out->network.nats.at(9) == net::nat_kind::symmetric));
  auto everybody = read(R"({"topology": {"kind": "ring", "nodes": 3}, "length_s": 1,
    "nats": [{"kind": "portrange"}]})");
  BOOST_REQUIRE(bool{everybody});
  BOOST_TEST(everybody->network.nats.size() == 3u);
}

BOOST_AUTO_TEST_CASE(needs_little) {
  auto out = read(R"({"topology": {"kind": "grid", "width": 2, "height": 3}, "length_s": 0.5})");
  BOOST_REQUIRE(bool{out});
  BOOST_TEST((out->network.links == *simulator::grid(2, 3)));
  BOOST_TEST(!out->network.cleartext);
  BOOST_TEST((out->network.conditions.latency == 0s));
  BOOST_TEST((out->length == 500ms));
  BOOST_TEST(out->schedule.empty());
}

BOOST_AUTO_TEST_CASE(is_done_in_the_order_of_time) {
  auto out = read(R"({"topology": {"kind": "ring", "nodes": 3}, "length_s": 9, "schedule": [
    {"at_s": 2, "do": "crash", "node": 0},
    {"at_s": 1, "do": "stall", "from": 0, "to": 1},
    {"at_s": 2, "do": "start", "node": 0},
    {"at_s": 1.5, "do": "resume", "from": 0, "to": 1}]})");
  BOOST_REQUIRE(bool{out});
  std::vector<std::size_t> kinds;
  for (const auto& x : out->schedule)
    kinds.push_back(x.what.index());
  BOOST_TEST(kinds == (std::vector<std::size_t>{4, 5, 0, 1}));
}

BOOST_AUTO_TEST_CASE(has_whole_numbers_however_they_are_written) {
  for (const auto& [text, number] : std::vector<std::pair<std::string, std::uint64_t>>{
         {"9007199254740992", std::uint64_t{1} << 53},
         {"9007199254740992.0", std::uint64_t{1} << 53},
         {"9007199254740.991e3", (std::uint64_t{1} << 53) - 1},
         {"1e3", 1000},
         {"1.5E+1", 15},
         {"250.0e-1", 25},
         {"0.0e99", 0},
         {"-0", 0}}) {
    auto out =
      read(R"({"topology": {"kind": "ring", "nodes": 3}, "length_s": 1, "seed": )" + text + '}');
    BOOST_TEST_CONTEXT(text) {
      BOOST_REQUIRE(bool{out});
      BOOST_TEST(out->network.seed == number);
    }
  }
}

/// Checks numbers that a `double` would change.
BOOST_AUTO_TEST_CASE(has_no_number_that_is_read_as_another) {
  for (const auto* text :
       {"9007199254740993", "9007199254740993.0", "9007199254740993e0", "900719925474099.3e1",
        "9007199254740992.4", "18446744073709551616", "18446744073709551617", "1e300",
        "-9007199254740993", "1.00000000000000000001", "0.9999999999999999999999", "-1", "-0.5",
        "true", "null", "\"1\"", "[1]", "{}"}) {
    auto number = std::string{text};
    const std::string begin = R"({"length_s": 10, "topology": {"kind": "ring", "nodes": )";
    for (const auto& all : {
           begin + "3}, \"seed\": " + number + '}',
           begin + number + "}}",
           begin + "3}, \"line\": {\"bytes_per_second\": " + number + "}}",
           begin + R"(3}, "check": [{"that": "few_failed", "most": )" + number + "}]}",
           begin + R"(3}, "nats": [{"kind": "cone", "nodes": [)" + number + "]}]}",
           begin + R"(3}, "schedule": [{"at_s": 1, "do": "crash", "node": )" + number + "}]}",
         }) {
      auto out = read(all);
      BOOST_TEST(!out, all);
    }
  }
}

struct mistake {
  std::string text;
  std::string told;

  friend std::ostream& operator<<(std::ostream& out, const mistake& x) { return out << x.told; }
};

const std::string rest = "\"topology\": {\"kind\": \"ring\", \"nodes\": 5},\n\"length_s\": 10";

const std::vector<mistake> mistakes{
  {"[1]", "a.json:1: the file must be an object, {...}"},
  {"{\"length_s\": 1}", "a.json:1: topology: this field is missing"},
  {"{\n\"seed\": 1,\n\"length_s\": 1\n}\n", "a.json:4: topology: this field is missing"},
  {"{\n\"topology\": {\n\"kind\": \"ring\"\n},\n\"length_s\": 1}",
   "a.json:4: topology.nodes: this field is missing"},
  {"{\n\n\"seed\": 1.5, " + rest + "}", "a.json:3: seed: a whole number must stand here, not 1.5"},
  {"{\"seed\": \"x\", " + rest + "}", "a.json:1: seed: a number must stand here"},
  {"{\"seed\": -1, " + rest + "}", "a.json:1: seed: -1 is not from 0 to 9007199254740992"},
  {"{\"sed\": 1,\n" + rest + "}",
   "a.json:1: sed: unknown field; there may be: seed, topology, groups, crypto, line, "
   "redial_after_s, nats, regions, length_s, protocols, byzantine, gossip, schedule, churn, "
   "flaky_links, nemesis, check, variables, $schema"},
  {"{" + rest + ",\n\"crypto\": \"rot13\"}", "a.json:3: crypto: \"rot13\" is none of rlpx, none"},
  {"{" + rest + ",\n\"crypto\": 1}", "a.json:3: crypto: it must be one of rlpx, none"},
  {"{" + rest + ",\n\"crypto\": \"none\", \"crypto\": \"none\"}",
   "a.json:3: \"crypto\" is there twice"},
  {"{" + rest + ", \"line\": {\n\"latency_ms\": 3600001}}",
   "a.json:3: line.latency_ms: 3600001 is not from 0 to 3600000"},
  {"{" + rest +
     ", \"line\": {\"jitter\":\n{\"kind\": \"uniform\", \"low_ms\": 2, \"high_ms\": 1}}}",
   "a.json:3: line.jitter.high_ms: it must not be less than low_ms"},
  {"{" + rest + ", \"line\": {\"jitter\": {\"kind\": \"quantiles\", \"ms\": [3, 1]}}}",
   "a.json:2: line.jitter.ms: they must not descend"},
  {"{" + rest +
     ",\n\"schedule\": [{\"at_s\": 1, \"do\": \"heal\"},\n"
     "{\"at_s\": 1, \"do\": \"crash\", \"node\": 5}]}",
   "a.json:4: schedule[1].node: 5 is not from 0 to 4"},
  {"{" + rest + ",\n\"schedule\": [{\"at_s\": 11, \"do\": \"heal\"}]}",
   "a.json:3: schedule[0].at_s: 11 is not from 0 to 10"},
  {"{" + rest + ",\n\"schedule\": [{\"at_s\": 1}]}",
   "a.json:3: schedule[0].do: this field is missing"},
  {"{" + rest + ",\n\"schedule\": [{\"at_s\": 1, \"do\": \"heal\", \"node\": 1}]}",
   "a.json:3: schedule[0].node: unknown field; there may be: at_s, every_s, until_s, times, do"},
  {"{" + rest + ",\n\"schedule\": [{\"at_s\": 1, \"do\": \"separate\", \"nodes\": [0, 1.5]}]}",
   "a.json:3: schedule[0].nodes: a node is a whole number, not 1.5"},
  {"{" + rest +
     ",\n\"schedule\": [{\"at_s\": 1, \"do\": \"separate\", \"nodes\": [0], \"others\": []}]}",
   "a.json:3: schedule[0].others: there must be at least one node, or no such field"},
  {"{" + rest +
     ",\n\"schedule\": [{\"at_s\": 1, \"do\": \"separate\", \"nodes\": [0], \"direction\": "
     "\"up\"}]}",
   "a.json:3: schedule[0].direction: \"up\" is none of both, in, out"},
  {"{" + rest +
     ",\n\"schedule\": [{\"at_s\": 1, \"do\": \"set_line\", \"line\": {\"loss_percent\": 100}}]}",
   "a.json:3: schedule[0].line.loss_percent: 100 is not from 0 to 99"},
  {"{" + rest + ",\n\"schedule\": [{\"at_s\": 1, \"do\": \"cut\", \"from\": 0, \"to\": 2}]}",
   "a.json:3: schedule[0].to: there is no link between 0 and 2"},
  {"{" + rest + ",\n\"schedule\": [{\"at_s\": 1, \"do\": \"ask\", \"from\": 0, \"to\": 1}]}",
   "a.json:3: schedule[0].do: the nodes do not offer the protocol for that, echo"},
  {"{" + rest +
     ", \"protocols\": [\"echo\"],\n\"schedule\": [{\"at_s\": 1, \"do\": \"publish\", \"node\": "
     "0}]}",
   "a.json:3: schedule[0].do: the nodes do not offer the protocol for that, gossip"},
  {"{" + rest + ",\n\"protocols\": [\"eth\"]}",
   "a.json:3: protocols: there may only be gossip, echo"},
  {"{" + rest + ",\n\"protocols\": [\"echo\", \"echo\"]}",
   "a.json:3: protocols: \"echo\" is there twice"},
  {"{" + rest + ",\n\"protocols\": []}",
   "a.json:3: protocols: there must be at least one of gossip, echo"},
  {"{" + rest + ",\n\"gossip\": {\"defect\": \"all\"}}",
   "a.json:3: gossip.defect: \"all\" is none of none, quick_reconnect"},
  {"{" + rest + ",\n\"churn\": {\"mean_up_s\": 1}}",
   "a.json:3: churn.mean_down_s: this field is missing"},
  {"{" + rest + ",\n\"churn\": {\"mean_up_s\": 0, \"mean_down_s\": 1}}",
   "a.json:3: churn.mean_up_s: 0 is not from 0.01 to 86400"},
  {"{" + rest + ",\n\"churn\": {\"mean_up_s\": 1, \"mean_down_s\": 1, \"from_s\": 3, \"to_s\": 2}}",
   "a.json:3: churn.to_s: 2 is not from 3 to 10"},
  {"{" + rest +
     ",\n\"nemesis\": {\"faults\": [\"earthquake\"], \"mean_between_s\": 1, \"mean_length_s\": 1}}",
   "a.json:3: nemesis.faults: there may only be crash, freeze, halves, isolate, one_way, bridge, "
   "majority_ring, cut, slow, lossy, busy, duplicate, reorder, skew, lose_disk"},
  {"{" + rest + ",\n\"nemesis\": [{\"mean_between_s\": 1}]}",
   "a.json:3: nemesis[0].mean_length_s: this field is missing"},
  {"{" + rest + ",\n\"nemesis\": {\"faults\": [], \"mean_between_s\": 1, \"mean_length_s\": 1}}",
   "a.json:3: nemesis.faults: there must be at least one of crash, freeze, halves, isolate, "
   "one_way, bridge, majority_ring, cut, slow, lossy, busy, duplicate, reorder, skew, lose_disk"},
  {"{\"topology\": {\"kind\": \"ring\", \"nodes\": 5},\n\"length_s\": 100000,\n"
   "\"flaky_links\": {\"mean_between_s\": 1}}",
   "a.json:3: flaky_links: a schedule has at most 100000 steps, and with these it would have more"},
  {"{" + rest +
     ",\n\"regions\": [{\"name\": \"a\", \"nodes\": [0]},\n{\"name\": \"b\", \"nodes\": [0]}]}",
   "a.json:4: regions[1].nodes: node 0 is in a region already"},
  {"{" + rest +
     ",\n\"regions\": [{\"name\": \"a\", \"nodes\": [0]},\n{\"name\": \"a\", \"nodes\": [1]}]}",
   "a.json:4: regions[1].name: there is a region of that name already"},
  {"{" + rest + ",\n\"regions\": [{\"name\": \"a\", \"nodes\": [0], \"latency_ms\": {\"b\": 1}}]}",
   "a.json:3: regions[0].latency_ms.b: there is no region of that name"},
  {"{" + rest + ",\n\"byzantine\": [{\"nodes\": [], \"protocol\": \"echo\"}]}",
   "a.json:3: byzantine[0].nodes: there must be at least one node"},
  {"{" + rest + ",\n\"byzantine\": [{\"nodes\": [1], \"protocol\": \"liar\"}]}",
   "a.json:3: byzantine[0].protocol: \"liar\" is none of gossip, echo"},
  {"{" + rest + ",\n\"nats\": {}}", "a.json:3: nats: a list, [...], must stand here"},
  {"{" + rest + ",\n\"nats\": [{}]}", "a.json:3: nats[0].kind: this field is missing"},
  {"{" + rest + ",\n\"nats\": [{\"kind\": \"conical\"}]}",
   "a.json:3: nats[0].kind: \"conical\" is none of fullcone, addrcone, cone, portrange, symmetric"},
  {"{" + rest + ",\n\"nats\": [{\"kind\": \"cone\", \"nodes\": [5]}]}",
   "a.json:3: nats[0].nodes: 5 is not from 0 to 4"},
  {"{" + rest +
     ", \"nats\": [\n{\"kind\": \"cone\", \"nodes\": [0, 1]},\n"
     "{\"kind\": \"symmetric\", \"nodes\": [2, 1]}]}",
   "a.json:4: nats[1].nodes: node 1 is behind a NAT already"},
  {"{" + rest + ", \"nats\": [{\"kind\": \"cone\"},\n{\"kind\": \"cone\"}]}",
   "a.json:3: nats[1].nodes: node 0 is behind a NAT already"},
  {"{" + rest + ",\n\"nats\": [{\"kind\": \"cone\", \"node\": 1}]}",
   "a.json:3: nats[0].node: unknown field; there may be: kind, nodes"},
  {"{" + rest + ",\n\"schedule\": [{\"at_s\": 1, \"do\": \"restart_nat\", \"node\": 2}]}",
   "a.json:3: schedule[0].node: it is behind no NAT"},
  {"{" + rest + ",\n\"check\": [{}]}", "a.json:3: check[0].that: this field is missing"},
  {"{" + rest + ",\n\"check\": [{\"that\": \"all_heard\", \"within_s\": 11}]}",
   "a.json:3: check[0].within_s: 11 is not from 0 to 10"},
  {"{" + rest + ",\n\"check\": [{\"that\": \"few_ended\", \"reason\": \"bored\"}]}",
   "a.json:3: check[0].reason: \"bored\" is none of disconnect requested, network error, breach of "
   "protocol, useless peer, too many peers, already connected, incompatible p2p protocol version, "
   "invalid node identity, client quitting, unexpected identity, connected to self, ping timeout, "
   "subprotocol error"},
  {"{" + rest + ",\n\"schedule\": {}}", "a.json:3: schedule: a list, [...], must stand here"},
};

BOOST_DATA_TEST_CASE(a_mistake_is_told_with_its_line_and_field, data::make(mistakes)) {
  auto out = read(sample.text);
  BOOST_REQUIRE(!out);
  BOOST_TEST(out.error() == sample.told);
}

BOOST_AUTO_TEST_CASE(what_is_no_json_is_told_with_its_line) {
  auto out = read("{\n\"seed\": 1,\n\"x\" 2}");
  BOOST_REQUIRE(!out);
  BOOST_TEST(out.error().starts_with("a.json:3: syntax error"), out.error());
  out = read(std::string(1000, '['));
  BOOST_REQUIRE(!out);
  BOOST_TEST(out.error() == "a.json:1: lists and objects stand deeper in each other than 8");
}

BOOST_AUTO_TEST_CASE(a_zero_byte_ends_no_text) {
  auto out = read("{" + rest + "}\n" + '\0' + "garbage{");
  BOOST_REQUIRE(!out);
  BOOST_TEST(out.error() == "a.json:3: a byte is 0, which no JSON text has");
  BOOST_TEST(!read("{" + rest + "}" + '\0'));
  BOOST_TEST(!read(std::string{"\0", 1}));
}

BOOST_AUTO_TEST_CASE(a_zero_byte_ends_no_name_of_a_file) {
  auto out = read("{\"topology\": {\"kind\": \"edge_list\",\n\"file\": \"e.txt\\u0000x\"}, "
                  "\"length_s\": 1}");
  BOOST_REQUIRE(!out);
  BOOST_TEST(out.error() == "a.json:2: topology.file: no file has such a name: a byte of it is 0");
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_read_is_told_with_the_reason) {
  auto out = read(R"({"topology": {"kind": "edge_list", "file": "none"}, "length_s": 1})");
  BOOST_REQUIRE(!out);
  BOOST_TEST(out.error() == "a.json:1: topology: none: cannot be read: No such file or directory");
}

/// If each name were compared with all others, this would take minutes.
BOOST_AUTO_TEST_CASE(many_names_take_little_time, *boost::unit_test::timeout(20)) {
  std::string text{"{"};
  for (int i = 0; i < 200'000; ++i)
    text += "\"k" + std::to_string(i) + "\": 0,\n";
  auto out = read(text + "\"k7\": 1}");
  BOOST_REQUIRE(!out);
  BOOST_TEST(out.error() == "a.json:200001: \"k7\" is there twice");
  out = read(text + "\"seed\": 1}");
  BOOST_REQUIRE(!out);
  BOOST_TEST(out.error() == "a.json:200001: topology: this field is missing");
}

BOOST_AUTO_TEST_CASE(a_topology_that_cannot_be_is_told_as_such) {
  auto out = read("{\n\"topology\": {\"kind\": \"ring\", \"nodes\": 2}, \"length_s\": 1}");
  BOOST_REQUIRE(!out);
  BOOST_TEST(out.error() == "a.json:2: topology: " + simulator::ring(2).error());
  out = read(
    R"({"topology": {"kind": "links", "nodes": 2, "links": [[0, 1], [1, 2]]}, "length_s": 1})");
  BOOST_REQUIRE(!out);
  BOOST_TEST(out.error() == "a.json:1: topology.links: 2 is not from 0 to 1");
  out = read(R"({"topology": {"kind": "links", "nodes": 2, "links": [[1, 1]]}, "length_s": 1})");
  BOOST_REQUIRE(!out);
  BOOST_TEST(out.error() ==
             "a.json:1: topology: a link is between two different nodes, not 1 and 1");
  out = read("{\n\"topology\": {\"kind\": \"edge_list\", \"file\": \"no-such\"}, \"length_s\": 1}");
  BOOST_REQUIRE(!out);
  BOOST_TEST(out.error().starts_with("a.json:2: topology: no-such"), out.error());
}

std::string play(const simulator::scenario& what, caf::timespan step) {
  std::string out;
  simulator::player run{what, [&](const simulator::event& x) { out += to_json(x) + '\n'; }};
  while (!run.done())
    run.run_for(step);
  BOOST_TEST((run.network().now() == run.length()));
  return out;
}

BOOST_AUTO_TEST_CASE(what_is_documented_of_nats_happens) {
  auto played = play(*read(documented(1)), 1h);
  for (auto* part : {"\"what\":\"heard\"", "\"what\":\"punch_failed\"", "a symmetric NAT"})
    BOOST_TEST(played.find(part) != played.npos, part);
}

BOOST_AUTO_TEST_CASE(is_played_alike_in_large_and_in_small_steps) {
  auto what = *read(documented());
  auto whole = play(what, 1h);
  BOOST_TEST(whole == play(what, 10ms));
  for (auto* part : {"\"what\":\"crashed\"", "\"what\":\"heard\"", "\"detail\":\"1\""})
    BOOST_TEST(whole.find(part) != whole.npos, part);
}

/// A scenario with every field that there is.
const std::string rich = R"({"seed": 3,
  "topology": {"kind": "links", "nodes": 4, "links": [[1, 0], [1, 2], [2, 3], [3, 0], [0, 1]]},
  "crypto": "none", "redial_after_s": 0.75,
  "nats": [{"kind": "symmetric", "nodes": [3]}, {"kind": "cone", "nodes": [1, 0]}],
  "line": {"latency_ms": 2.5, "jitter": {"kind": "exponential", "mean_ms": 3},
           "bytes_per_second": 1000000, "loss_percent": 2},
  "regions": [{"name": "west", "nodes": [0, 2], "latency_ms": {"west": 1, "east": 40.5}},
    {"name": "east", "nodes": [3], "latency_ms": {"west": 50}}, {"name": "moon", "nodes": []}],
  "protocols": ["echo", "gossip"], "byzantine": [{"nodes": [1], "protocol": "echo"}], "gossip": {"defect": "quick_reconnect"}, "length_s": 30.5,
  "churn": {"mean_up_s": 10, "mean_down_s": 3, "nodes": [0, 3], "from_s": 1, "to_s": 20},
  "flaky_links": {"mean_between_s": 9, "to_s": 25},
  "schedule": [
    {"at_s": 1, "do": "publish", "node": 0, "size": 99}, {"at_s": 2, "do": "crash", "node": 1},
    {"at_s": 3, "do": "start", "node": 1}, {"at_s": 4, "do": "freeze", "node": 1},
    {"at_s": 5, "do": "thaw", "node": 1}, {"at_s": 6, "do": "stall", "from": 0, "to": 1},
    {"at_s": 7, "do": "resume", "from": 0, "to": 1}, {"at_s": 8, "do": "separate", "nodes": [0, 1]},
    {"at_s": 8.25, "do": "separate", "nodes": [0], "others": [3, 2], "direction": "out"},
    {"at_s": 8.5, "do": "set_line", "nodes": [2], "others": [1], "direction": "in",
     "line": {"latency_ms": 200, "loss_percent": 10}},
    {"at_s": 8.75, "do": "set_line", "line": {"added_latency_ms": 5, "jitter": {"kind": "quantiles", "ms": [5]}}},
    {"at_s": 9, "do": "set_line", "others": [1]},
    {"at_s": 9, "do": "slow_down", "node": 2, "messages_per_second": 2.5},
    {"at_s": 9.0625, "do": "speed_up", "node": 2},
    {"at_s": 9.0625, "do": "duplicate_messages", "nodes": [2, 0], "percent": 7},
    {"at_s": 9.0625, "do": "reorder_messages", "percent": 100},
    {"at_s": 9.0625, "do": "skew_clock", "node": 2, "shift_ms": -0.5, "drift_ppm": -70},
    {"at_s": 9.0625, "do": "skew_clock", "node": 1, "shift_ms": 3}, {"at_s": 9.0625, "do": "reset_clock", "node": 2},
    {"at_s": 9.0625, "do": "crash", "node": 2, "disk": "lost"}, {"at_s": 9.0625, "do": "start", "node": 2},
    {"at_s": 9.125, "do": "heal"}, {"at_s": 10, "do": "cut", "from": 2, "to": 1},
    {"at_s": 11, "do": "restart_nat", "node": 3},
    {"at_s": 29, "do": "ask", "from": 3, "to": 2, "size": 5}],
  "check": [{"that": "all_heard", "within_s": 2.5}, {"that": "all_linked", "within_s": 10},
    {"that": "few_failed", "most": 7}, {"that": "few_ended", "reason": "useless peer"}]})";

/// Checks the faults of `rich` that have many fields.
void check_faults(const simulator::scenario& of) {
  using simulator::direction;
  using nodes = std::vector<std::size_t>;
  std::vector<simulator::action::set_line> lines;
  for (const auto& x : of.schedule)
    if (const auto* line = std::get_if<simulator::action::set_line>(&x.what))
      lines.push_back(*line);
    else if (const auto* apart = std::get_if<simulator::action::separate>(&x.what);
             apart && !apart->others.empty()) {
      BOOST_TEST(apart->nodes == nodes{0});
      BOOST_TEST(apart->others == (nodes{3, 2}));
      BOOST_TEST((apart->direction == direction::out));
    }
  BOOST_REQUIRE(lines.size() == 3u);
  BOOST_TEST((lines[0].nodes == nodes{2} && lines[0].others == nodes{1}));
  BOOST_TEST((lines[0].direction == direction::in));
  BOOST_TEST((lines[0].line == simulator::line_change{.latency = 200ms, .loss = 10}));
  BOOST_TEST((lines[1].nodes.empty() && lines[1].others.empty()));
  BOOST_TEST((lines[1].line == simulator::line_change{.added = 5ms, .jitter = {{5ms}}}));
  BOOST_TEST((lines[2].others == nodes{1} && !lines[2].line));
}

BOOST_AUTO_TEST_CASE(what_is_written_reads_back_as_the_same) {
  auto first = read(rich);
  BOOST_REQUIRE(bool{first});
  auto what = std::move(*first);
  BOOST_TEST(what.network.links.links.size() == 4u);
  BOOST_TEST(what.schedule.size() > 18u + 8);
  BOOST_TEST(what.network.conditions.loss == 2u);
  check_faults(what);
  auto text = simulator::write_scenario(what);
  auto again = read(text);
  BOOST_REQUIRE(bool{again});
  BOOST_TEST(simulator::write_scenario(*again) == text);
  BOOST_TEST((again->network.conditions == what.network.conditions));
  check_faults(*again);
  BOOST_TEST((again->checks == what.checks));
  BOOST_TEST((again->network.places == what.network.places));
  BOOST_TEST((what.network.places.between(0, 2, {}).latency == 1ms));
  BOOST_TEST((what.network.places.between(0, 3, {}).latency == 40500us));
  BOOST_TEST((what.network.places.between(3, 2, {}).latency == 50ms));
  BOOST_TEST((what.network.places.between(0, 1, {}).latency == 0ms));
  BOOST_TEST((simulator::least_latency(what) == 1ms));
  BOOST_REQUIRE(again->byzantine.size() == 1u);
  BOOST_TEST(again->byzantine[0].nodes == std::vector<std::size_t>{1});
  BOOST_TEST(again->byzantine[0].what.kind->name == "echo");
  BOOST_TEST((again->network.nats == what.network.nats));
  BOOST_TEST(
    (what.network.nats == std::map<std::uint32_t, net::nat_kind>{{0, net::nat_kind::cone},
                                                                 {1, net::nat_kind::cone},
                                                                 {3, net::nat_kind::symmetric}}));
  BOOST_TEST(again->schedule.size() == what.schedule.size());
  auto played = play(what, 1h);
  BOOST_TEST(play(*again, 1h) == played);
  for (auto* part : {"\"what\":\"echoed\"", "\"what\":\"heard\"", "\"what\":\"punch_failed\""})
    BOOST_TEST(played.find(part) != played.npos, part);
}

/// Runs must not change with the library, since people keep seeds and scenarios.
BOOST_AUTO_TEST_CASE(what_was_played_once_is_played_alike_ever_after) {
  const std::uint64_t hashes[] = {0x85b6612b072312ad, 0xfe94e75fdda56a6a, 0x5e0000cbc1836837};
  for (std::size_t i = 0; i < std::size(hashes); ++i) {
    simulator::player run{*read(documented(i)), nullptr};
    run.run_for(run.length());
    BOOST_TEST(run.hash() == hashes[i], "block " << i);
  }
  const std::string kept = R"({
  "seed": 13,
  "topology": {"kind":"links","nodes":2,"links":[[0,1]]},
  "crypto": "none",
  "line": {"latency_ms":0},
  "redial_after_s": 1,
  "protocols": ["gossip","echo"],
  "gossip": {"defect":"quick_reconnect"},
  "length_s": 22,
  "schedule": [
    {"at_s":10,"do":"cut","from":0,"to":1},
    {"at_s":10,"do":"publish","node":0,"size":32},
    {"at_s":11,"do":"ask","from":1,"to":0,"size":7}
  ],
  "check": [
    {"that":"all_heard","within_s":10},
    {"that":"few_ended","most":3,"reason":"useless peer"}
  ]
}
)";
  BOOST_TEST(simulator::write_scenario(*read(kept)) == kept);
}

BOOST_AUTO_TEST_CASE(another_seed_is_another_schedule_in_the_same_network) {
  const std::string text = R"({"topology": {"kind": "random_regular", "nodes": 8, "degree": 3},
    "length_s": 100, "churn": {"mean_up_s": 10, "mean_down_s": 3}})";
  auto one = *simulator::read_scenario(text, "a.json", ".");
  auto other = *simulator::read_scenario(text, "a.json", ".", 2);
  BOOST_TEST(other.network.seed == 2u);
  BOOST_TEST((one.network.links == other.network.links));
  BOOST_TEST((one.schedule.at(0).at != other.schedule.at(0).at));
  BOOST_TEST(
    (one.schedule.at(0).at == simulator::read_scenario(text, "a.json", ".", 1)->schedule.at(0).at));
}

} // namespace

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
