// SPDX-License-Identifier: BSL-1.0
#include "tree_fixture.hpp"

#include "devp2p/kit/for_each_seed.hpp"

#include <caf/actor_companion.hpp>
#include <spdlog/sinks/ostream_sink.h>

#include <boost/test/unit_test.hpp>

#include <memory>
#include <optional>
#include <random>
#include <sstream>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(supervision_tree_test)

namespace {

using namespace std::chrono_literals;
using enum restart_strategy;
using enum restart_type;

/// A tree's log, and the reason for which the tree has ended.
struct tree_watch {
  std::ostringstream lines;
  std::shared_ptr<spdlog::logger> log = std::make_shared<spdlog::logger>(
    "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(lines));
  std::optional<caf::error> end;

  [[nodiscard]] bool says(const std::string& text) const {
    return lines.str().find(text) != std::string::npos;
  }
};

struct watched_tree : tree_watch, tree_fixture {
  using tree_fixture::tree_fixture;

  supervision_tree_actor tree;

  void start(supervision_tree_config config) {
    config.log = log;
    tree = spawn(std::move(config));
    tree->attach_functor([this](const caf::error& why) { end = why; });
  }

  std::vector<child_status> all() { return world.ask(tree, info_atom_v).value(); }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_supervision_tree, watched_tree)

BOOST_AUTO_TEST_CASE(starts_its_children_in_order_and_ends_them_in_reverse) {
  start(abc(one_for_one));
  BOOST_TEST(diary.read() == "+a+b+c");
  tree_fixture::stop(tree);
  world.run();
  BOOST_TEST(diary.read() == "-c-b-a");
  BOOST_TEST_REQUIRE(end.has_value());
  BOOST_TEST((*end == caf::exit_reason::user_shutdown));
  BOOST_TEST(world.living() == 0u);
}

BOOST_AUTO_TEST_CASE(restarts_one_for_one) {
  start(abc(one_for_one));
  static_cast<void>(diary.read());
  for (auto how : {"fail", "throw", "return"}) {
    tell("b", how);
    world.advance(1s);
  }
  BOOST_TEST(diary.read() == "-b+b-b+b-b+b");
}

BOOST_AUTO_TEST_CASE(restarts_one_for_all) {
  start(abc(one_for_all));
  static_cast<void>(diary.read());
  tell("b", "fail");
  BOOST_TEST(diary.read() == "-b-c-a+a+b+c");
}

BOOST_AUTO_TEST_CASE(restarts_rest_for_one) {
  start(abc(rest_for_one));
  static_cast<void>(diary.read());
  tell("b", "fail");
  BOOST_TEST(diary.read() == "-b-c+b+c");
}

BOOST_AUTO_TEST_CASE(restarts_a_child_as_its_type_says) {
  auto setup = abc(one_for_one);
  setup.children[1].restart = transient;
  setup.children[2].restart = temporary;
  start(std::move(setup));
  static_cast<void>(diary.read());
  tell("a", "return");
  tell("b", "fail");
  tell("c", "fail");
  world.advance(1s);
  BOOST_TEST(diary.read() == "-a+a-b+b-c");
  tell("b", "return");
  world.advance(1s);
  BOOST_TEST(diary.read() == "-b");
  auto now = all();
  BOOST_TEST_REQUIRE(now.size() == 3u);
  BOOST_TEST((now[0].state == child_state::running));
  BOOST_TEST(now[0].restarts == 1u);
  BOOST_TEST((now[1].state == child_state::done));
  BOOST_TEST(now[1].name == "b");
  BOOST_TEST((now[2].state == child_state::done));
  BOOST_TEST(now[2].last_end == describe(caf::make_error(errc::network_failure)));
}

BOOST_AUTO_TEST_CASE(takes_the_exit_reason_of_a_shutdown_for_no_failure) {
  auto setup = abc(one_for_one);
  setup.children[0].restart = transient;
  start(std::move(setup));
  caf::anon_send_exit(caf::actor_cast<caf::actor>(diary.running.find("a")->second),
                      caf::exit_reason::user_shutdown);
  world.advance(1s);
  BOOST_TEST(diary.read() == "+a+b+c-a");
}

BOOST_AUTO_TEST_CASE(hands_each_child_the_earlier_ones) {
  std::vector<caf::actor> seen;
  auto note = [&](const earlier_children& earlier) {
    seen.push_back(earlier.get<caf::actor>("a"));
  };
  start(config(rest_for_one, {child("a"), child("b", note)}));
  BOOST_TEST_REQUIRE(seen.size() == 1u);
  BOOST_TEST((seen[0].address() == diary.running.find("a")->second));
  tell("a", "throw");
  BOOST_TEST_REQUIRE(seen.size() == 2u);
  BOOST_TEST((seen[1].address() == diary.running.find("a")->second));
  BOOST_TEST((seen[1] != seen[0]));
  seen.clear();
}

BOOST_AUTO_TEST_CASE(knows_no_later_child_at_a_start) {
  start(config(one_for_one, {child("a", [](const earlier_children& earlier) {
                 static_cast<void>(earlier.get<caf::actor>("a"));
               })}));
  world.advance(1min);
  BOOST_TEST_REQUIRE(end.has_value());
  BOOST_TEST(describe(*end).find("no earlier child is called a") != std::string::npos,
             describe(*end));
}

BOOST_AUTO_TEST_CASE(pauses_before_the_second_restart) {
  start(config(one_for_one, {child("a")}));
  tell("a", "fail");
  BOOST_TEST(diary.read() == "+a-a+a");
  tell("a", "fail");
  BOOST_TEST(diary.read() == "-a");
  BOOST_TEST((all()[0].state == child_state::waiting));
  world.advance(4ms);
  BOOST_TEST(diary.read() == "");
  world.advance(6ms);
  BOOST_TEST(diary.read() == "+a");
}

BOOST_AUTO_TEST_CASE(gives_up_when_its_budget_is_used_up) {
  start(abc(one_for_one));
  for (int i = 0; i < 4; ++i) {
    BOOST_TEST(!end.has_value());
    tell("b", "throw");
    world.advance(1s);
  }
  BOOST_TEST_REQUIRE(end.has_value());
  BOOST_TEST((*end == errc::child_failed));
  auto text = describe(*end);
  BOOST_TEST(text.find("b, ") != text.npos, text);
  BOOST_TEST(text.find("as it was told") != text.npos, text);
  BOOST_TEST(diary.read() == "+a+b+c-b+b-b+b-b+b-b-c-a");
  BOOST_TEST(says("failed too often: b, "));
}

BOOST_AUTO_TEST_CASE(has_its_budget_back_after_the_period) {
  start(abc(one_for_one));
  for (int i = 0; i < 20; ++i) {
    tell("b", "fail");
    world.advance(6s);
  }
  BOOST_TEST(!end.has_value());
  BOOST_TEST(all()[1].restarts == 20u);
}

BOOST_AUTO_TEST_CASE(takes_a_start_that_fails_for_a_failure) {
  int tries = 0;
  auto shaky = child("b", [&](const earlier_children&) {
    if (++tries < 3)
      throw std::runtime_error{"not yet"};
  });
  start(config(rest_for_one, {child("a"), shaky, child("c")}));
  BOOST_TEST(diary.read() == "+a");
  BOOST_TEST(all()[1].last_end.find("not yet") != std::string::npos);
  world.advance(1s);
  BOOST_TEST(diary.read() == "+b+c");
  BOOST_TEST(tries == 3);
  BOOST_TEST(says("b has failed"));
}

BOOST_AUTO_TEST_CASE(takes_no_actor_for_a_failure) {
  child_spec null{.name = "null", .start = [](caf::actor_system&) { return caf::actor{}; }};
  child_spec error{.name = "error", .start = [](caf::actor_system&) -> caf::expected<caf::actor> {
                     return caf::make_error(errc::address_in_use);
                   }};
  null.restart = error.restart = temporary;
  start(config(one_for_all, {null, error, child("a")}));
  BOOST_TEST(diary.read() == "+a");
  BOOST_TEST(all()[0].last_end.find("no actor") != std::string::npos, all()[0].last_end);
  BOOST_TEST(all()[1].last_end == describe(caf::make_error(errc::address_in_use)));
}

BOOST_AUTO_TEST_CASE(gives_up_a_child_that_can_never_be_started) {
  auto never = child("b", [](const earlier_children&) { throw 1; });
  start(config(one_for_one, {child("a"), never}));
  world.advance(1min);
  BOOST_TEST_REQUIRE(end.has_value());
  BOOST_TEST((*end == errc::child_failed));
  BOOST_TEST(diary.read() == "+a-a");
}

BOOST_AUTO_TEST_CASE(kills_a_child_that_does_not_end_in_time) {
  start(config(one_for_one, {child("a"), child("b", {}, true)}));
  static_cast<void>(diary.read());
  tree_fixture::stop(tree);
  world.advance(5s - 1ms);
  BOOST_TEST(diary.read() == "");
  world.advance(1ms);
  BOOST_TEST(diary.read() == "-b-a");
  BOOST_TEST(says("b did not end in time, and is killed"));
  BOOST_TEST(end.has_value());
}

BOOST_AUTO_TEST_CASE(kills_at_once_a_child_without_time_to_end) {
  auto brutal = child("b", {}, true);
  brutal.shutdown = 0s;
  start(config(one_for_one, {child("a"), brutal}));
  static_cast<void>(diary.read());
  tree_fixture::stop(tree);
  world.run();
  BOOST_TEST(diary.read() == "-b-a");
}

BOOST_AUTO_TEST_CASE(waits_for_a_child_that_may_take_for_ever) {
  auto patient = child("b", {}, true);
  patient.shutdown = settings::forever;
  start(config(one_for_one, {patient}));
  tree_fixture::stop(tree);
  world.advance(24h);
  BOOST_TEST(!end.has_value());
  tell("b", "return");
  BOOST_TEST(end.has_value());
}

BOOST_AUTO_TEST_CASE(leaves_behind_a_child_that_does_not_end_even_when_killed) {
  std::vector<caf::mailbox_element_ptr> kept;
  {
    child_spec deaf{
      .name = "deaf", .start = [&](caf::actor_system& system) {
        auto out = system.spawn<caf::actor_companion>();
        auto* companion = caf::actor_cast<caf::abstract_actor*>(out);
        dynamic_cast<caf::actor_companion&>(*companion).on_enqueue([&](caf::mailbox_element_ptr x) {
          kept.push_back(std::move(x));
        });
        return out;
      }};
    start(config(one_for_one, {child("a"), deaf}));
    tree_fixture::stop(tree);
    world.advance(6s - 1ms);
    BOOST_TEST(!end.has_value());
    world.advance(1ms);
    BOOST_TEST(end.has_value());
    BOOST_TEST(says("deaf does not end even now, and is left behind"));
    BOOST_TEST(diary.read() == "+a-a");
  }
  kept.clear();
}

BOOST_AUTO_TEST_CASE(kills_its_children_when_it_is_killed) {
  start(config(one_for_one, {child("a"), child("b", {}, true)}));
  caf::anon_send_exit(tree, caf::exit_reason::kill);
  world.run();
  BOOST_TEST(diary.running.empty());
  BOOST_TEST(world.living() == 0u);
}

BOOST_AUTO_TEST_CASE(tells_the_handle_of_a_child) {
  current_child<caf::actor> place;
  auto spec = child("a");
  spec.place = place;
  BOOST_TEST(!place.get());
  start(config(one_for_one, {spec}));
  auto first = world.ask(tree, find_atom_v, std::string{"a"}).value();
  BOOST_TEST_REQUIRE((first != nullptr));
  BOOST_TEST((first == place.handle()));
  tell("a", "fail");
  auto second = world.ask(tree, find_atom_v, std::string{"a"}).value();
  BOOST_TEST((second != nullptr));
  BOOST_TEST((second != first));
  BOOST_TEST((place.get().address() == diary.running.find("a")->second));
  tell("a", "fail");
  // The child waits for the end of its pause.
  BOOST_TEST((world.ask(tree, find_atom_v, std::string{"a"}).value() == nullptr));
  BOOST_TEST(!place.get());
  auto unknown = world.ask(tree, find_atom_v, std::string{"b"});
  BOOST_TEST((!unknown && unknown.error() == caf::sec::invalid_argument));
  world.advance(1s);
  BOOST_TEST((place.get() != nullptr));
  caf::anon_send_exit(tree, caf::exit_reason::kill);
  world.run();
  BOOST_TEST(!place.get());
}

BOOST_AUTO_TEST_CASE(may_be_the_child_of_another) {
  start(config(rest_for_one, {child("x"), child_tree("inner", abc(one_for_one)), child("y")}));
  BOOST_TEST(diary.read() == "+x+y+a+b+c");
  for (int i = 0; i < 4; ++i) {
    tell("b", "fail");
    world.advance(500ms);
  }
  // The inner tree has given up, and is a child that has failed.
  BOOST_TEST(diary.read() == "-b+b-b+b-b+b-b-c-a-y+y+a+b+c");
  BOOST_TEST(all()[1].restarts == 1u);
  BOOST_TEST(all()[1].last_end.find("b, ") != std::string::npos);
  tree_fixture::stop(tree);
  world.run();
  BOOST_TEST(diary.read() == "-y-c-b-a-x");
}

BOOST_AUTO_TEST_CASE(gives_an_inner_tree_the_time_that_its_children_need) {
  start(config(one_for_one, {child_tree("inner", config(one_for_one, {child("a", {}, true),
                                                                      child("b", {}, true)}))}));
  tree_fixture::stop(tree);
  world.advance(5s);
  BOOST_TEST(diary.read() == "+a+b-b");
  world.advance(5s);
  BOOST_TEST(diary.read() == "-a");
  BOOST_TEST(end.has_value());
  BOOST_TEST(!says("is killed"));
}

BOOST_AUTO_TEST_CASE(lets_go_of_its_functions_when_it_ends) {
  auto held = std::make_shared<int>();
  std::weak_ptr<int> watch = held;
  start(config(one_for_one, {child("a", [held](const earlier_children&) {})}));
  held = nullptr;
  BOOST_TEST(!watch.expired());
  tree_fixture::stop(tree);
  world.run();
  BOOST_TEST(watch.expired());
}

BOOST_AUTO_TEST_CASE(refuses_children_that_it_cannot_tell_apart_or_start) {
  BOOST_CHECK_THROW(spawn(config(one_for_one, {child("a"), child("a")})), std::invalid_argument);
  BOOST_CHECK_THROW(spawn(config(one_for_one, {child("")})), std::invalid_argument);
  BOOST_CHECK_THROW(spawn(config(one_for_one, {{.name = "a"}})), std::invalid_argument);
  BOOST_CHECK_THROW(static_cast<void>(child_tree("x", config(one_for_one, {{.name = "a"}}))),
                    std::invalid_argument);
  BOOST_TEST(world.living() == 0u);
}

BOOST_AUTO_TEST_CASE(may_have_no_children) {
  start(config(one_for_all, {}));
  BOOST_TEST(all().empty());
  tree_fixture::stop(tree);
  world.run();
  BOOST_TEST(end.has_value());
}

BOOST_AUTO_TEST_SUITE_END()

/// Children fail at random, in any order of events, against what must hold.
BOOST_AUTO_TEST_CASE(whatever_fails_each_child_runs_once_or_all_have_ended) {
  auto trial = [](std::uint64_t seed) {
    std::mt19937_64 random{seed};
    watched_tree fixture{{.seed = seed}};
    auto strategy = static_cast<restart_strategy>(random() % 3);
    const auto size = 1 + random() % 5;
    std::vector<child_spec> children;
    std::map<std::string, restart_type> types;
    bool gap = false;
    for (std::size_t i = 0; i < size; ++i) {
      auto name = std::string(1, static_cast<char>('a' + i));
      // With these strategies a child is started only if all earlier ones run that are restarted.
      auto check = [&, i, name](const earlier_children& earlier) {
        for (std::size_t j = 0; j < i; ++j) {
          auto other = std::string(1, static_cast<char>('a' + j));
          gap = gap || (strategy != one_for_one && types[other] == permanent &&
                        !earlier.get<caf::actor>(other));
        }
        gap = gap || fixture.diary.running.count(name) > 0;
        if (random() % 12 == 0)
          throw std::runtime_error{"no start"};
      };
      children.push_back(fixture.child(name, check, random() % 4 == 0));
      types[name] = children.back().restart = static_cast<restart_type>(random() % 3);
      children.back().shutdown = std::chrono::seconds{random() % 3};
    }
    auto setup = fixture.config(strategy, std::move(children));
    setup.limits = {.intensity = static_cast<unsigned>(random() % 8), .period = 5s};
    fixture.start(std::move(setup));
    const char* const orders[] = {"return", "fail", "throw"};
    for (int i = 0; i < 40; ++i) {
      auto name = std::string(1, static_cast<char>('a' + random() % size));
      if (auto x = fixture.diary.running.find(name); x != fixture.diary.running.end())
        anon_send_to(caf::actor_cast<caf::actor>(x->second), std::string{orders[random() % 3]});
      for (auto steps = random() % 20; steps > 0; --steps)
        fixture.world.run_one();
      if (random() % 3 == 0)
        fixture.world.advance(std::chrono::milliseconds{random() % 3000});
    }
    fixture.world.advance(1min);
    BOOST_REQUIRE(!gap);
    if (fixture.end) {
      BOOST_REQUIRE((*fixture.end == errc::child_failed));
      BOOST_REQUIRE(fixture.diary.running.empty());
    } else {
      for (const auto& x : fixture.all()) {
        BOOST_REQUIRE((x.state == child_state::running || x.state == child_state::done));
        BOOST_REQUIRE(fixture.diary.running.count(x.name) ==
                      (x.state == child_state::running ? 1u : 0u));
        BOOST_REQUIRE((types[x.name] != permanent || x.state == child_state::running));
      }
    }
    tree_fixture::stop(fixture.tree);
    fixture.world.advance(1min);
    BOOST_REQUIRE(fixture.diary.running.empty());
    BOOST_REQUIRE(fixture.world.living() == 0u);
  };
  kit::for_each_seed(300, trial);
}

/// The system does not wait for its actors, but for the thread of the detached child.
BOOST_AUTO_TEST_CASE(a_supervision_tree_ends_with_a_system_that_does_not_wait) {
  caf::actor_system_config config;
  add_types(config);
  caf::actor_system system{config};
  system.await_actors_before_shutdown(false);
  supervision_tree_config setup;
  setup.children = {{.name = "detached", .start = [](caf::actor_system& home) {
                       return home.spawn<caf::detached>([](caf::event_based_actor*) {
                         return caf::behavior{[](const std::string&) {}};
                       });
                     }}};
  auto tree = spawn_supervision_tree(system, std::move(setup));
  caf::scoped_actor self{system};
  bool runs = false;
  request_from(self, tree, caf::infinite, info_atom_v)
    .receive(
      [&](const std::vector<child_status>& all) { runs = all.at(0).state == child_state::running; },
      [](const caf::error&) {});
  BOOST_TEST(runs);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
