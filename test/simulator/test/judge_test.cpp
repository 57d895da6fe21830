// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/judge.hpp"

#include "devp2p/simulator/gossip_model.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(judge_test)

namespace {

using namespace std::chrono_literals;
using simulator::event;
using simulator::event_kind;

/// A minute in the life of three nodes in a row, whose links run from the first second on.
class life {
public:
  explicit life(simulator::any_check what) {
    scenario_.network.links = {3, {{0, 1}, {1, 2}}};
    scenario_.length = 60s;
    scenario_.checks = {std::move(what)};
    for (std::size_t node : {0, 1, 2})
      events_.push_back({.node = node, .what = event_kind::started});
    link(0, 1, 1s);
    link(1, 2, 1s);
  }

  life& link(std::size_t one, std::size_t other, caf::timespan when) {
    for (auto [node, peer] : {std::pair{one, other}, {other, one}})
      events_.push_back({.when = when, .node = node, .what = event_kind::peer_added, .peer = peer});
    return *this;
  }

  life& unlink(std::size_t one, std::size_t other, caf::timespan when) {
    for (auto [node, peer] : {std::pair{one, other}, {other, one}})
      events_.push_back({.when = when,
                         .node = node,
                         .what = event_kind::peer_dropped,
                         .peer = peer,
                         .reason = disconnect_reason::ping_timeout});
    return *this;
  }

  life& hear(std::size_t node, caf::timespan when, const char* rumour = "7") {
    events_.push_back(
      {.when = when, .node = node, .what = event_kind::told, .name = "heard", .detail = rumour});
    return *this;
  }

  life& crash(std::size_t node, caf::timespan when) {
    events_.push_back({.when = when, .node = node, .what = event_kind::crashed});
    return step(when, simulator::action::crash{node});
  }

  life& start(std::size_t node, caf::timespan when) {
    events_.push_back({.when = when, .node = node, .what = event_kind::started});
    return step(when, simulator::action::start{node});
  }

  life& fail(std::size_t node) {
    events_.push_back({.when = 2s,
                       .node = node,
                       .what = event_kind::session_failed,
                       .reason = disconnect_reason::network_error});
    return *this;
  }

  life& fail_to_punch(std::size_t node) {
    events_.push_back({.when = 2s, .node = node, .what = event_kind::punch_failed});
    return *this;
  }

  life& put_behind_nats(const std::vector<std::uint32_t>& nodes) {
    for (auto x : nodes)
      scenario_.network.nats[x] = net::nat_kind::cone;
    return *this;
  }

  life& step(caf::timespan at, simulator::any_action what) {
    scenario_.schedule.push_back({at, std::move(what)});
    return *this;
  }

  [[nodiscard]] simulator::verdict verdict() const {
    simulator::judge judge{scenario_};
    for (const auto& x : events_)
      judge.add(x);
    return judge.verdicts(scenario_.length).at(0);
  }

  [[nodiscard]] std::string complaint() const { return verdict().complaint; }

private:
  simulator::scenario scenario_;
  std::vector<event> events_;
};

const simulator::check::all_heard all_heard{10s};
const simulator::check::all_linked all_linked{10s};

BOOST_AUTO_TEST_CASE(who_is_joined_must_have_heard) {
  BOOST_TEST(life{all_heard}.complaint().empty());
  BOOST_TEST(life{all_heard}.hear(0, 5s).hear(1, 5s).hear(2, 55s).complaint().empty());
  BOOST_TEST(life{all_heard}.hear(0, 5s).hear(1, 5s).complaint() ==
             "all_heard: node 2 has not heard rumour 7, which node 0 knows");
  BOOST_TEST(life{all_heard}.hear(1, 50s).complaint() ==
             "all_heard: node 0 has not heard rumour 7, which node 1 knows, and 1 more like that");
  // The rumour has not been known for long enough.
  BOOST_TEST(life{all_heard}.hear(0, 51s).complaint().empty());
}

BOOST_AUTO_TEST_CASE(a_complaint_names_the_nodes_that_it_is_about) {
  using nodes = std::vector<std::size_t>;
  BOOST_TEST((life{all_heard}.hear(0, 5s).hear(1, 5s).verdict().nodes == nodes{2, 0}));
  BOOST_TEST((life{all_linked}.unlink(1, 2, 20s).verdict().nodes == nodes{1, 2}));
  simulator::check::few_ended few{0, disconnect_reason::ping_timeout};
  BOOST_TEST((life{few}.unlink(0, 1, 5s).verdict().nodes == nodes{1, 0}));
  BOOST_TEST((life{simulator::check::few_failed{}}.fail(2).verdict().nodes == nodes{2}));
  BOOST_TEST(life{all_linked}.verdict().nodes.empty());
  // A check of events that names none means those of the event.
  auto judge = [](bool says) {
    return simulator::check_of_events("quiet", [says] {
      return [says](const event& x, const simulator::network_view&) -> simulator::finding {
        if (x.name != "heard")
          return {};
        return says ? simulator::finding{"loud", {0}} : simulator::finding{"loud"};
      };
    });
  };
  BOOST_TEST((life{judge(false)}.hear(2, 5s).verdict().nodes == nodes{2}));
  BOOST_TEST((life{judge(true)}.hear(2, 5s).verdict().nodes == nodes{0}));
}

BOOST_AUTO_TEST_CASE(who_is_not_joined_need_not_have_heard) {
  auto heard = life{all_heard}.hear(0, 5s).hear(1, 5s);
  auto with = [&](auto change) {
    auto out = heard;
    change(out);
    return out.complaint();
  };
  BOOST_TEST(with([](life& x) { x.unlink(1, 2, 20s); }).empty());
  BOOST_TEST(with([](life& x) { x.unlink(1, 2, 20s).link(1, 2, 51s); }).empty());
  BOOST_TEST(!with([](life& x) { x.unlink(1, 2, 20s).link(1, 2, 50s); }).empty());
  for (const simulator::any_action& stalled :
       {simulator::any_action{simulator::action::stall{1, 2}},
        simulator::any_action{simulator::action::stall{2, 1}},
        simulator::any_action{simulator::action::freeze{2}},
        simulator::any_action{simulator::action::separate{{0, 1}}}}) {
    BOOST_TEST(with([&](life& x) { x.step(20s, stalled); }).empty());
    BOOST_TEST(
      with([&](life& x) { x.step(20s, stalled).step(51s, simulator::action::heal{}); }).empty());
    BOOST_TEST(
      !with([&](life& x) { x.step(20s, stalled).step(50s, simulator::action::heal{}); }).empty());
  }
  BOOST_TEST(!with([](life& x) { x.step(55s, simulator::action::stall{0, 1}); }).empty());
  BOOST_TEST(with([](life& x) { x.crash(2, 20s); }).empty());
}

BOOST_AUTO_TEST_CASE(who_does_not_reach_the_rendezvous_need_not_be_linked) {
  auto with = [](const simulator::any_action& what, caf::timespan healed = 59s) {
    life out{all_linked};
    out.put_behind_nats({1, 2});
    return out.step(20s, what)
      .step(healed, simulator::action::heal{})
      .unlink(1, 2, 30s)
      .complaint();
  };
  // The two nodes are not separated from each other.
  BOOST_TEST(with(simulator::action::separate{{1, 2}}).empty());
  BOOST_TEST(!with(simulator::action::separate{{1, 2}}, 40s).empty());
  BOOST_TEST(!with(simulator::action::separate{{0}}).empty());
  BOOST_TEST(life{all_linked}.put_behind_nats({1, 2}).unlink(1, 2, 30s).complaint() ==
             "all_linked: nodes 1 and 2 are not linked");
  auto restarted = [](caf::timespan when) {
    life out{all_linked};
    out.put_behind_nats({1, 2});
    return out.unlink(1, 2, 30s).step(when, simulator::action::restart_nat{1}).complaint();
  };
  BOOST_TEST(restarted(51s).empty());
  BOOST_TEST(!restarted(50s).empty());
}

BOOST_AUTO_TEST_CASE(who_has_crashed_knows_nothing) {
  auto crashed =
    life{all_heard}.hear(0, 5s).hear(1, 5s).hear(2, 5s).crash(2, 20s).start(2, 21s).link(1, 2, 22s);
  BOOST_TEST(crashed.complaint() == "all_heard: node 2 has not heard rumour 7, which node 0 knows");
  BOOST_TEST(crashed.hear(2, 30s).complaint().empty());
  // A rumour that only this node has known is lost.
  BOOST_TEST(
    life{all_heard}.hear(2, 5s).crash(2, 5s).start(2, 21s).link(1, 2, 22s).complaint().empty());
}

BOOST_AUTO_TEST_CASE(links_must_run) {
  BOOST_TEST(life{all_linked}.complaint().empty());
  BOOST_TEST(life{all_linked}.unlink(1, 2, 20s).complaint() ==
             "all_linked: nodes 1 and 2 are not linked");
  BOOST_TEST(life{all_linked}.unlink(1, 2, 20s).link(1, 2, 59s).complaint().empty());
  BOOST_TEST(life{all_linked}.unlink(1, 2, 20s).unlink(0, 1, 20s).complaint() ==
             "all_linked: nodes 0 and 1 are not linked, and 1 more like that");
  BOOST_TEST(life{all_linked}.crash(2, 20s).complaint().empty());
  BOOST_TEST(life{all_linked}.crash(2, 20s).start(2, 51s).complaint().empty());
  BOOST_TEST(!life{all_linked}.crash(2, 20s).start(2, 50s).complaint().empty());
  auto cut = [](caf::timespan at) {
    return life{all_linked}.step(at, simulator::action::cut{2, 1}).unlink(1, 2, at).complaint();
  };
  BOOST_TEST(cut(51s).empty());
  BOOST_TEST(!cut(50s).empty());
  BOOST_TEST(
    life{all_linked}.step(20s, simulator::action::freeze{2}).unlink(1, 2, 50s).complaint().empty());
}

BOOST_AUTO_TEST_CASE(failures_and_ends_are_counted) {
  const simulator::check::few_failed failed{.most = 1};
  BOOST_TEST(life{failed}.fail(0).complaint().empty());
  BOOST_TEST(life{failed}.fail(0).fail(1).complaint() ==
             "few_failed: 2 sessions have failed before they ran, or punches, not 1 at most");
  BOOST_TEST(!life{failed}.fail(0).fail_to_punch(1).complaint().empty());
  const simulator::check::few_ended ended{.reason = disconnect_reason::ping_timeout};
  BOOST_TEST(life{ended}.fail(0).complaint().empty());
  BOOST_TEST(life{ended}.unlink(0, 1, 5s).complaint() ==
             "few_ended: 2 times a session has ended by ping timeout, not 0 at most");
}

BOOST_AUTO_TEST_CASE(a_scenario_is_tried_out_to_its_end) {
  auto what = *simulator::read_scenario(
    R"({"topology": {"kind": "ring", "nodes": 3}, "crypto": "none", "length_s": 20,
    "schedule": [{"at_s": 1, "do": "publish", "node": 0}],
    "check": [{"that": "all_heard", "within_s": 5}, {"that": "few_failed"}]})",
    "a.json", ".");
  auto all = simulator::try_out(what, [] { return true; });
  BOOST_REQUIRE(bool{all});
  BOOST_REQUIRE(all->size() == 2u);
  for (const auto& x : *all)
    BOOST_TEST(x.complaint.empty());
  BOOST_TEST(!simulator::try_out(what, [] { return false; }));
}

} // namespace

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
