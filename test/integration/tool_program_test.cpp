// SPDX-License-Identifier: BSL-1.0
//
// A user's simulator has the command line of `devp2p simulate`: the example of the banks.
#include "tool.hpp"

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(tool_program_test)

namespace {

struct bank : tool {
  explicit bank(std::vector<std::string> arguments)
    : tool(std::move(arguments), "", "", DEVP2P_BANK) {}
};

const std::string forgetful = DEVP2P_BANK_SCENARIOS "/forgetful.json";
const std::string sound = DEVP2P_BANK_SCENARIOS "/sound.json";

/// Returns the data of a report.
json data_of(const std::string& page) {
  auto text = joined(lines_of(page));
  const std::string begin = R"(<script type="application/json" id="data">)";
  auto from = text.find(begin);
  BOOST_REQUIRE(from != text.npos);
  from += begin.size();
  return json::parse(text.substr(from, text.find("</script>", from) - from));
}

BOOST_FIXTURE_TEST_CASE(a_breach_stops_any_number_of_processes_at_the_same_event, scenario_folder) {
  std::string sum;
  std::string events;
  std::string trace;
  for (const std::string count : {"", "1", "2", "4"}) {
    auto folder = directory / ("out" + count);
    std::vector<std::string> arguments{forgetful, "--seed", "7", "--out", folder};
    if (!count.empty())
      arguments.insert(arguments.end(), {"--shards", count});
    bank run{arguments};
    auto printed = joined(run.rest());
    BOOST_TEST(run.status() == 3);
    BOOST_REQUIRE(run.errors().size() == 2u);
    BOOST_TEST(run.errors()[0].starts_with("bank: no_money_is_made: after "));
    BOOST_TEST(
      run.errors()[1].starts_with("bank: " + folder + "/trace.txt tells what happened at"));
    auto happened = lines_of(folder + "/events.jsonl");
    if (count.empty()) {
      sum = printed;
      events = joined(happened);
      auto all = json::parse(sum);
      BOOST_TEST(all["partial"] == true);
      BOOST_TEST(all["virtual_seconds"] < 60);
      BOOST_TEST(all["events"]["balance"] > 5);
      BOOST_TEST(all["network_observations"]["money"]["last"] ==
                 all["observations"]["balance"]["sum"]);
      BOOST_TEST(all["network_observations"]["money"]["largest"] > 500);
      BOOST_TEST(all["network_observations"]["money"]["least"] < 500);
      BOOST_TEST(!all.contains("hash"));
      BOOST_TEST(all["checks"][0]["that"] == "no_money_is_made");
      BOOST_TEST(all["checks"][0]["holds"] == false);
      // The event that is too much is the last one.
      auto last = json::parse(happened.back());
      BOOST_TEST(last["what"] == "balance");
      BOOST_TEST(last["ns"].get<double>() / 1e9 == all["virtual_seconds"]);
    }
    BOOST_TEST(printed == sum);
    BOOST_TEST((joined(happened) == events));
    auto page = data_of(folder + "/report.html");
    // Time ends where the check stopped it.
    BOOST_TEST(page["summary"]["virtual_seconds"] == json::parse(sum)["virtual_seconds"]);
    const auto& series = page["series"];
    const auto buckets = static_cast<double>(series["messages"].size());
    BOOST_TEST((buckets - 1) * series["seconds_each"].get<double>() <
               page["summary"]["virtual_seconds"].get<double>());
    const auto& money = page["network_observed"].at(0);
    BOOST_TEST(money["value"].back() == json::parse(sum)["network_observations"]["money"]["last"]);
    BOOST_TEST(page["summary"]["messages"]["handled"] > 0, "the page needs all figures");
    auto lines = lines_of(folder + "/trace.txt");
    BOOST_TEST("bank: " + lines.at(0) == run.errors()[0]);
    auto told = joined(lines);
    if (trace.empty())
      trace = told;
    BOOST_TEST(told == trace);
    BOOST_TEST(page["trace"]["rows"].size() == lines.size() - 5);
  }
}

BOOST_FIXTURE_TEST_CASE(a_run_that_holds_leaves_no_trace, scenario_folder) {
  auto out = directory / "out";
  BOOST_TEST((bank{{forgetful, "--seed", "7", "--out", out}}.status() == 3));
  BOOST_TEST(std::filesystem::exists(out + "/trace.txt"));
  BOOST_TEST((bank{{sound, "--seed", "7", "--out", out}}.status() == 0));
  BOOST_TEST(!std::filesystem::exists(out + "/trace.txt"));
}

BOOST_FIXTURE_TEST_CASE(runs_are_compared, scenario_folder) {
  auto run = [&](const std::string& name, const std::string& file, const std::string& seed) {
    bank out{{file, "--seed", seed, "--out", directory / name}};
    (void)out.rest();
  };
  run("a", forgetful, "7");
  run("same", forgetful, "7");
  run("b", sound, "7");
  bank same{{"--compare", directory / "a", directory / "same"}};
  auto text = joined(same.rest());
  BOOST_TEST(same.status() == 0);
  BOOST_TEST(text.find("The summaries are the same.") != text.npos);
  BOOST_TEST(text.find("The events are the same.") != text.npos);
  bank apart{{"--compare", directory / "a", directory / "b"}};
  text = joined(apart.rest());
  BOOST_TEST(apart.status() == 3);
  BOOST_TEST(apart.errors().empty());
  for (const auto* x :
       {"parameters.bank.forgetful ", "checks.no_money_is_made ", "observations.balance.sum ",
        "network_observations.money.last ", "The events are the same before line "})
    BOOST_TEST(text.find(x) != text.npos, x << " in " << text);
  bank as_json{{"--compare", directory / "a", directory / "b", "--json"}};
  auto all = json::parse(joined(as_json.rest()));
  BOOST_TEST(all["same"] == false);
  // The line is the first one that differs, and both events are those of the files.
  auto line = all["first_divergence"]["line"].get<std::size_t>();
  auto first = lines_of(directory / "a/events.jsonl");
  auto second = lines_of(directory / "b/events.jsonl");
  for (std::size_t i = 0; i + 1 < line; ++i)
    BOOST_TEST(first.at(i) == second.at(i));
  BOOST_TEST(all["first_divergence"]["first"] == json::parse(first.at(line - 1)));
  BOOST_TEST(all["first_divergence"]["second"] == json::parse(second.at(line - 1)));
  BOOST_TEST(first.at(line - 1) != second.at(line - 1));
  // One run that ends where another goes on.
  std::ofstream{directory / "same/events.jsonl"} << first.at(0) << '\n';
  bank shorter{{"--compare", directory / "a", directory / "same"}};
  text = joined(shorter.rest());
  BOOST_TEST(shorter.status() == 3);
  BOOST_TEST(text.find("B: no more events") != text.npos);
}

BOOST_FIXTURE_TEST_CASE(what_is_no_run_cannot_be_compared, scenario_folder) {
  auto out = directory / "out";
  BOOST_TEST((bank{{sound, "--out", out}}.status() == 0));
  auto refused = [&](const std::string& other) {
    bank run{{"--compare", out, other}};
    BOOST_TEST(run.rest().empty());
    BOOST_TEST(run.status() == 2);
    return joined(run.errors());
  };
  BOOST_TEST(refused(directory / "none") ==
             "bank: " + (directory / "none/summary.json") +
               ": cannot be read: No such file or directory; --compare needs folders that --out "
               "has written\n");
  std::filesystem::create_directories(directory / "folder/summary.json");
  BOOST_TEST(refused(directory / "folder").find("Is a directory") != std::string::npos);
  std::filesystem::create_directory(directory / "text");
  for (const auto* text : {"", "{}", "no JSON", "[1]"}) {
    std::ofstream{directory / "text/summary.json"} << text;
    BOOST_TEST(refused(directory / "text") == "bank: " + (directory / "text/summary.json") +
                                                ": is not the summary of a simulation\n");
  }
  std::filesystem::copy(out, directory / "long");
  std::ofstream{directory / "long/events.jsonl"} << std::string(2 << 20, 'x');
  BOOST_TEST(refused(directory / "long").find("events.jsonl:1: ") != std::string::npos);
  bank both{{"--compare", out, out, sound}};
  BOOST_TEST(both.rest().empty());
  BOOST_TEST(both.status() == 2);
}

BOOST_FIXTURE_TEST_CASE(mistakes_name_the_program_and_the_field, scenario_folder) {
  auto file = write(R"({"topology": {"kind": "ring", "nodes": 3}, "length_s": 1,
    "schedule": [{"at_s": 0, "do": "pay", "node": 0, "to": 3}]})");
  bank run{{file}};
  BOOST_TEST(run.rest().empty());
  BOOST_TEST(run.status() == 2);
  BOOST_TEST(joined(run.errors()) ==
             "bank: " + file + ":2: schedule[0].to: 3 is not from 0 to 2\n");
  bank nothing{{}};
  BOOST_TEST(nothing.rest().empty());
  BOOST_TEST(nothing.status() == 2);
  BOOST_TEST(joined(nothing.errors()) == "bank: FILE is required (--help says more)\n");
}

BOOST_AUTO_TEST_CASE(a_program_describes_its_own_files) {
  bank schema{{"--schema"}};
  auto all = json::parse(joined(schema.rest()));
  BOOST_TEST(schema.status() == 0);
  auto text = all["properties"]["schedule"].dump();
  BOOST_TEST(text.find("\"pay\"") != text.npos);
  BOOST_TEST(text.find("\"publish\"") == text.npos);
  bank checked{{forgetful, "--check"}};
  BOOST_TEST(joined(checked.rest()).starts_with(forgetful + ": "));
  BOOST_TEST(checked.status() == 0);
  bank both{{forgetful, "--schema"}};
  BOOST_TEST(both.rest().empty());
  BOOST_TEST(joined(both.errors()) == "bank: FILE excludes --schema (--help says more)\n");
}

BOOST_FIXTURE_TEST_CASE(a_seed_that_is_found_is_told_with_what_is_set, scenario_folder) {
  bank search{{forgetful, "--seeds", "7..9", "--set", "check[0].that=no_money_is_made", "--set",
               "length_s=60"}};
  BOOST_TEST(joined(search.rest()) ==
             "bank " + forgetful +
               " --set 'check[0].that=no_money_is_made' --set length_s=60 --seed 7 runs it again; "
               "--shrink looks for a smaller scenario\n");
  BOOST_TEST(search.status() == 3);
}

BOOST_FIXTURE_TEST_CASE(a_seed_that_is_found_is_told_with_the_call, scenario_folder) {
  bank run{{forgetful, "--seeds", "7..9"}};
  BOOST_TEST(joined(run.rest()) ==
             "bank " + forgetful +
               " --seed 7 runs it again; --shrink looks for a smaller scenario\n");
  BOOST_TEST(run.status() == 3);
}

} // namespace

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
