// SPDX-License-Identifier: BSL-1.0
#include "devp2p/kit/scenario.hpp"

#include "devp2p/kit/player.hpp"
#include "devp2p/net/sim/distribution.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace devp2p::test {
namespace {

namespace data = boost::unit_test::data;
using namespace std::chrono_literals;

expected<kit::scenario, std::string> read(const std::string& text) {
  return kit::read_scenario(text, "a.json", ".");
}

/// The block of JSON in the documentation.
std::string documented() {
  std::ifstream in{DEVP2P_SCENARIO_MD};
  std::stringstream all;
  all << in.rdbuf();
  auto text = all.str();
  auto begin = text.find("```json\n") + 8;
  return text.substr(begin, text.find("```", begin) - begin);
}

BOOST_AUTO_TEST_CASE(says_what_is_to_happen) {
  auto out = read(documented());
  BOOST_REQUIRE(bool{out});
  const auto& network = out->network;
  BOOST_TEST(network.seed == 7u);
  BOOST_TEST((network.links == *kit::random_regular(100, 8, 7)));
  BOOST_TEST(network.cleartext);
  BOOST_TEST((network.conditions.latency == 20ms));
  BOOST_TEST((network.conditions.jitter == net::distribution::log_normal(10ms, 5ms)));
  BOOST_TEST((network.redial_after == 5s));
  BOOST_TEST((out->length == 120s));
  BOOST_REQUIRE(out->schedule.size() == 6u);
  BOOST_TEST((out->schedule[0].at == 5s));
  BOOST_TEST(std::get<kit::deed::publish>(out->schedule[0].what).size == 32u);
  BOOST_TEST(std::get<kit::deed::crash>(out->schedule[1].what).node == 3u);
  BOOST_TEST((std::get<kit::deed::separate>(out->schedule[2].what).nodes ==
              std::vector<std::size_t>{0, 1, 2}));
  BOOST_TEST(std::holds_alternative<kit::deed::heal>(out->schedule[3].what));
  BOOST_TEST(std::get<kit::deed::publish>(out->schedule[5].what).size == 1000u);
}

BOOST_AUTO_TEST_CASE(needs_little) {
  auto out = read(R"({"topology": {"kind": "grid", "width": 2, "height": 3}, "length_s": 0.5})");
  BOOST_REQUIRE(bool{out});
  BOOST_TEST((out->network.links == *kit::grid(2, 3)));
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
  BOOST_TEST(kinds == (std::vector<std::size_t>{5, 6, 1, 2}));
}

struct mistake {
  std::string text;
  std::string told;

  friend std::ostream& operator<<(std::ostream& out, const mistake& x) { return out << x.told; }
};

const std::string rest = "\"topology\": {\"kind\": \"ring\", \"nodes\": 5},\n\"length_s\": 10";

const std::vector<mistake> mistakes{
  {"[1]", "a.json:1: all of it: an object, {…}, must stand here"},
  {"{\"length_s\": 1}", "a.json:1: topology: it is missing"},
  {"{\n\n\"seed\": 1.5, " + rest + "}", "a.json:3: seed: a whole number must stand here, not 1.5"},
  {"{\"seed\": \"x\", " + rest + "}", "a.json:1: seed: a number must stand here"},
  {"{\"seed\": -1, " + rest + "}", "a.json:1: seed: -1 is not from 0 to 9007199254740992"},
  {"{\"sed\": 1,\n" + rest + "}",
   "a.json:1: sed: there is no such thing; there may be: seed, topology, crypto, line, "
   "redial_after_s, length_s, schedule"},
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
  {"{" + rest + ",\n\"schedule\": [{\"at_s\": 1}]}", "a.json:3: schedule[0].do: it is missing"},
  {"{" + rest + ",\n\"schedule\": [{\"at_s\": 1, \"do\": \"heal\", \"node\": 1}]}",
   "a.json:3: schedule[0].node: there is no such thing; there may be: at_s, do"},
  {"{" + rest + ",\n\"schedule\": [{\"at_s\": 1, \"do\": \"separate\", \"nodes\": [0, 1.5]}]}",
   "a.json:3: schedule[0].nodes: they must be whole numbers"},
  {"{" + rest + ",\n\"schedule\": {}}",
   "a.json:3: schedule: a list, […], of at most 100000 steps must stand here"},
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

BOOST_AUTO_TEST_CASE(a_topology_that_cannot_be_is_told_as_such) {
  auto out = read("{\n\"topology\": {\"kind\": \"ring\", \"nodes\": 2}, \"length_s\": 1}");
  BOOST_REQUIRE(!out);
  BOOST_TEST(out.error() == "a.json:2: topology: " + kit::ring(2).error());
  out = read("{\n\"topology\": {\"kind\": \"edge_list\", \"file\": \"no-such\"}, \"length_s\": 1}");
  BOOST_REQUIRE(!out);
  BOOST_TEST(out.error().starts_with("a.json:2: topology: no-such"), out.error());
}

std::string play(const std::string& text, caf::timespan step) {
  std::string out;
  kit::player run{*read(text), [&](const kit::happening& x) { out += to_json(x) + '\n'; }};
  while (!run.done())
    run.run_for(step);
  BOOST_TEST((run.network().now() == run.length()));
  return out;
}

BOOST_AUTO_TEST_CASE(is_played_alike_in_large_and_in_small_steps) {
  auto whole = play(documented(), 1h);
  BOOST_TEST(whole == play(documented(), 10ms));
  for (auto* what : {"\"what\":\"crashed\"", "\"what\":\"heard\"", "\"detail\":\"1\""})
    BOOST_TEST(whole.find(what) != whole.npos, what);
}

} // namespace
} // namespace devp2p::test
