// SPDX-License-Identifier: BSL-1.0
//
// The published scenarios of a dial scheduler, which has no back-off. Where our rules differ, the
// case says so.
#include "peering_fixture.hpp"

#include <algorithm>
#include <set>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(dial_scenarios_test)

using namespace std::chrono_literals;

namespace {

using numbers = std::vector<std::uint64_t>;

/// The rounds of one scenario, 16 s apart.
class played_scenario {
public:
  /// `floor` is the time that the owner lets pass after each ending.
  explicit played_scenario(const nlohmann::json& scenario, std::chrono::seconds floor = {})
    : floor_(floor),
      of_(scenario["max_dial"], scenario["max_active"]) {
    for (const auto& round : scenario["rounds"])
      BOOST_TEST_CONTEXT(round.dump()) {
        play(round);
        of_.now += 16s;
      }
  }

private:
  struct scenario_plan : planned {
    scenario_plan(std::size_t max_dial, std::size_t max_active)
      : planned(limits_of(max_dial, max_active)) {}
  };

  void play(const nlohmann::json& round) {
    for (const auto& each : round.value("connected", nlohmann::json::array()))
      of_.connect(each[0]);
    end_dials(round, "succeeded", [&](auto number) { of_.connect(number); });
    end_dials(round, "failed", [&](auto number) { of_.fail(number, floor_); });
    for (auto number : numbers_at(round, "removed"))
      of_.drop(number, floor_);
    if (round.value("note", "").find("came in by itself") != std::string::npos)
      of_.connect(*statics_.begin(), true);
    for (auto number : numbers_at(round, "add_static")) {
      of_.plan.add_static(numbered_node(number), of_.now);
      statics_.insert(number);
    }
    for (auto number : numbers_at(round, "remove_static"))
      of_.plan.remove(numbered_id(number), of_.now);
    for (auto number : numbers_at(round, "discovered"))
      of_.offer(number);
    check(round, of_.dials());
  }

  static numbers numbers_at(const nlohmann::json& round, const char* key) {
    return round.value(key, numbers{});
  }

  /// Ends those dials, or that number of them.
  template <class Function>
  void end_dials(const nlohmann::json& round, const char* key, Function f) {
    if (!round.contains(key))
      return;
    numbers ended;
    if (round[key].is_number())
      ended.assign(dialling_.begin(), dialling_.begin() + round[key].get<int>());
    else
      ended = round[key].get<numbers>();
    for (auto number : ended) {
      BOOST_TEST(std::erase(dialling_, number) == 1u);
      f(number);
    }
  }

  void check(const nlohmann::json& round, const numbers& dials) {
    if (round.contains("dials")) {
      // Static nodes are dialled in any order.
      auto set_of = [](const numbers& x) { return std::set(x.begin(), x.end()); };
      BOOST_TEST(set_of(dials) == set_of(round["dials"].get<numbers>()),
                 boost::test_tools::per_element());
    }
    if (round.contains("dials_count"))
      BOOST_TEST(dials.size() == round["dials_count"].get<std::size_t>());
    if (auto among = numbers_at(round, "dials_of"); !among.empty())
      for (auto number : dials)
        BOOST_TEST(std::count(among.begin(), among.end(), number) == 1);
    dialling_.insert(dialling_.end(), dials.begin(), dials.end());
    for (auto number : dials)
      statics_.erase(number);
    // Peers of the beginning.
    statics_.erase(1);
    statics_.erase(2);
  }

  std::chrono::seconds floor_;
  scenario_plan of_;
  numbers dialling_;
  /// Static nodes that were not dialled yet.
  std::set<std::uint64_t> statics_;
};

const nlohmann::json& published_scenario(const char* name) {
  return dial_vectors()["dial_scenarios"]["scenarios"][name];
}

} // namespace

BOOST_AUTO_TEST_CASE(all_published_scenarios_are_played) {
  BOOST_TEST(dial_vectors()["dial_scenarios"]["scenarios"].size() == 5u);
}

BOOST_AUTO_TEST_CASE(candidates_take_the_places_that_are_free) {
  // Published: a candidate that has failed, or was a peer, is forgotten. Ours: it is kept, and its
  // owner lets 35 s pass after each ending, so that the same ones are dialled in these rounds.
  played_scenario{published_scenario("dynamic"), 35s};
}

BOOST_AUTO_TEST_CASE(static_nodes_take_the_places_that_are_free) {
  // The plan resolves nothing: an endpoint comes from an offer. What stands at `resolves` is the
  // business of the plan's owner.
  // A peer that has left is dialled at once there; here its owner sets no back-off.
  played_scenario{published_scenario("static")};
}

BOOST_AUTO_TEST_CASE(a_static_node_that_was_removed_is_not_dialled) {
  played_scenario{published_scenario("remove_static")};
}

BOOST_AUTO_TEST_CASE(a_static_node_is_dialled_again_when_its_history_is_over) {
  // The history lasts 35 s and up to 10 s more, by chance; three rounds are 48 s.
  played_scenario{published_scenario("history")};
}

BOOST_AUTO_TEST_CASE(a_static_node_is_dialled_at_the_endpoint_that_is_found) {
  const auto& scenario = published_scenario("resolve");
  BOOST_TEST(scenario["rounds"].size() == 2u);
  planned of{planned::limits_of(scenario["max_dial"], scenario["max_active"])};
  of.plan.add_static({numbered_id(1), {}, 0}, of.now);
  BOOST_TEST(of.dials().empty());
  BOOST_TEST(of.reason(1) == dial_refusal::no_endpoint);
  of.plan.offer(7, {numbered_node(1, "88.0.0.1")}, of.now);
  BOOST_TEST(of.plan.next(of.now, of.random)->address.host == "88.0.0.1");
  of.now += 16s;
  of.fail(1);
  of.plan.offer(7, {numbered_node(1, "88.0.0.2")}, of.now);
  // Published: dialled at the new endpoint at once. Ours: no node is dialled twice within 35 s,
  // wherever it is.
  BOOST_TEST(of.dials().empty());
  BOOST_TEST(of.reason(1) == dial_refusal::recently_dialled);
  of.now += 30s;
  BOOST_TEST(of.plan.next(of.now, of.random)->address.host == "88.0.0.2");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
