// SPDX-License-Identifier: BSL-1.0
//
// Scenarios of a user's protocol.
#include "devp2p/simulator/model.hpp"

#include "parts.hpp"
#include "tally.hpp"

#include "devp2p/simulator/judge.hpp"
#include "devp2p/simulator/shrink.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <caf/all.hpp>

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <stdexcept>

namespace devp2p::test {

/// A message between the actors of a node.
struct journal_entry {
  std::string text = {};

  friend auto inspect(auto& f, journal_entry& x) { return inspect_fields(f, {"text"}, x.text); }
};

} // namespace devp2p::test

CAF_BEGIN_TYPE_ID_BLOCK(journal, ::devp2p::end_type_id)
CAF_ADD_TYPE_ID(journal, (devp2p::test::journal_entry))
CAF_END_TYPE_ID_BLOCK(journal)

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(model_test)

namespace {

namespace data = boost::unit_test::data;
using namespace std::chrono_literals;

const std::string begin = R"({"topology": {"kind": "ring", "nodes": 4}, "crypto": "none",
"line": {"latency_ms": 10}, "length_s": 10,
)";

expected<simulator::scenario, std::string> read(const std::string& rest) {
  return simulator::read_scenario(tally_model(), begin + rest + "}", "a.json", ".");
}

/// Returns the events that the protocol tells of, as `second:node:name:detail`.
std::vector<std::string> told(const outcome& of) {
  std::vector<std::string> out;
  for (const auto& x : of.events)
    if (x.what == simulator::event_kind::told)
      out.push_back(std::to_string(x.when / 1s) + ':' + std::to_string(x.node) + ':' + x.name +
                    ':' + x.detail);
  return out;
}

using lines = std::vector<std::string>;

const std::string full_note = R"({"at_s": 1, "do": "note", "node": 3, "to": 2, "others": [0, 1],
"number": 9007199254740992, "few": 4, "share": -0.5, "loud": true, "text": "hello",
"pause_s": 2.5, "reason": "useless peer", "paint": "green"})";

BOOST_AUTO_TEST_CASE(nodes_do_what_a_scenario_says) {
  auto what = read(R"("schedule": [{"at_s": 1, "do": "earn", "node": 1},
    {"at_s": 2, "do": "earn", "node": 2, "how_much": 20}])");
  BOOST_REQUIRE(bool{what});
  auto out = whole(*what, 1s);
  BOOST_TEST(told(out) == (lines{"1:1:sum:7", "1:0:sum:7", "1:2:sum:7", "2:2:sum:27", "2:1:sum:27",
                                 "2:3:sum:20"}));
  BOOST_TEST(to_json(out.events.back()) ==
             R"({"ns":2010000000,"node":3,"what":"sum","detail":"20"})");
}

BOOST_AUTO_TEST_CASE(a_crash_may_cost_the_disk) {
  const std::string earned = R"("schedule": [{"at_s": 1, "do": "earn", "node": 1},
    {"at_s": 2, "do": "crash", "node": 1)";
  const std::string again = R"(}, {"at_s": 3, "do": "start", "node": 1},
    {"at_s": 4, "do": "earn", "node": 1}])";
  auto last_of = [&](const std::string& disk) {
    const auto of = whole(*read(earned + disk + again), 1s);
    lines out;
    for (const auto& x : told(of))
      if (x.starts_with("4:1:"))
        out.push_back(x);
    return out;
  };
  BOOST_TEST(last_of("") == lines{"4:1:sum:14"});
  BOOST_TEST(last_of(R"(, "disk": "kept")") == lines{"4:1:sum:14"});
  BOOST_TEST(last_of(R"(, "disk": "lost")") == lines{"4:1:sum:7"});
}

/// Returns a scenario of four nodes, each of which tells of these fields when it starts.
simulator::scenario telling(const std::vector<simulator::event_field>& fields) {
  simulator::simulated_protocol out{"teller", [fields](const simulator::place& where) {
                                      where.tell_with("began", fields, 3);
                                      return simulator::offer{std::vector<protocol>{}, 0};
                                    }};
  simulator::model all;
  all.add(out);
  return *simulator::read_scenario(all, begin + R"("redial_after_s": 60})", "a.json", ".");
}

BOOST_AUTO_TEST_CASE(events_carry_fields) {
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  const auto what = telling({{"least", std::numeric_limits<std::int64_t>::min()},
                             {"most", most},
                             {"text", "a \"b\""},
                             {"digits", "12"}});
  const auto out = whole(what, 1s);
  const auto found = std::find_if(out.events.begin(), out.events.end(),
                                  [](const auto& x) { return x.name == "began"; });
  BOOST_REQUIRE((found != out.events.end()));
  BOOST_TEST(to_json(*found) == R"({"ns":0,"node":0,"what":"began","peer":3,"fields":)"
                                R"({"least":-9223372036854775808,"most":18446744073709551615,)"
                                R"("text":"a \"b\"","digits":"12"}})");
  BOOST_TEST(found->get<std::uint64_t>("most").value() == most);
  BOOST_TEST(!found->get<std::int64_t>("most"));
  BOOST_TEST(!found->get<std::uint64_t>("least"));
  BOOST_TEST(found->get<std::string>("text").value() == "a \"b\"");
  BOOST_TEST(!found->get<std::string>("most"));
  BOOST_TEST(!found->get<int>("digits"));
  BOOST_TEST(!found->get<int>("none"));
  const auto parts = in_parts(what, 2);
  BOOST_TEST((parts.events == out.events));
  BOOST_TEST(parts.hash == out.hash);
}

BOOST_AUTO_TEST_CASE(too_many_or_too_long_fields_end_the_run) {
  using field = simulator::event_field;
  std::vector<field> many;
  for (std::size_t i = 0; i <= field::max_fields; ++i)
    many.emplace_back("n" + std::to_string(i), i);
  const std::pair<std::vector<field>, std::string> wrong[] = {
    {many, "with 17 fields; there may be at most 16"},
    {{{"", 1}}, "with a field that has no name"},
    {{{std::string(65, 'x'), 1}}, "with 65 bytes in the name of a field; there may be at most 64"},
    {{{"x", std::string(1025, 'x')}}, "with 1025 bytes in the field x; there may be at most 1024"},
    {{{"x", 1}, {"x", "1"}}, "with two fields called x"}};
  for (const auto& x : wrong)
    BOOST_CHECK_EXCEPTION(
      (void)whole(telling(x.first), 1s), std::invalid_argument,
      [&](const auto& thrown) { return thrown.what() == "node 0 tells of \"began\" " + x.second; });
  many.pop_back();
  many.front() = {std::string(64, 'x'), std::string(1024, 'x')};
  BOOST_TEST(whole(telling(many), 1s).events.at(1).fields.size() == many.size());
}

BOOST_AUTO_TEST_CASE(a_part_says_what_its_protocol_did_wrong) {
  house here;
  const auto what = telling({{"x", 1}, {"x", 2}});
  simulator::shard_group run{here.system, what, 2, [](const auto&) {}};
  here.spawn_shard(what, 0, run);
  here.spawn_shard(what, 1, run);
  BOOST_REQUIRE(!run.gather(patience));
  std::optional<std::string> wrong;
  while (!wrong && !run.done())
    wrong = run.go_on({});
  BOOST_TEST(wrong.value_or("").find("tells of \"began\" with two fields called x") !=
               std::string::npos,
             wrong.value_or("nothing"));
}

BOOST_AUTO_TEST_CASE(a_crash_spares_the_disk_alone) {
  auto what = read(R"("tally": {"ticks": true}, "schedule": [
    {"at_s": 1, "do": "earn", "node": 0}, {"at_s": 2.5, "do": "crash", "node": 0},
    {"at_s": 4, "do": "earn", "node": 0}, {"at_s": 7, "do": "start", "node": 0},
    {"at_s": 9.5, "do": "earn", "node": 0}])");
  BOOST_REQUIRE(bool{what});
  lines found;
  for (const auto& x : told(whole(*what, 1s)))
    if (x.find(":0:") != x.npos)
      found.push_back(x);
  BOOST_TEST(found == (lines{"1:0:tick:", "1:0:sum:7",
                             "2:0:tick:", "8:0:tick:", "9:0:tick:", "9:0:sum:14", "10:0:tick:"}));
}

tally::behavior ignore(tally::handler_pointer, const tally::channel&) {
  return {[](const amount&) {}};
}

using journal = caf::typed_actor<caf::reacts_to<journal_entry>>;

/// Writes each entry down as bytes, as an actor that keeps messages does, and tells what it reads.
journal::behavior_type keep(journal::pointer self, const simulator::place& where) {
  return {[=](const journal_entry& x) {
    caf::binary_serializer::container_type written;
    caf::message read;
    auto failed = caf::binary_serializer{self->system(), written}(caf::make_message(x));
    if (!failed)
      failed = caf::binary_deserializer{self->system(), written}(read);
    // CAF writes nothing for a type that it does not know.
    auto known = !failed && read.match_elements<journal_entry>();
    where.tell("kept", known ? read.get_as<journal_entry>(0).text : "nothing");
  }};
}

simulator::model journal_model() {
  simulator::simulated_protocol out{"journal", [](const simulator::place& where) {
                                      auto helper = where.adopt(where.system().spawn(keep, where));
                                      auto talk = [helper](tally::handler_pointer self,
                                                           const tally::channel& link) {
                                        send_to(self, helper, journal_entry{"a session began"});
                                        return ignore(self, link);
                                      };
                                      return simulator::offer{tally::handled_by(talk), 0};
                                    }};
  simulator::model all;
  all.add(out);
  return all;
}

BOOST_AUTO_TEST_CASE(actors_send_each_other_messages_of_their_own_type) {
  auto kept = [](const simulator::model& known) {
    auto what = simulator::read_scenario(known, begin + R"("redial_after_s": 60})", "a.json", ".");
    BOOST_REQUIRE(bool{what});
    auto all = told(whole(*what, 1s));
    return lines{all.begin(), std::unique(all.begin(), all.end(), [](auto& x, auto& y) {
                   return x.substr(4) == y.substr(4);
                 })};
  };
  auto known = journal_model();
  BOOST_TEST(kept(known) == (lines{"0:0:kept:nothing"}));
  auto order = std::make_shared<std::string>();
  known.configure([=](caf::actor_system_config& x) {
    *order += 'a';
    add_blocks<caf::id_block::journal>(x);
  });
  known.configure([=](caf::actor_system_config&) { *order += 'b'; });
  BOOST_TEST(kept(known) == (lines{"0:0:kept:a session began"}));
  BOOST_TEST(*order == "ab");
}

BOOST_AUTO_TEST_CASE(what_is_written_after_a_crash_is_lost) {
  std::map<std::size_t, simulator::place> lives;
  simulator::simulated_protocol out{
    "late", [&](const simulator::place& where) {
      auto& disk = where.stored<std::uint64_t>();
      if (auto before = lives.find(where.node()); before != lives.end())
        before->second.stored<std::uint64_t>() = 99;
      lives.insert_or_assign(where.node(), where);
      where.tell("began", std::to_string(disk++) + " of " + std::to_string(where.nodes()));
      for (auto x : where.neighbours())
        where.tell("near", std::to_string(x));
      return simulator::offer{tally::handled_by(ignore), 0};
    }};
  simulator::model all;
  all.add(out);
  auto what = simulator::read_scenario(all, begin + R"("schedule": [
    {"at_s": 2, "do": "crash", "node": 3}, {"at_s": 2, "do": "start", "node": 3},
    {"at_s": 4, "do": "crash", "node": 3}, {"at_s": 5, "do": "start", "node": 3}]})",
                                       "a.json", ".");
  BOOST_REQUIRE(bool{what});
  lines found;
  for (const auto& x : told(whole(*what, 1s)))
    if (x.find(":3:") != x.npos)
      found.push_back(x);
  BOOST_TEST(found ==
             (lines{"0:3:began:0 of 4", "0:3:near:0", "0:3:near:2", "2:3:began:1 of 4",
                    "2:3:near:0", "2:3:near:2", "5:3:began:2 of 4", "5:3:near:0", "5:3:near:2"}));
}

BOOST_AUTO_TEST_CASE(an_action_may_have_fields_of_many_types) {
  auto what = read("\"schedule\": [" + full_note + ", " + full_note + "]");
  BOOST_REQUIRE(bool{what});
  const auto* found = simulator::get_if<note>(what->schedule.at(0).what);
  BOOST_REQUIRE(found != nullptr);
  BOOST_TEST(found->node.value == 3u);
  BOOST_TEST(found->to.value == 2u);
  BOOST_REQUIRE(found->others.size() == 2u);
  BOOST_TEST(found->others[1].value == 1u);
  BOOST_TEST(found->number == std::uint64_t{1} << 53);
  BOOST_TEST(found->few.value == 4u);
  BOOST_TEST(found->share == -0.5);
  BOOST_TEST(found->loud);
  BOOST_TEST(found->text == "hello");
  BOOST_TEST((found->pause == 2500ms));
  BOOST_TEST((found->reason == disconnect_reason::useless_peer));
  BOOST_TEST((found->paint == tint::green));
  BOOST_TEST(told(whole(*what, 1s)) == (lines{"1:3:noted:0hello", "1:3:noted:1hello"}));
  auto text = simulator::write_scenario(*what);
  auto again = simulator::read_scenario(tally_model(), text, "b.json", ".");
  BOOST_REQUIRE(bool{again});
  BOOST_TEST(simulator::write_scenario(*again) == text);
  BOOST_TEST((std::get<simulator::any_record>(again->schedule.at(0).what) ==
              std::get<simulator::any_record>(what->schedule.at(0).what)));
}

struct mistake {
  std::string rest;
  std::string told;

  friend std::ostream& operator<<(std::ostream& out, const mistake& x) { return out << x.told; }
};

/// Returns a schedule with the full note, in which `from` is replaced.
std::string spoilt(const std::string& from, const std::string& to) {
  auto out = full_note;
  return "\"schedule\": [" + out.replace(out.find(from), from.size(), to) + "]";
}

const std::vector<mistake> mistakes{
  {R"("schedule": [{"at_s": 1, "do": "earn"}])", "3: schedule[0].node: this field is missing"},
  {R"("schedule": [{"at_s": 1, "do": "earn", "node": 4}])",
   "3: schedule[0].node: 4 is not from 0 to 3"},
  {R"("schedule": [{"at_s": 1, "do": "earn", "node": 1, "how_much": 0}])",
   "3: schedule[0].how_much: 0 is not from 1 to 100"},
  {R"("schedule": [{"at_s": 1, "do": "earn", "node": 1, "size": 0}])",
   "3: schedule[0].size: unknown field; there may be: at_s, every_s, until_s, times, do, node, "
   "nodes, how_much"},
  {R"("schedule": [{"at_s": 1, "do": "publish", "node": 1}])",
   "3: schedule[0].do: \"publish\" is none of crash, start, freeze, thaw, stall, resume, separate, "
   "heal, cut, restart_nat, "
   "set_line, slow_down, speed_up, duplicate_messages, reorder_messages, skew_clock, reset_clock, "
   "earn, note"},
  {spoilt("\"to\": 2", "\"to\": 1"), "3: schedule[0].to: there is no link between 3 and 1"},
  {spoilt("[0, 1]", "[0, 4]"), "3: schedule[0].others: 4 is not from 0 to 3"},
  {spoilt("9007199254740992", "9007199254740993"),
   "4: schedule[0].number: 9007199254740993 is not from 0 to 9007199254740992"},
  {spoilt("\"few\": 4, ", ""), "5: schedule[0].few: this field is missing"},
  {spoilt("4, ", "6, "), "4: schedule[0].few: 6 is not from 3 to 5"},
  {spoilt("-0.5", "\"x\""), "4: schedule[0].share: a number must stand here"},
  {spoilt("true", "1"), "4: schedule[0].loud: true or false must stand here"},
  {spoilt("\"hello\"", "1"), "4: schedule[0].text: a text must stand here"},
  {spoilt("2.5", "10.5"), "5: schedule[0].pause_s: 10.5 is not from 0 to 10"},
  {spoilt("\"green\"", "\"blue\""), "5: schedule[0].paint: \"blue\" is none of red, green"},
  {R"("protocols": ["gossip"])", "3: protocols: there may only be tally"},
  {R"("tally": {"ticks": 0})", "3: tally.ticks: true or false must stand here"},
  {R"("tally": {})", "3: tally.ticks: this field is missing"},
  {R"("gossip": {})",
   "3: gossip: unknown field; there may be: seed, topology, groups, crypto, line, redial_after_s, "
   "nats, regions, length_s, protocols, byzantine, tally, schedule, churn, flaky_links, nemesis, "
   "check, variables, $schema"},
  {R"("check": [{"that": "all_heard"}])",
   "3: check[0].that: \"all_heard\" is none of all_linked, few_failed, few_ended"},
};

BOOST_DATA_TEST_CASE(a_mistake_is_told_with_its_line_and_field, data::make(mistakes)) {
  auto out = read(sample.rest);
  BOOST_REQUIRE(!out);
  BOOST_TEST(out.error() == "a.json:" + sample.told);
}

template <class Action>
simulator::simulated_protocol<int> with_action(const char* name) {
  simulator::simulated_protocol out{name, [](const simulator::place&) {
                                      return simulator::offer{std::vector<protocol>{}, 0};
                                    }};
  out.template action<Action>([](const Action&, int) {});
  return out;
}

struct thaw {
  static constexpr auto name = "thaw";
  simulator::node_number node = {};

  friend auto inspect(auto& f, thaw& x) { return inspect_fields(f, {"node"}, x.node); }
};
struct nobodys {
  static constexpr auto name = "nobodys";
  std::uint64_t number = 0;

  friend auto inspect(auto& f, nobodys& x) { return inspect_fields(f, {"number"}, x.number); }
};

BOOST_AUTO_TEST_CASE(a_name_stands_for_one_thing) {
  auto refused = [](auto add) {
    auto all = tally_model();
    try {
      add(all);
    } catch (const std::invalid_argument& x) {
      return std::string{x.what()};
    }
    return std::string{"accepted"};
  };
  using all = simulator::model;
  BOOST_TEST(refused([](all& x) { x.add(with_action<thaw>("other")); }) ==
             "there is an action called thaw already");
  BOOST_TEST(refused([](all& x) { x.add(with_action<earn>("other")); }) ==
             "there is an action called earn already");
  BOOST_TEST(refused([](all& x) { x.add(with_action<earn>("tally")); }) ==
             "there is a protocol called tally already");
  BOOST_TEST(refused([](all& x) { x.add(with_action<earn>("schedule")); }) ==
             "there is a field of scenarios called schedule already");
  BOOST_TEST(refused([](all& x) { x.add(simulator::check::few_failed{}); }) ==
             "there is a check called few_failed already");
  BOOST_TEST(refused([](all& x) { x.add(with_action<nobodys>("other")); }) ==
             "the action nobodys names no node that does it");
}

BOOST_AUTO_TEST_CASE(a_number_of_the_network_has_one_name_and_there_are_few) {
  simulator::model all;
  auto links = [](const simulator::network_view& x) { return x.links().links().size(); };
  for (std::size_t i = 0; i < simulator::model::max_observations; ++i) {
    all.observe("n" + std::to_string(i), links);
    BOOST_CHECK_THROW(all.observe("n0", links), std::invalid_argument);
  }
  BOOST_CHECK_THROW(all.observe("more", links), std::invalid_argument);
  simulator::network_view ring{*simulator::ring(4)};
  BOOST_TEST(all.observations().front().read(ring).value() == 4);
}

BOOST_AUTO_TEST_CASE(actions_shrink_with_their_nodes) {
  auto what = read("\"schedule\": [" + full_note + R"(, {"at_s": 3, "do": "earn", "node": 1}])");
  BOOST_REQUIRE(bool{what});
  // The earning is not needed, nor is the node that alone does it.
  auto fails = [](const simulator::scenario& x) {
    return std::any_of(x.schedule.begin(), x.schedule.end(), [](const auto& step) {
      const auto* found = simulator::get_if<note>(step.what);
      return found != nullptr && !found->others.empty();
    });
  };
  simulator::shrinker out{*what, fails, 1000};
  out.run([] { return true; });
  BOOST_REQUIRE(out.smallest().schedule.size() == 1u);
  const auto* left = simulator::get_if<note>(out.smallest().schedule[0].what);
  BOOST_REQUIRE(left != nullptr);
  BOOST_TEST(out.smallest().network.links.nodes == 3u);
  BOOST_TEST(simulator::find_link(out.smallest().network.links, left->node, left->to) != nullptr);
  BOOST_TEST(left->others.size() == 1u);
}

const std::string eventful =
  R"("tally": {"ticks": true, "paint": "green"}, "schedule": [
    {"at_s": 1, "do": "earn", "node": 1}, {"at_s": 2, "do": "crash", "node": 0},
    {"at_s": 3, "do": "earn", "node": 3}, {"at_s": 4, "do": "start", "node": 0},
    {"at_s": 6, "do": "note", "node": 0, "to": 1, "others": [], "number": 0, "few": 3, "share": 1,
     "loud": false, "text": "", "pause_s": 0, "reason": "useless peer"},
    {"at_s": 6, "do": "earn", "node": 0}])";

BOOST_AUTO_TEST_CASE(parts_have_the_outcome_of_the_whole) {
  auto what = read(eventful);
  BOOST_REQUIRE(bool{what});
  auto one = whole(*what, 10ms);
  BOOST_TEST(told(one).size() > 35u);
  for (std::size_t count : {1, 2, 4}) {
    auto parts = in_parts(*what, count);
    BOOST_TEST(parts.hash == one.hash);
    BOOST_TEST((parts.events == one.events));
  }
}

// Byzantine nodes

expected<simulator::scenario, std::string> read(const simulator::model& known,
                                                const std::string& rest) {
  return simulator::read_scenario(known, begin + rest + "}", "a.json", ".");
}

/// Another implementation of the same protocol, which answers each amount with a larger one.
simulator::simulated_protocol<int> forger() {
  auto forge = [](tally::handler_pointer self, const tally::channel& link) -> tally::behavior {
    return {[=](const amount& x) { link.send(self, amount{x.value * 100}); }};
  };
  return {"forger", [=](const simulator::place&) {
            return simulator::offer{tally::handled_by(forge), 0};
          }};
}

simulator::scenario with_forger() {
  auto known = tally_model();
  known.add(forger());
  auto out = read(known, R"("byzantine": [{"nodes": [1], "protocol": "forger"}], "schedule": [
    {"at_s": 1, "do": "earn", "node": 0}, {"at_s": 2, "do": "earn", "node": 1},
    {"at_s": 3, "do": "crash", "node": 1}, {"at_s": 4, "do": "start", "node": 1},
    {"at_s": 9, "do": "earn", "node": 2}])");
  BOOST_REQUIRE(bool{out});
  return *out;
}

BOOST_AUTO_TEST_CASE(byzantine_nodes_offer_a_protocol_of_their_own) {
  const auto what = with_forger();
  lines sums;
  const auto one = whole(what, 1s);
  for (const auto& x : one.events)
    if (x.name == "sum")
      sums.push_back(std::to_string(x.node) + ": " + x.detail);
  BOOST_TEST(sums == (lines{"0: 7", "3: 7", "0: 707", "2: 7", "3: 14", "2: 707"}),
             boost::test_tools::per_element());
  BOOST_TEST(in_parts(what, 2).hash == one.hash);
}

BOOST_AUTO_TEST_CASE(byzantine_nodes_shrink_to_those_that_matter) {
  auto what = with_forger();
  what.byzantine.front().nodes = {1, 2, 3};
  auto fails = [](const simulator::scenario& x) {
    return !x.byzantine.empty() && x.network.links.nodes > 2;
  };
  simulator::shrinker out{what, fails, 1000};
  out.run([] { return true; });
  BOOST_REQUIRE(out.smallest().byzantine.size() == 1u);
  BOOST_TEST(out.smallest().byzantine.front().nodes.size() == 1u);
  BOOST_TEST(out.smallest().network.links.nodes == 3u);
}

struct boast {
  static constexpr auto name = "boast";
  simulator::node_number node = {};

  friend auto inspect(auto& f, boast& x) { return inspect_fields(f, {"node"}, x.node); }
};

BOOST_AUTO_TEST_CASE(actions_shrink_with_their_protocol) {
  auto known = tally_model();
  auto boaster = forger();
  boaster.action<boast>([](const boast&, int) {});
  known.add(boaster);
  auto what = read(known, R"("byzantine": [{"nodes": [1], "protocol": "forger"}], "schedule": [
    {"at_s": 1, "do": "earn", "node": 0}, {"at_s": 2, "do": "boast", "node": 1}])");
  BOOST_REQUIRE(bool{what});
  // Both steps are needed as long as there is a byzantine node; all nodes are.
  std::size_t unreadable = 0;
  auto fails = [&](const simulator::scenario& x) {
    auto text = simulator::write_scenario(x);
    unreadable += simulator::read_scenario(known, text, "b.json", ".") ? 0 : 1;
    auto earns = std::any_of(x.schedule.begin(), x.schedule.end(), [](const auto& step) {
      return simulator::get_if<earn>(step.what) != nullptr;
    });
    return earns && x.network.links.nodes == 4 && (x.byzantine.empty() || x.schedule.size() == 2);
  };
  simulator::shrinker out{*what, fails, 1000};
  out.run([] { return true; });
  BOOST_TEST(unreadable == 0u);
  BOOST_TEST(out.smallest().byzantine.empty());
  BOOST_TEST(out.smallest().schedule.size() == 1u);
}

// Observations

BOOST_AUTO_TEST_CASE(numbers_are_observed_where_they_change) {
  auto what = read(tally_model(true), R"("schedule": [{"at_s": 1, "do": "earn", "node": 1},
    {"at_s": 2, "do": "crash", "node": 0}, {"at_s": 4, "do": "start", "node": 0},
    {"at_s": 9, "do": "earn", "node": 2}])");
  BOOST_REQUIRE(bool{what});
  lines found;
  for (const auto& x : whole(*what, 1s).events)
    if (x.value)
      found.push_back(to_json(x));
  BOOST_TEST(found == (lines{R"({"ns":1000000000,"node":1,"what":"total","value":7})",
                             R"({"ns":1010000000,"node":0,"what":"total","value":7})",
                             R"({"ns":1010000000,"node":2,"what":"total","value":7})",
                             R"({"ns":4000000000,"node":0,"what":"total","value":7})",
                             R"({"ns":9000000000,"node":2,"what":"total","value":14})",
                             R"({"ns":9010000000,"node":1,"what":"total","value":14})",
                             R"({"ns":9010000000,"node":3,"what":"total","value":7})"}));
}

BOOST_AUTO_TEST_CASE(to_observe_changes_nothing_else) {
  auto with = read(tally_model(true), eventful);
  auto without = read(eventful);
  BOOST_REQUIRE((with && without));
  for (caf::timespan slice : {caf::timespan{1ms}, caf::timespan{1h}}) {
    auto seen = whole(*with, slice);
    std::erase_if(seen.events, [](const auto& x) { return x.value.has_value(); });
    auto unseen = whole(*without, slice);
    BOOST_TEST((seen.events == unseen.events));
    BOOST_TEST((seen.traffic == unseen.traffic));
  }
  auto one = whole(*with, 10ms);
  for (std::size_t count : {1, 2, 4}) {
    auto parts = in_parts(*with, count);
    BOOST_TEST(parts.hash == one.hash);
    BOOST_TEST((parts.events == one.events));
  }
}

using ping_actor = caf::typed_actor<reacts_to<std::uint64_t>>;

/// Tells another actor, which it spawns only then, to count.
ticker::behavior_type delegate(ticker::pointer self, std::shared_ptr<std::uint64_t> count) {
  send_later_to(self, 1s, ticker{self}, resume_atom_v);
  return {[=](resume_atom) {
    auto by = self->spawn([count](ping_actor::pointer) -> ping_actor::behavior_type {
      return {[count](std::uint64_t x) { *count += x; }};
    });
    send_later_to(self, 1s, by, std::uint64_t{3});
  }};
}

BOOST_AUTO_TEST_CASE(actors_that_actors_spawn_are_seen_too) {
  simulator::simulated_protocol out{"far", [](const simulator::place& where) {
                                      auto count = std::make_shared<std::uint64_t>(0);
                                      where.adopt(where.system().spawn(delegate, count));
                                      return simulator::offer{tally::handled_by(ignore), count};
                                    }};
  out.observe("far", [](const std::shared_ptr<std::uint64_t>& x) { return *x; });
  simulator::model all;
  all.add(out);
  auto what = read(all, R"("seed": 1)");
  BOOST_REQUIRE(bool{what});
  lines found;
  for (const auto& x : whole(*what, 1h).events)
    if (x.value && x.node == 2)
      found.push_back(to_json(x));
  BOOST_TEST(found == (lines{R"({"ns":0,"node":2,"what":"far","value":0})",
                             R"({"ns":2000000000,"node":2,"what":"far","value":3})"}));
}

// Checks of a user

/// No sum is above 20 at any time; in the end all are the same; and none goes down.
simulator::model judged_model() {
  auto out = tally_model(true);
  auto of = [](const simulator::network_view& all, std::size_t node) {
    return all.number(node, "total").value_or(0);
  };
  out.check("small", simulator::always, [=](const simulator::network_view& all) -> std::string {
    for (std::size_t i = 0; i < all.nodes(); ++i)
      if (of(all, i) > 20)
        return "node " + std::to_string(i) + " has " + std::to_string(of(all, i));
    return {};
  });
  out.check(
    "alike", simulator::at_end,
    [=](const simulator::network_view& all) {
      for (std::size_t i = 1; i < all.nodes(); ++i)
        if (of(all, i) != of(all, 0))
          return false;
      return true;
    },
    "not all nodes have the same");
  out.check_events("few_ticks", [] {
    return [count = 0](const simulator::event& x, const simulator::network_view&) mutable {
      count += x.name == "tick" ? 1 : 0;
      return count <= 9 ? std::string{} : "node " + std::to_string(x.node) + " is the tenth";
    };
  });
  return out;
}

std::string first_complaint(const std::string& rest) {
  auto what = read(judged_model(), rest);
  if (!what)
    return what.error();
  auto all = simulator::try_out(*what, [] { return true; });
  BOOST_REQUIRE(bool{all});
  auto found =
    std::find_if(all->begin(), all->end(), [](const auto& x) { return !x.complaint.empty(); });
  return found != all->end() ? found->complaint : "";
}

const std::string all_checks =
  R"("check": [{"that": "small"}, {"that": "alike"}, {"that": "few_ticks"}])";

BOOST_AUTO_TEST_CASE(checks_of_a_user_are_made) {
  // Each node earns, and tells both of its neighbours, so that each has three times as much.
  BOOST_TEST(first_complaint(R"("schedule": [{"at_s": 1, "do": "earn", "node": 0, "how_much": 5},
    {"at_s": 2, "do": "earn", "node": 1, "how_much": 5},
    {"at_s": 3, "do": "earn", "node": 2, "how_much": 5},
    {"at_s": 4, "do": "earn", "node": 3, "how_much": 5}], )" +
                             all_checks) == "");
  BOOST_TEST(first_complaint(R"("schedule": [{"at_s": 1, "do": "earn", "node": 0}], )" +
                             all_checks) == "alike: not all nodes have the same");
  // A sum that is too large for half a second is found; what comes after it is not judged.
  BOOST_TEST(first_complaint(R"("schedule": [{"at_s": 1.5, "do": "earn", "node": 0, "how_much": 21},
    {"at_s": 2, "do": "crash", "node": 0}], )" +
                             all_checks) == "small: after 1.5 s, node 0 has 21");
  BOOST_TEST(first_complaint(R"("tally": {"ticks": true}, )" + all_checks) ==
             "few_ticks: after 3 s, node 1 is the tenth");
  // In the last moment, too.
  BOOST_TEST(first_complaint(R"("schedule": [{"at_s": 10, "do": "earn", "node": 3, "how_much": 21}],
    "check": [{"that": "small"}])") == "small: after 10 s, node 3 has 21");
  BOOST_TEST(first_complaint(R"("check": [{"that": "small", "most": 1}])") ==
             "a.json:3: check[0].most: unknown field; there may be: that");
}

BOOST_AUTO_TEST_CASE(a_judge_stops_at_the_end_of_the_moment) {
  auto what = *read(judged_model(), R"("check": [{"that": "small"}])");
  simulator::judge subject{what};
  auto total = [](caf::timespan when, std::size_t node, std::int64_t value) {
    return simulator::event{.when = when,
                            .node = node,
                            .what = simulator::event_kind::told,
                            .name = "total",
                            .value = value};
  };
  // The order within a moment is not that in which things happened.
  BOOST_TEST(subject.add(total(1s, 0, 21)));
  BOOST_TEST(subject.add(total(1s, 0, 20)));
  BOOST_TEST(subject.add(total(2s, 1, 30)));
  BOOST_TEST(subject.add(total(2s, 2, 40)));
  BOOST_TEST(!subject.stopped());
  BOOST_TEST(!subject.add(total(3s, 1, 0)));
  BOOST_TEST((subject.stopped() == 2s));
  BOOST_TEST(subject.verdicts(10s).at(0).complaint == "small: after 2 s, node 1 has 30");
}

BOOST_AUTO_TEST_CASE(a_judge_stops_without_a_later_event) {
  auto what = *read(judged_model(), R"("check": [{"that": "small"}])");
  simulator::judge subject{what};
  subject.pass(1s);
  BOOST_TEST(subject.add(
    {.when = 2s, .node = 1, .what = simulator::event_kind::told, .name = "total", .value = 30}));
  subject.pass(2s); // The moment may go on.
  BOOST_TEST(!subject.stopped());
  subject.pass(2s + 1ns);
  BOOST_TEST((subject.stopped() == 2s));
  // A run that has a long time to go ends soon.
  auto still = *read(judged_model(), R"("check": [{"that": "small"}], "schedule": [
    {"at_s": 1, "do": "earn", "node": 0, "how_much": 50}])");
  std::size_t looks = 0;
  auto all = simulator::try_out(still, [&] { return ++looks > 0; });
  BOOST_TEST(all->at(0).complaint == "small: after 1 s, node 0 has 50");
  BOOST_TEST(looks <= 2u);
}

BOOST_AUTO_TEST_CASE(what_must_always_hold_is_found_and_made_small) {
  auto what = read(judged_model(), R"("tally": {"ticks": true}, "schedule": [
    {"at_s": 1, "do": "earn", "node": 0}, {"at_s": 2, "do": "earn", "node": 1},
    {"at_s": 3, "do": "crash", "node": 3}, {"at_s": 4, "do": "earn", "node": 2},
    {"at_s": 5, "do": "start", "node": 3}, {"at_s": 6, "do": "earn", "node": 0}],
    "check": [{"that": "small"}])");
  BOOST_REQUIRE(bool{what});
  auto fails = [](const simulator::scenario& x) {
    return !simulator::try_out(x, [] { return true; })->at(0).complaint.empty();
  };
  BOOST_REQUIRE(fails(*what));
  simulator::shrinker out{*what, fails, 1000};
  out.run([] { return true; });
  // Three times 7 is more than 20.
  BOOST_TEST(out.smallest().schedule.size() == 3u);
  BOOST_TEST(out.smallest().network.links.nodes <= 2u);
  auto text = simulator::write_scenario(out.smallest());
  BOOST_TEST(fails(*simulator::read_scenario(judged_model(), text, "b.json", ".")));
}

} // namespace

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
