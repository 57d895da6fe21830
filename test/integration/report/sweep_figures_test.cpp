// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/program/sweep.hpp"

#include <boost/test/unit_test.hpp>

#include <sstream>
#include <string>
#include <vector>

namespace devp2p::tool {
BOOST_AUTO_TEST_SUITE(sweep_figures_test)

namespace {

using json = nlohmann::ordered_json;

std::vector<std::string> values_of(std::string_view text) {
  auto parsed = swept_field::parse(text);
  return parsed ? parsed->values : std::vector<std::string>{};
}

json summary(double seconds, bool holds) {
  return {{"seed", 3},
          {"messages", {{"handled", seconds * 10}}},
          {"observations", {{"balance", {{"least", 0}, {"middle", seconds}}}}},
          {"checks", {{{"that", "sound"}, {"holds", holds}}}}};
}

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream in{text};
  std::vector<std::string> out;
  for (std::string line; std::getline(in, line);)
    out.push_back(line);
  return out;
}

} // namespace

BOOST_AUTO_TEST_CASE(the_values_of_a_field_are_separated_by_commas) {
  auto all = swept_field::parse("line.latency_ms=10,50,2e2");
  BOOST_REQUIRE(all);
  BOOST_TEST(all->name == "line.latency_ms");
  BOOST_TEST(all->values == (std::vector<std::string>{"10", "50", "2e2"}));
  BOOST_TEST(values_of("x=1") == std::vector<std::string>{"1"});
  BOOST_TEST(values_of("x=a=b,c") == (std::vector<std::string>{"a=b", "c"}));
}

BOOST_AUTO_TEST_CASE(a_comma_inside_a_value_separates_nothing) {
  BOOST_TEST(values_of("x=[1,2],[3]") == (std::vector<std::string>{"[1,2]", "[3]"}));
  BOOST_TEST(values_of(R"(x={"a": [1, 2], "b": 3},{"a": 4})") ==
             (std::vector<std::string>{R"({"a": [1, 2], "b": 3})", R"({"a": 4})"}));
  BOOST_TEST(values_of(R"(x="a,b]","c")") == (std::vector<std::string>{R"("a,b]")", R"("c")"}));
}

BOOST_AUTO_TEST_CASE(what_is_no_list_of_values_is_refused) {
  for (auto text : {"", "x", "=1", "x=", "x=1,", "x=,1", "x=1,,2", "x=1,2,1"})
    BOOST_TEST(!swept_field::parse(text), text);
}

BOOST_AUTO_TEST_CASE(the_last_field_changes_first) {
  auto all = combinations({{"a", {"1", "2"}}, {"b", {"x", "y", "z"}}});
  BOOST_REQUIRE(all.size() == 6u);
  std::string text;
  for (const auto& set : all) {
    for (const auto& x : set)
      text += x.field + x.value;
    text += ' ';
  }
  BOOST_TEST(text == "a1bx a1by a1bz a2bx a2by a2bz ");
}

BOOST_AUTO_TEST_CASE(the_median_of_an_even_number_is_between_two) {
  BOOST_TEST((range_of_runs({3}) == figure_range{3, 3, 3, 1}));
  BOOST_TEST((range_of_runs({9, 1, 2}) == figure_range{2, 1, 9, 3}));
  BOOST_TEST((range_of_runs({4, 1, 2, 9}) == figure_range{3, 1, 9, 4}));
}

BOOST_AUTO_TEST_CASE(figures_are_the_numbers_of_a_summary) {
  auto found = figures_of({{"parameters", {{"version", 3}}},
                           {"seed", 7},
                           {"hash", "ab"},
                           {"partial", false},
                           {"messages", {{"sent", 10}, {"handled", 9}}},
                           {"rumours",
                            {{{"rumour", 0}, {"seconds_to_100", 1}},
                             {{"rumour", 1}, {"seconds_to_100", nullptr}},
                             {{"rumour", 2}, {"seconds_to_100", 3}}}}});
  BOOST_TEST(found.size() == 3u);
  BOOST_TEST(found.at("messages.sent") == 10.0);
  BOOST_TEST(found.at("messages.handled") == 9.0);
  BOOST_TEST(found.at("rumours.seconds_to_100") == 2.0);
}

BOOST_AUTO_TEST_CASE(a_table_has_a_line_for_each_combination) {
  sweep_table subject{{{"a", {"1", "2"}}, {"b", {"x"}}}};
  subject.add({0, 1}, summary(1, true));
  subject.add({0, 2}, summary(4, false));
  subject.add({0, 3}, summary(2, true));
  BOOST_TEST(subject.failed() == 1u);
  auto text = lines_of(subject.text());
  BOOST_REQUIRE(text.size() == 3u);
  BOOST_TEST(text[0] == "a  b  runs  failed  balance   messages.handled");
  BOOST_TEST(text[1] == "1  x  3     1       2 (1..4)  20 (10..40)");
  BOOST_TEST(text[2] == "2  x  0     0       -         -");
}

BOOST_AUTO_TEST_CASE(what_is_observed_of_the_network_is_told_first) {
  sweep_table subject{{{"a", {"1"}}}};
  auto of = summary(3, true);
  of["network_observations"] = {{"money", {{"last", 500}, {"least", 400}, {"largest", 600}}}};
  subject.add({0, 1}, of);
  auto text = lines_of(subject.text());
  BOOST_REQUIRE(text.size() == 2u);
  BOOST_TEST(text[0] == "a  runs  failed  money  balance  messages.handled");
  BOOST_TEST(text[1] == "1  1     0       500    3        30");
}

BOOST_AUTO_TEST_CASE(a_file_of_figures_quotes_what_has_commas) {
  sweep_table subject{{{"a", {"[1,\"2\"]"}}}};
  subject.add({0, 1}, summary(2.05, true));
  auto lines = lines_of(subject.csv());
  BOOST_REQUIRE(lines.size() == 2u);
  BOOST_TEST(lines[0].starts_with("a,runs,failed,messages.handled median,messages.handled min,"
                                  "messages.handled max,messages.handled runs,observations."));
  BOOST_TEST(lines[1] == "\"[1,\"\"2\"\"]\",1,0,20.5,20.5,20.5,1,0,0,0,1,2.05,2.05,2.05,1\r");
}

BOOST_AUTO_TEST_CASE(the_page_has_the_seeds_that_fail) {
  sweep_table subject{{{"a", {"1", "2"}}}};
  subject.add({1, 5}, summary(1, false));
  auto all = subject.to_json();
  BOOST_TEST(all["cells"][0]["runs"] == 0);
  BOOST_TEST(all["cells"][1]["failed"] == json::array({5}));
  BOOST_TEST(all["cells"][1]["figures"]["messages.handled"] == json::array({10, 10, 10, 1}));
}

BOOST_AUTO_TEST_CASE(what_a_summary_does_not_count_is_zero) {
  sweep_table subject{{{"a", {"1", "2"}}}};
  subject.add({0, 1}, {{"events", {{"cut", 4}}}, {"rumours", {{{"seconds", 2}}}}});
  subject.add({0, 2}, {{"events", json::object()}});
  subject.add({1, 1}, {{"events", json::object()}});
  auto cells = subject.to_json()["cells"];
  BOOST_TEST(cells[0]["figures"]["events.cut"] == json::array({2, 0, 4, 2}));
  BOOST_TEST(cells[1]["figures"]["events.cut"] == json::array({0, 0, 0, 1}));
  // Other figures are known of some runs only, and the table says of how many.
  BOOST_TEST(cells[0]["figures"]["rumours.seconds"] == json::array({2, 2, 2, 1}));
  BOOST_TEST(!cells[1]["figures"].contains("rumours.seconds"));
}

BOOST_AUTO_TEST_CASE(the_seeds_that_fail_are_in_order) {
  sweep_table subject{{{"a", {"1"}}}};
  for (auto seed : {5, 2, 9})
    subject.add({0, static_cast<std::uint64_t>(seed)}, summary(1, false));
  BOOST_TEST(subject.to_json()["cells"][0]["failed"] == json::array({2, 5, 9}));
}

BOOST_AUTO_TEST_CASE(combinations_are_counted_before_they_are_made) {
  swept_field many{"a", std::vector<std::string>(5000)};
  BOOST_TEST(count_of_combinations({many}) == 5000u);
  BOOST_TEST(count_of_combinations({many, many, many, many, many}) > max_sweep_runs);
}

BOOST_AUTO_TEST_SUITE_END()
} // namespace devp2p::tool
