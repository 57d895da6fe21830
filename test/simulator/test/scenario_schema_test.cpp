// SPDX-License-Identifier: BSL-1.0
//
// The schema of scenarios follows the model. test/integration/schema validates files by it.
#include "devp2p/simulator/scenario_schema.hpp"

#include "tally.hpp"

#include "devp2p/simulator/field_meanings.hpp"
#include "devp2p/simulator/standard_model.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>
#include <string>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(scenario_schema_test)

namespace {

using json = nlohmann::json;

json schema_of(const simulator::model& known) {
  return json::parse(simulator::scenario_schema(known));
}

/// Returns the schema of an object whose `field` is `word`.
json with_word(const json& object, const std::string& field, const std::string& word) {
  for (const auto& x : object.at("allOf"))
    if (x.at("if").at("properties").at(field).at("const") == word)
      return x.at("then");
  return json::object();
}

std::set<std::string> names_of(const json& object) {
  std::set<std::string> out;
  for (const auto& [name, value] : object.at("properties").items())
    out.insert(name);
  return out;
}

using names = std::set<std::string>;

/// An action with a meaning, and a list that is its own.
struct gather {
  static constexpr auto name = "gather";
  static constexpr auto about = "The node gathers from others.";
  simulator::node_number node = {};
  std::vector<simulator::node_number> nodes = {};

  /// No scenario may have it.
  [[nodiscard]] std::optional<simulator::refusal>
  refuse(const simulator::simulation_options&) const {
    return simulator::refusal{"nodes", "never"};
  }
  friend auto inspect(auto& f, gather& x) {
    return inspect_fields(f, {"node", "nodes"}, x.node, x.nodes);
  }
};

/// Settings of which no example is right.
struct picky {
  std::uint64_t number = 0;

  [[nodiscard]] std::optional<simulator::refusal>
  refuse(const simulator::simulation_options&) const {
    return simulator::refusal{"number", "never"};
  }
  friend auto inspect(auto& f, picky& x) { return inspect_fields(f, {"number"}, x.number); }
};

simulator::model picky_model() {
  auto out = tally_model();
  simulator::simulated_protocol gathering{"gathering", [](const simulator::place&) {
                                            return simulator::offer{std::vector<protocol>{}, 0};
                                          }};
  gathering.settings<picky>();
  gathering.action<gather>([](const gather&, int) {});
  out.add(gathering);
  return out;
}

BOOST_AUTO_TEST_CASE(it_has_all_fields_of_scenarios) {
  auto all = schema_of(simulator::standard_model());
  BOOST_TEST(names_of(all) ==
             (names{"$schema", "byzantine", "check", "churn", "crypto", "flaky_links", "gossip",
                    "groups", "length_s", "line", "nats", "nemesis", "protocols", "redial_after_s",
                    "regions", "schedule", "seed", "topology", "variables"}));
  BOOST_TEST(all.at("required") == (json{"topology", "length_s"}));
  BOOST_TEST(all.at("additionalProperties") == false);
  const auto& line = all.at("properties").at("line").at("properties");
  BOOST_TEST(line.at("latency_ms").at("maximum") == 3'600'000);
  BOOST_TEST(line.at("latency_ms").at("default") == 0);
  BOOST_TEST(line.at("latency_ms").contains("description"));
  BOOST_TEST(!line.at("bytes_per_second").contains("default"));
  const auto grid = with_word(all.at("properties").at("topology"), "kind", "grid");
  BOOST_TEST(names_of(grid) == (names{"height", "kind", "width"}));
  BOOST_TEST(grid.at("required") == (json{"width", "height"}));
}

/// A bound that depends on another field is not the same in every file.
BOOST_AUTO_TEST_CASE(it_has_no_bound_of_one_file) {
  auto all = schema_of(simulator::standard_model());
  const auto step = with_word(all.at("properties").at("schedule").at("items"), "do", "publish");
  BOOST_TEST(step.at("properties").at("at_s").at("minimum") == 0);
  BOOST_TEST(!step.at("properties").at("at_s").contains("maximum"));
  BOOST_TEST(!all.at("properties").at("churn").at("properties").at("to_s").contains("default"));
  BOOST_TEST(!all.at("properties").at("nats").contains("maxItems"));
}

BOOST_AUTO_TEST_CASE(it_has_what_a_model_adds) {
  auto all = schema_of(tally_model());
  const auto& schedule = all.at("properties").at("schedule").at("items");
  const auto noted = with_word(schedule, "do", "note").at("properties");
  BOOST_TEST(noted.at("few").at("minimum") == 3);
  BOOST_TEST(noted.at("few").at("maximum") == 5);
  BOOST_TEST(noted.at("paint").at("anyOf")[0].at("enum") == (json{"red", "green"}));
  BOOST_TEST(noted.at("loud").at("type")[0] == "boolean");
  const auto earned = with_word(schedule, "do", "earn");
  BOOST_TEST(earned.at("properties").at("how_much").at("default") == 7);
  BOOST_TEST(earned.at("oneOf") == (json{{{"required", {"node"}}}, {{"required", {"nodes"}}}}));
  BOOST_TEST(names_of(all.at("properties").at("tally")) == (names{"paint", "ticks"}));
  BOOST_TEST(with_word(schedule, "do", "publish").empty());
}

/// A field whose examples are all refused hides none of those after it.
BOOST_AUTO_TEST_CASE(it_has_fields_of_which_no_example_is_right) {
  auto all = schema_of(picky_model());
  BOOST_TEST(names_of(all.at("properties").at("gathering")) == (names{"number"}));
  const auto gathered = with_word(all.at("properties").at("schedule").at("items"), "do", "gather");
  BOOST_TEST(names_of(gathered) ==
             (names{"at_s", "do", "every_s", "node", "nodes", "times", "until_s"}));
  BOOST_TEST(gathered.at("required") == (json{"at_s", "node", "nodes"}));
  BOOST_TEST(gathered.at("properties").at("do").at("description") == gather::about);
  BOOST_TEST(all.at("properties").contains("check"));
}

void collect(const json& from, std::set<std::string>& to) {
  if (from.is_object() && from.contains("description") && from["description"].is_string())
    to.insert(from["description"]);
  for (const auto& x : from)
    if (x.is_structured())
      collect(x, to);
}

BOOST_AUTO_TEST_CASE(each_meaning_belongs_to_a_field) {
  std::set<std::string> told;
  collect(schema_of(simulator::standard_model()), told);
  for (const auto& [field, meaning] : simulator::field_meanings())
    BOOST_TEST(told.contains(std::string{meaning}), field);
}

} // namespace

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
