// SPDX-License-Identifier: BSL-1.0
//
// The forms in which people write scenarios, instead of long lists.
#include "tally.hpp"

#include "devp2p/simulator/gossip_model.hpp"
#include "devp2p/simulator/json_fields.hpp"
#include "devp2p/simulator/node_lists.hpp"
#include "devp2p/simulator/scenario.hpp"
#include "devp2p/simulator/standard_model.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(scenario_forms_test)

namespace {

namespace data = boost::unit_test::data;
using namespace std::chrono_literals;
using numbers = std::vector<std::size_t>;

/// Returns the nodes that a text in JSON stands for, of twenty, or says why it does not.
expected<numbers, std::string> nodes_of(const std::string& text, std::uint64_t seed = 1,
                                        const std::string& place = "a") {
  simulator::node_lists all{20};
  all.draw_by(seed);
  BOOST_TEST(all.add_group("miners", {2, 3, 5}).empty());
  BOOST_TEST(all.add_group("one", {7}).empty());
  return all.read(*simulator::read_json(text), place);
}

BOOST_AUTO_TEST_CASE(lists_of_nodes_have_ranges_and_groups) {
  for (const auto& [text, nodes] : std::vector<std::pair<std::string, numbers>>{
         {"[]", {}},
         {"3", {3}},
         {"[3, 1, 3]", {3, 1, 3}},
         {"\"10..12\"", {10, 11, 12}},
         {"\"19..19\"", {19}},
         {"\"miners\"", {2, 3, 5}},
         {R"([4, "1..5", "miners", 4])", {4, 1, 2, 3, 5, 4}},
         {R"({"every": 7})", {0, 7, 14}},
         {R"({"every": 2, "of": "miners"})", {2, 5}},
         {R"({"every": 100})", {0}},
         {R"(["one", {"every": 2, "of": ["10..12", "one"]}])", {7, 10, 12}},
         {R"({"sample": 3, "of": "miners"})", {2, 3, 5}},
         {R"({"sample": 0})", {}},
       }) {
    auto out = nodes_of(text);
    BOOST_TEST_CONTEXT(text) {
      BOOST_REQUIRE(bool{out});
      BOOST_TEST(*out == nodes);
    }
  }
  BOOST_TEST(nodes_of("\"all\"")->size() == 20u);
}

BOOST_AUTO_TEST_CASE(samples_are_drawn_by_the_seed_and_the_place) {
  auto drawn = *nodes_of(R"({"sample": 0.25})");
  BOOST_TEST(drawn.size() == 5u);
  BOOST_TEST((std::is_sorted(drawn.begin(), drawn.end())));
  BOOST_TEST((std::set<std::size_t>{drawn.begin(), drawn.end()}.size() == 5));
  BOOST_TEST(drawn == *nodes_of(R"({"sample": 5})"));
  BOOST_TEST(drawn != *nodes_of(R"({"sample": 5})", 2));
  BOOST_TEST(drawn != *nodes_of(R"({"sample": 5})", 1, "b"));
  // People keep seeds.
  BOOST_TEST(drawn == (numbers{8, 13, 14, 16, 17}));
  BOOST_TEST(nodes_of(R"({"sample": 0.001})")->size() == 1u, "a share is at least one node");
  BOOST_TEST(nodes_of(R"([{"sample": 2, "of": "10..19"}, {"sample": 2, "of": "0..9"}])")->size() ==
             4u);
}

/// Each node is drawn as often as any other.
BOOST_AUTO_TEST_CASE(samples_are_fair) {
  std::map<std::size_t, int> times;
  for (std::uint64_t seed = 0; seed < 4000; ++seed) {
    const auto drawn = *nodes_of(R"({"sample": 0.25})", seed);
    for (auto x : drawn)
      ++times[x];
  }
  BOOST_TEST(times.size() == 20u);
  for (auto [node, count] : times)
    BOOST_TEST((count > 850 && count < 1150), node << " was drawn " << count << " times");
}

struct wrong {
  std::string text;
  std::string told;

  friend std::ostream& operator<<(std::ostream& out, const wrong& x) { return out << x.text; }
};

constexpr auto forms = "nodes must stand here: 3, \"10..19\", the name of a group, "
                       "{\"sample\": 5}, {\"every\": 10}, or a list of these";

const std::vector<wrong> wrong_lists{
  {"20", "20 is not from 0 to 19"},
  {"\"5..20\"", "20 is not from 0 to 19"},
  {"\"5..4\"", "\"5..4\" ends before it begins"},
  {"-1", "a node is a whole number, not -1"},
  {"null", forms},
  {"[[1]]", forms},
  {"{}", forms},
  {R"({"of": 1})", forms},
  {R"({"sample": 1, "every": 1})", forms},
  {R"({"sample": 1, "from": 1})", "\"from\" is none of sample, every, of"},
  {R"({"sample": 21})", "a sample of 21 nodes is drawn of only 20"},
  {R"({"sample": 2, "of": "one"})", "a sample of 2 nodes is drawn of only 1"},
  {R"({"sample": -0.5})",
   "a sample is a number of nodes, or a share of them between 0 and 1, such as 0.1"},
  {R"({"sample": 1.5})",
   "a sample is a number of nodes, or a share of them between 0 and 1, such as 0.1"},
  {R"({"every": 0})", "every takes a whole number, 1 or more"},
  {"\"1..\"", "\"1..\" is no range, such as \"10..19\", and none of the groups: all, miners, one"},
  {"\"+1..2\"",
   "\"+1..2\" is no range, such as \"10..19\", and none of the groups: all, miners, one"},
  {"\"99999999999999999999..1\"",
   "\"99999999999999999999..1\" is no range, such as \"10..19\", and none of the groups: all, "
   "miners, one"},
  {"\"minors\"", "\"minors\" is no range, such as \"10..19\", and none of the groups: all, miners, "
                 "one"},
};

BOOST_DATA_TEST_CASE(a_wrong_list_is_explained, data::make(wrong_lists)) {
  auto out = nodes_of(sample.text);
  BOOST_REQUIRE(!out);
  BOOST_TEST(out.error() == sample.told);
}

BOOST_AUTO_TEST_CASE(all_lists_together_are_bounded) {
  simulator::node_lists all{1'000'000};
  const auto everybody = *simulator::read_json("\"all\"");
  auto times = 0;
  while (bool{all.read(everybody, "a")})
    BOOST_REQUIRE(++times < 11);
  BOOST_TEST(times > 2);
}

const std::string rest = R"(
"topology": {"kind": "ring", "nodes": 10}, "length_s": 100, "crypto": "none")";

expected<simulator::scenario, std::string>
read(const std::string& more, std::optional<std::uint64_t> seed = std::nullopt,
     const std::vector<simulator::field_value>& set = {}) {
  return simulator::read_scenario(simulator::standard_model(), "{" + more + "," + rest + "}",
                                  "a.json", ".", seed, set);
}

/// Returns the steps as `second:name:node`.
std::vector<std::string> steps(const simulator::scenario& x) {
  std::vector<std::string> out;
  for (const auto& step : x.schedule) {
    std::string what;
    if (const auto* crash = std::get_if<simulator::action::crash>(&step.what))
      what = "crash:" + std::to_string(crash->node);
    else if (const auto* told = simulator::get_if<simulator::action::publish>(step.what))
      what = "publish:" + std::to_string(told->node);
    else if (const auto* apart = std::get_if<simulator::action::separate>(&step.what))
      what = "separate:" + std::to_string(apart->nodes.size());
    else
      what = "other";
    out.push_back(std::to_string(step.at / 1s) + ':' + what);
  }
  return out;
}

using lines = std::vector<std::string>;

BOOST_AUTO_TEST_CASE(a_step_may_be_for_several_nodes_and_times) {
  auto out = read(R"("groups": {"few": "1..2", "leader": 9}, "schedule": [
    {"at_s": 5, "do": "crash", "nodes": "few"},
    {"at_s": 10, "every_s": 20, "until_s": 50, "do": "publish", "node": "leader"},
    {"at_s": 90, "every_s": 5, "do": "heal"},
    {"at_s": 6, "every_s": 1, "times": 2, "do": "publish", "nodes": [3, "few"]},
    {"at_s": 40, "do": "separate", "nodes": ["few", "5..7"]}])");
  BOOST_REQUIRE(bool{out});
  BOOST_TEST(steps(*out) ==
             (lines{"5:crash:1", "5:crash:2", "6:publish:3", "6:publish:1", "6:publish:2",
                    "7:publish:3", "7:publish:1", "7:publish:2", "10:publish:9", "30:publish:9",
                    "40:separate:5", "50:publish:9", "90:other", "95:other", "100:other"}));
  auto text = simulator::write_scenario(*out);
  BOOST_TEST(simulator::write_scenario(*simulator::read_scenario(text, "b.json", ".")) == text);
  BOOST_TEST(text.find("few") == text.npos);
}

BOOST_AUTO_TEST_CASE(a_repeated_step_draws_other_nodes_each_time) {
  auto out = read(R"("schedule": [
    {"at_s": 0, "every_s": 1, "times": 100, "do": "crash", "node": {"sample": 1}}])");
  BOOST_REQUIRE(bool{out});
  std::set<std::size_t> crashed;
  for (const auto& x : out->schedule)
    crashed.insert(std::get<simulator::action::crash>(x.what).node);
  BOOST_TEST(crashed.size() == 10u);
}

/// A search over seeds tries other victims in the same network.
BOOST_AUTO_TEST_CASE(what_happens_follows_the_seed_of_the_run_but_the_network_does_not) {
  const std::string text = R"("groups": {"some": {"sample": 0.5}},
    "nats": [{"kind": "cone", "nodes": {"sample": 0.5}}],
    "schedule": [{"at_s": 1, "do": "separate", "nodes": "some"},
                 {"at_s": 2, "do": "crash", "nodes": {"sample": 0.5}}])";
  auto one = *read(text);
  auto other = *read(text, 2);
  auto apart = [](const simulator::scenario& x) {
    return std::get<simulator::action::separate>(x.schedule.at(0).what).nodes;
  };
  BOOST_TEST(apart(one) == apart(other));
  BOOST_TEST((one.network.nats == other.network.nats));
  BOOST_TEST(steps(one) != steps(other));
}

BOOST_AUTO_TEST_CASE(actions_of_a_user_take_the_same_forms) {
  auto out = simulator::read_scenario(tally_model(), R"({"variables": {"sum": 9, "name": "x"},
    "topology": {"kind": "star", "nodes": 5}, "length_s": 9, "schedule": [
    {"at_s": 1, "do": "earn", "nodes": "2..3", "how_much": "$sum"},
    {"at_s": 2, "do": "note", "nodes": "1..4", "to": 0, "others": ["1..2", {"every": 4}],
     "number": 1, "few": 3, "share": 0, "loud": true, "text": "$$name", "pause_s": 0,
     "reason": "useless peer"},
    {"at_s": 3, "do": "note", "node": 1, "to": 0, "others": 2,
     "number": 1, "few": 3, "share": 0, "loud": true, "text": "$name", "pause_s": 0,
     "reason": "useless peer"}]})",
                                      "a.json", ".");
  BOOST_REQUIRE(bool{out});
  BOOST_REQUIRE(out->schedule.size() == 7u);
  BOOST_TEST(simulator::get_if<earn>(out->schedule[1].what)->node.value == 3u);
  BOOST_TEST(simulator::get_if<earn>(out->schedule[1].what)->how_much.value == 9u);
  const auto* last = simulator::get_if<note>(out->schedule[5].what);
  BOOST_REQUIRE(last != nullptr);
  BOOST_TEST(last->node.value == 4u);
  BOOST_TEST((last->others == std::vector<simulator::node_number>{1, 2, 0, 4}));
  BOOST_TEST(last->text == "$name");
  BOOST_TEST(simulator::get_if<note>(out->schedule[6].what)->text == "x");
  auto text = simulator::write_scenario(*out);
  auto again = simulator::read_scenario(tally_model(), text, "b.json", ".");
  BOOST_REQUIRE(bool{again});
  BOOST_TEST(simulator::write_scenario(*again) == text);
}

BOOST_AUTO_TEST_CASE(comments_are_between_the_values) {
  auto out =
    read("// \"length_s\": 3\n\"seed\": /* 7, */ 8, // eight\n/*\n*/\"redial_after_s\": 2");
  BOOST_REQUIRE(bool{out});
  BOOST_TEST(out->network.seed == 8u);
  out = read("/* one\ntwo\n*/ // three\n\"seed\": -1");
  BOOST_REQUIRE(!out);
  BOOST_TEST(out.error() == "a.json:4: seed: -1 is not from 0 to 9007199254740992");
}

BOOST_AUTO_TEST_CASE(one_object_may_stand_without_a_list) {
  simulator::field_shape shape;
  simulator::file_reading how{.shape = &shape};
  const auto text = *simulator::read_json(R"({"one": {"a": 1}, "two": [{"a": 2}, {"a": 3}]})");
  simulator::json_fields all{how, text};
  BOOST_TEST(all.one_or_more("one", 5) == 1u);
  simulator::json_fields one{all, "one", 0};
  BOOST_TEST(one.whole("a", 0, 9) == 1u);
  BOOST_TEST(one.path_of("a") == "one.a");
  BOOST_TEST(all.one_or_more("two", 5) == 2u);
  simulator::json_fields last{all, "two", 1};
  BOOST_TEST(last.whole("a", 0, 9) == 3u);
  BOOST_TEST(last.path_of("a") == "two[1].a");
  BOOST_TEST((shape.of("one").element.front().of("a").what == simulator::field_shape::type::whole));
}

BOOST_AUTO_TEST_CASE(a_schema_may_be_named) {
  BOOST_TEST(bool{read(R"("$schema": "$nothing.json")")});
}

BOOST_AUTO_TEST_CASE(values_can_be_set) {
  const std::string text = R"("variables": {"delay": 50, "what": "crash"},
    "line": {"latency_ms": "$delay"},
    "schedule": [{"at_s": 1, "do": "$what", "node": 2}])";
  BOOST_TEST((read(text)->network.conditions.latency == 50ms));
  BOOST_TEST(steps(*read(text)) == (lines{"1:crash:2"}));
  auto out = read(text, std::nullopt,
                  {{"variables.delay", "7"},
                   {"schedule[0].at_s", "4"},
                   {"schedule[0].do", "publish"},
                   {"redial_after_s", "2.5"},
                   {"check", R"([{"that": "few_failed"}])"},
                   {"churn.mean_up_s", "50"},
                   {"churn.mean_down_s", "1"},
                   {"churn.nodes", "0"},
                   {"topology.nodes", "12"}});
  BOOST_REQUIRE(bool{out});
  BOOST_TEST((out->network.conditions.latency == 7ms));
  BOOST_TEST((out->network.redial_after == 2500ms));
  BOOST_TEST(out->checks.size() == 1u);
  BOOST_TEST(out->network.links.nodes == 12u);
  BOOST_TEST(out->schedule.size() > 1u);
  // A variable that is no more used because its field is set is no mistake.
  BOOST_TEST(bool{read(text, std::nullopt, {{"line.latency_ms", "3"}})});
}

struct setting {
  simulator::field_value set;
  std::string told;

  friend std::ostream& operator<<(std::ostream& out, const setting& x) { return out << x.told; }
};

const std::vector<setting> wrong_settings{
  {{"lime.latency_ms", "1"},
   "lime, as set: unknown field; there may be: seed, topology, groups, crypto, line, "
   "redial_after_s, nats, regions, length_s, protocols, byzantine, gossip, schedule, churn, "
   "flaky_links, nemesis, check, variables, $schema"},
  {{"line.latency", "1"},
   "line.latency, as set: unknown field; there may be: latency_ms, jitter, bytes_per_second, "
   "loss_percent"},
  {{"line.latency_ms", "-1"}, "line.latency_ms, as set: -1 is not from 0 to 3600000"},
  {{"line.latency_ms", "fast"}, "line.latency_ms, as set: a number must stand here"},
  {{"line.latency_ms.x", "1"},
   "line.latency_ms.x, as set: what should have the member x is no "
   "object"},
  {{"line[0]", "1"}, "line[0], as set: what stands before the brackets is no list"},
  {{"schedule[1].at_s", "1"}, "schedule[1].at_s, as set: the list has 1 element"},
  {{"schedule[x].at_s", "1"},
   "schedule[x].at_s, as set: a whole number must stand in the brackets"},
  {{"schedule[0", "1"}, "schedule[0, as set: a [ has no ]"},
  {{"schedule[0]at_s", "1"}, "schedule[0]at_s, as set: a point must stand between two names"},
  {{"schedule.", "1"}, "schedule., as set: a name is missing"},
  {{"", "1"}, ", as set: a name is missing"},
  {{"line", "{\"latency_ms\": "}, "line, as set: the value is no JSON: {\"latency_ms\": "},
  {{"line", "{\"jitter\": {}}"}, "line.jitter.low_ms, as set: this field is missing"},
  {{"variables.daily", "1"}, "variables.daily, as set: no value of the file is \"$daily\""},
};

BOOST_DATA_TEST_CASE(a_value_that_cannot_be_set_is_explained, data::make(wrong_settings)) {
  auto out = read(R"("variables": {"delay": 5}, "line": {"latency_ms": "$delay"},
    "schedule": [{"at_s": 1, "do": "heal"}])",
                  std::nullopt, {sample.set});
  BOOST_REQUIRE(!out);
  BOOST_TEST(out.error() == "a.json: " + sample.told);
}

BOOST_AUTO_TEST_CASE(who_sets_a_variable_as_a_field_is_told_its_name) {
  auto out = read(R"("variables": {"delay": 5}, "line": {"latency_ms": "$delay"})", std::nullopt,
                  {{"delay", "7"}});
  BOOST_REQUIRE(!out);
  BOOST_TEST(out.error().ends_with("; there is variables.delay"), out.error());
}

const std::vector<wrong> mistakes{
  {"\"redial_after_s\":\n\"$delay\"",
   "a.json:1: redial_after_s: there is no variable \"$delay\"; the file has no variables (a text "
   "that begins with $ is written $$)"},
  {"\"variables\": {\"a\": 1, \"b\": 2},\n\"redial_after_s\": \"$c\"",
   "a.json:2: redial_after_s: there is no variable \"$c\"; there are: a, b"},
  {"\"nats\": [\n{\"kind\": \"cone\",\n\"nodes\": [1, \"$c\"]}]",
   "a.json:3: nats[0].nodes[1]: there is no variable \"$c\"; the file has no variables (a text "
   "that begins with $ is written $$)"},
  {"\"variables\": {\n\"a\": -1},\n\"redial_after_s\": \"$a\"",
   "a.json:3: redial_after_s: -1 is not from 0.001 to 31622400"},
  {"\"variables\": {\n\"a\": 1}", "a.json:2: variables.a: no value of the file is \"$a\""},
  {"\"variables\": {\n\"a\": [1]}",
   "a.json:2: variables.a: a number, a text, true or false must stand here"},
  {"\"variables\": {\n\"a\": \"$b\"}",
   "a.json:2: variables.a: a text of at most 100 bytes, which does not begin with $, must stand "
   "here"},
  {"\"variables\": 1", "a.json:1: variables: this must be an object, {...}"},
  {"\"groups\": {\n\"all\": 1}", "a.json:2: groups.all: all nodes are a group of that name"},
  {"\"groups\": {\n\"1..2\": 1}", "a.json:2: groups.1..2: a group has a name of letters, digits, _ "
                                  "and -, which begins with a letter"},
  {"\"groups\": {\n\"a\": \"b\",\n\"b\": 1}",
   "a.json:2: groups.a: \"b\" is no range, such as \"10..19\", and none of the groups: all"},
  {"\"schedule\": [\n{\"at_s\": 1, \"do\": \"crash\", \"node\": \"all\"}]",
   "a.json:2: schedule[0].node: one node must stand here, not 10"},
  {"\"schedule\": [\n{\"at_s\": 1, \"do\": \"crash\",\n\"node\": 1, \"nodes\": 2}]",
   "a.json:3: schedule[0].nodes: either node or nodes may stand here"},
  {"\"schedule\": [\n{\"at_s\": 1, \"do\": \"crash\", \"nodes\": []}]",
   "a.json:2: schedule[0].nodes: these are no nodes"},
  {"\"schedule\": [{\"at_s\": 1, \"do\": \"heal\"},\n{\"at_s\": 1, \"do\": \"restart_nat\",\n"
   "\"nodes\": \"2..3\"}]",
   "a.json:3: schedule[1].nodes: node 2: it is behind no NAT"},
  {"\"schedule\": [\n{\"at_s\": 1, \"do\": \"heal\", \"times\": 2}]",
   "a.json:2: schedule[0].times: every_s must stand here, too"},
  {"\"schedule\": [\n{\"at_s\": 1, \"do\": \"heal\", \"until_s\": 2}]",
   "a.json:2: schedule[0].until_s: every_s must stand here, too"},
  {"\"schedule\": [\n{\"at_s\": 1, \"do\": \"heal\", \"every_s\": 1, \"until_s\": 2, \"times\": "
   "2}]",
   "a.json:2: schedule[0].times: either until_s or times may stand here"},
  {"\"schedule\": [\n{\"at_s\": 1, \"do\": \"heal\", \"every_s\": 10, \"times\": 11}]",
   "a.json:2: schedule[0].times: the scenario ends after 10 of these"},
  {"\"schedule\": [\n{\"at_s\": 3, \"do\": \"heal\", \"every_s\": 1, \"until_s\": 2}]",
   "a.json:2: schedule[0].until_s: 2 is not from 3 to 100"},
  {"\"schedule\": [\n{\"at_s\": 1, \"every_s\": 0.001, \"do\": \"crash\", \"nodes\": \"0..1\"}]",
   "a.json:2: schedule[0].do: a schedule has at most 100000 steps, and with these it would have "
   "more"},
  {"/* never\n", "a.json:3: syntax error"},
};

BOOST_DATA_TEST_CASE(a_mistake_is_told_with_its_line_and_field, data::make(mistakes)) {
  auto out = read(sample.text);
  BOOST_REQUIRE(!out);
  BOOST_TEST(out.error().starts_with(sample.told), out.error());
}

/// Copies take memory, which a short file must not ask for without a bound.
BOOST_AUTO_TEST_CASE(repetition_takes_bounded_memory) {
  auto out = simulator::read_scenario(
    tally_model(),
    R"({"topology": {"kind": "ring", "nodes": 3}, "length_s": 1000, "schedule": [
      {"at_s": 0, "every_s": 0.01, "do": "note", "node": 1, "to": 0, "others": [],
       "number": 1, "few": 3, "share": 0, "loud": true, "pause_s": 0, "reason": "useless peer",
       "text": ")" +
      std::string(10'000, 'x') + "\"}]}",
    "a.json", ".");
  BOOST_REQUIRE(!out);
  BOOST_TEST(out.error() ==
             "a.json:2: schedule[0].do: this stands for too many steps of this size");
}

BOOST_AUTO_TEST_CASE(all_mistakes_are_found_at_once) {
  const std::string text = R"({
    "topology": {"kind": "ring", "nodes": 10}, "length_s": 10,
    "line": {"latency_ms": -1},
    "schedule": [
      {"at_s": 11, "do": "heal"},
      {"at_s": 1, "do": "heal"},
      {"at_s": 1, "do": "crash", "node": 10}],
    "churn": {},
    "check": [{"that": "nothing"}],
    "more": 1})";
  auto all = simulator::mistakes_in_scenario(simulator::standard_model(), text, "a.json", ".");
  BOOST_REQUIRE(all.size() == 6u);
  const std::size_t at[] = {3, 5, 7, 8, 9, 10};
  for (std::size_t i = 0; i < all.size(); ++i)
    BOOST_TEST(all[i].starts_with("a.json:" + std::to_string(at[i]) + ": "), all[i]);
  BOOST_TEST(simulator::read_scenario(text, "a.json", ".").error() == all[0]);
  std::string many = R"({"topology": {"kind": "ring", "nodes": 3}, "length_s": 1, "schedule": [0)";
  for (auto i = 0; i < 100; ++i)
    many += ", 0";
  BOOST_TEST(
    simulator::mistakes_in_scenario(simulator::standard_model(), many + "]}", "a.json", ".")
      .size() == 20u);
}

} // namespace

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
