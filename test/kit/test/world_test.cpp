// SPDX-License-Identifier: BSL-1.0
#include "devp2p/messages/caf.hpp"

#include "two_nodes.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <functional>
#include <iostream>
#include <set>
#include <sstream>
#include <stdexcept>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(world_test)

namespace {

using namespace std::chrono_literals;

const std::string here = "10.0.0.1";
const std::string there = "10.0.0.2";

/// The events of a test, in order.
using history = std::vector<std::string>;

/// Calls `what` with each whole number that it is sent.
caf::behavior numbered(caf::event_based_actor*, std::function<void(int)> what) {
  return {[=](int x) { what(x); }, [](double) {}};
}

using halver = caf::typed_actor<caf::replies_to<int>::with<int>, caf::reacts_to<std::string>>;

halver::behavior_type halve() {
  return {[](int x) -> caf::result<int> {
            if (x % 2 != 0)
              return caf::make_error(caf::sec::invalid_argument);
            return x / 2;
          },
          [](const std::string&) {}};
}

struct keeper_state {
  static inline const char* name = "keeper";
};

caf::behavior named_actor(caf::stateful_actor<keeper_state>*) {
  return {[](int) {}};
}

/// Keeps what the process prints, as long as it lives.
class printed {
public:
  printed() : before_(std::cout.rdbuf(text_.rdbuf())) {}
  ~printed() { std::cout.rdbuf(before_); }
  printed(const printed&) = delete;
  printed& operator=(const printed&) = delete;
  [[nodiscard]] std::string text() const { return text_.str(); }

private:
  std::ostringstream text_;
  std::streambuf* before_;
};

kit::world_options seeded(std::uint64_t seed) {
  return {.seed = seed};
}

/// One end of a connection, which calls `heard` when it is readable or writable.
struct observer : net::stream_observer {
  std::unique_ptr<net::stream> link;
  std::function<void()> heard;

  void on_readable() override { heard(); }
  void on_writable() override { heard(); }

  net::stream_handler handler() {
    return [this](auto x) { link = std::move(*x); };
  }
};

struct connection {
  observer near;
  observer far;

  explicit connection(kit::world& world) {
    auto door = world.host(there).listen({there, 1});
    (*door)->accept(far.handler());
    auto dial = world.host(here).dial({there, 1}, near.handler());
    world.run();
  }
};

/// Sends each of ten actors three numbers. Returns which actor handled which number, in order.
std::vector<std::pair<int, int>> ten_actors(const kit::world_options& options) {
  std::vector<std::pair<int, int>> out;
  kit::world world{options};
  std::vector<caf::actor> actors;
  for (auto i = 0; i < 10; ++i)
    actors.push_back(world.spawn(numbered, [&out, i](int x) { out.emplace_back(i, x); }));
  world.run();
  for (auto x = 0; x < 3; ++x)
    for (const auto& actor : actors)
      anon_send_to(actor, x);
  world.run();
  return out;
}

/// Has a message and a network event due at once. Returns which of them came first.
std::string first_of_two(const kit::world_options& options) {
  history out;
  kit::world world{options};
  connection link{world};
  auto actor = world.spawn(numbered, [&](int) { out.emplace_back("message"); });
  world.run();
  link.near.heard = [&] { out.emplace_back("event"); };
  link.near.link->await_writable(link.near);
  anon_send_to(actor, 1);
  world.run();
  BOOST_REQUIRE(out.size() == 2u);
  return out[0];
}

/// Sends `number` to `to` after `delay`.
void send_later(kit::world& world, caf::timespan delay, const caf::actor& to, int number) {
  send_later_to(caf::scoped_actor{world.system()}, delay, to, number);
}

/// Two timeouts at the same moment; the first has a consequence.
history simultaneous_timeouts(const kit::world_options& options) {
  history out;
  kit::world world{options};
  auto third = world.spawn(numbered, [&](int) { out.emplace_back("consequence"); });
  auto second = world.spawn(numbered, [&](int) { out.emplace_back("second"); });
  auto first = world.spawn(numbered, [&, third](int) {
    out.emplace_back("first");
    anon_send_to(third, 1);
  });
  send_later(world, 1s, first, 1);
  send_later(world, 1s, second, 1);
  world.advance(1s);
  return out;
}

/// Two nodes, one of which sends back what the other sends, on lines that split and delay.
struct distant_nodes {
  static constexpr std::size_t messages = 20;

  inbox back;
  kit::seeded_random random{1};
  kit::world world;
  test_node left;
  test_node right;

  explicit distant_nodes(const kit::world_options& options)
    : world(options),
      left(world, here, random, {make_protocol("test", 1, 8, collect(&back))}),
      right(world, there, random, {make_protocol("test", 1, 8, handled_by(echo))}) {
    world.network().set_conditions(here, there, {.latency = 20ms, .max_piece = 100});
    world.network().set_conditions(there, here, {.latency = 30ms, .max_piece = 1000});
    anon_send_to(right.handle, listen_atom_v, right.url.address);
    world.run();
    anon_send_to(left.handle, dial_atom_v, right.url);
    BOOST_REQUIRE(world.run_until(
      [&] { return !left.events.added.empty() && !right.events.added.empty() && back.link; }, 1s));
  }

  static packet numbered_packet(std::size_t number) {
    return {number % 8, blob{bytes(number * 100, static_cast<std::uint8_t>(number))}};
  }

  bool talk() {
    for (std::size_t i = 0; i < messages; ++i)
      back.link->post(numbered_packet(i));
    return world.run_until([&] { return back.packets.size() == messages; }, 1s);
  }
};

std::uint64_t trace_of_a_talk(std::uint64_t seed) {
  distant_nodes nodes{seeded(seed)};
  BOOST_TEST(nodes.talk());
  nodes.world.advance(1min);
  return nodes.world.trace_hash();
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_world)

BOOST_AUTO_TEST_CASE(handles_messages_in_the_order_of_their_arrival_and_before_events) {
  std::vector<int> actors;
  for (auto [actor, x] : ten_actors({}))
    if (x == 0)
      actors.push_back(actor);
  BOOST_TEST(actors.size() == 10u);
  BOOST_TEST(std::is_sorted(actors.begin(), actors.end()));
  BOOST_TEST(first_of_two({}) == "message");
}

BOOST_AUTO_TEST_CASE(lets_no_timeout_go_off_before_the_last_was_handled) {
  const history expected{"first", "consequence", "second"};
  BOOST_TEST(simultaneous_timeouts({}) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(runs_until_it_is_told_and_no_further) {
  auto handled = 0;
  kit::world world;
  auto subject = world.spawn(numbered, [&](int) { ++handled; });
  for (auto i = 0; i < 5; ++i)
    anon_send_to(subject, i);
  BOOST_TEST(world.run_until([&] { return handled == 3; }));
  BOOST_TEST(handled == 3);
  BOOST_TEST(!world.run_until([&] { return handled == 6; }), "comes to rest before");
  BOOST_TEST(handled == 5);
  BOOST_TEST((world.now() == 0s));
}

BOOST_AUTO_TEST_CASE(runs_until_it_is_told_while_time_passes) {
  auto ticks = 0;
  kit::world world;
  caf::actor subject = world.spawn(numbered, [&](int) {
    ++ticks;
    send_later(world, 1s, subject, 1);
  });
  anon_send_to(subject, 1);
  BOOST_TEST(world.run_until([&] { return ticks == 3; }, 2s));
  BOOST_TEST((world.now() == 2s));
  BOOST_TEST(!world.run_until([&] { return ticks == 5; }, 1500ms));
  BOOST_TEST(ticks == 4);
  BOOST_TEST((world.now() == 3500ms), "time has passed up to the limit");
  BOOST_TEST(world.run_until([] { return true; }, 1s));
  BOOST_TEST((world.now() == 3500ms), "no time at all if it holds already");
}

BOOST_AUTO_TEST_CASE(advances_through_timeouts_and_arrivals_in_the_order_of_time) {
  history out;
  kit::world world;
  connection link{world};
  world.network().set_conditions(here, there, {.latency = 4ms});
  auto note = [&](const std::string& what) {
    out.push_back(what + " at " + std::to_string(world.now() / 1ms));
  };
  caf::actor consequence = world.spawn(numbered, [&](int) { note("consequence"); });
  caf::actor ticker = world.spawn(numbered, [&](int x) {
    note("tick");
    if (x < 3) {
      link.near.link->write_some(as_bytes("x"));
      send_later(world, 3ms, ticker, x + 1);
    }
  });
  link.far.heard = [&] {
    note("arrival");
    bytes buffer(1);
    link.far.link->read_some(buffer);
    link.far.link->await_readable(link.far);
    send_later(world, 1ms, consequence, 1);
  };
  link.far.link->await_readable(link.far);
  anon_send_to(ticker, 1);
  world.advance(6ms);
  BOOST_TEST((world.now() == 6ms));
  world.advance(4ms);
  const history expected{"tick at 0", "tick at 3",    "arrival at 4",    "consequence at 5",
                         "tick at 6", "arrival at 7", "consequence at 8"};
  BOOST_TEST(out == expected, boost::test_tools::per_element());
  BOOST_TEST((world.now() == 10ms));
  BOOST_TEST((world.network().now() == 10ms));
}

BOOST_AUTO_TEST_CASE(knows_whether_time_alone_makes_anything_happen) {
  kit::world world;
  connection link{world};
  auto subject = world.spawn(numbered, [](int) {});
  world.run();
  BOOST_TEST(!world.timers_pending());
  send_later(world, 1s, subject, 1);
  BOOST_TEST(world.timers_pending());
  world.advance(1s);
  BOOST_TEST(!world.timers_pending());
  world.network().set_conditions(here, there, {.latency = 4ms});
  link.near.link->write_some(as_bytes("x"));
  BOOST_TEST(world.timers_pending());
  world.advance(4ms);
  BOOST_TEST(!world.timers_pending());
}

BOOST_AUTO_TEST_CASE(has_another_trace_when_anything_differs) {
  std::vector<std::function<void(kit::world&, const std::vector<caf::actor>&)>> runs{
    [](auto&, auto&) {},
    [](auto&, auto& actors) { anon_send_to(actors[0], 1); },
    [](auto&, auto& actors) { anon_send_to(actors[1], 1); },
    [](auto&, auto& actors) { anon_send_to(actors[0], 1.0); },
    [](auto&, auto& actors) {
      anon_send_to(actors[0], 1);
      anon_send_to(actors[1], 1);
    },
    [](auto&, auto& actors) {
      anon_send_to(actors[1], 1);
      anon_send_to(actors[0], 1);
    },
    [](auto&, auto& actors) {
      anon_send_to(actors[1], 1);
      anon_send_to(actors[1], 1);
    },
    [](auto& world, auto& actors) { send_later(world, 1s, actors[0], 1); },
    [](auto& world, auto& actors) { send_later(world, 1500ms, actors[0], 1); },
    [](auto& world, auto&) { world.advance(1s); },
    [](auto& world, auto&) { connection link{world}; },
  };
  std::set<std::uint64_t> hashes;
  for (const auto& run : runs) {
    kit::world world;
    std::vector<caf::actor> actors;
    for (auto i = 0; i < 2; ++i)
      actors.push_back(world.spawn(numbered, [](int) {}));
    world.run();
    run(world, actors);
    world.advance(2s);
    hashes.insert(world.trace_hash());
  }
  BOOST_TEST(hashes.size() == runs.size());
}

BOOST_AUTO_TEST_CASE(asks_and_returns_the_answer) {
  kit::world world;
  auto subject = world.adopt(world.system().spawn(halve));
  auto half = world.ask(subject, 8);
  BOOST_REQUIRE(half);
  BOOST_TEST(*half == 4);
  BOOST_TEST(static_cast<bool>(world.ask(subject, std::string{"done"})),
             "an answer without a value");
  auto refused = world.ask(subject, 7);
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error() == caf::sec::invalid_argument));
  auto untyped = world.spawn(
    [](caf::event_based_actor*) -> caf::behavior { return {[](int x) { return x + 1; }}; });
  BOOST_TEST(*world.ask_for<int>(untyped, 1) == 2);
}

BOOST_AUTO_TEST_CASE(waits_for_an_answer_in_virtual_time_and_not_for_ever) {
  kit::world world;
  auto late = [](caf::event_based_actor* self) -> caf::behavior {
    auto promise = std::make_shared<caf::typed_response_promise<int>>();
    return {[=](int delay) {
              *promise = self->make_response_promise<int>();
              self->delayed_send(self, std::chrono::seconds{delay}, 1.0);
              return *promise;
            },
            [=](double) { promise->deliver(1); }};
  };
  auto subject = world.spawn(late);
  BOOST_TEST(*world.ask_for<int>(subject, 30) == 1);
  BOOST_TEST((world.now() == 30s));
  auto silent = world.ask_for<int>(subject, 600);
  BOOST_REQUIRE(!silent);
  BOOST_TEST((silent.error() == caf::sec::request_timeout));
  BOOST_TEST((world.now() == 30s + kit::world::answer_limit));
}

BOOST_AUTO_TEST_CASE(takes_the_settings_of_its_user) {
  kit::world world{{.configure = [](caf::actor_system_config& config) {
    config.set("scheduler.max-throughput", 7);
    config.set("scheduler.policy", caf::atom("sharing"));
  }}};
  BOOST_TEST(caf::get_or(world.system().config(), "scheduler.max-throughput", 0) == 7);
  auto subject = world.adopt(world.system().spawn(halve));
  BOOST_TEST(static_cast<bool>(world.ask(subject, 4)), "the scheduler is the world's");
}

BOOST_AUTO_TEST_CASE(names_the_actors_that_live) {
  kit::world world;
  auto keeper = world.spawn(named_actor);
  auto other = world.spawn(numbered, [](int) {});
  world.run();
  auto left = world.leftovers(1);
  BOOST_REQUIRE(left.size() == 1u);
  auto title = [](const auto& who, const std::string& name) {
    return name + " (actor " + std::to_string(who.id()) + ")";
  };
  BOOST_TEST(left[0] == "2 actors live, but 1 should: " + title(keeper, "keeper") + ", " +
                          title(other, "scheduled_actor"));
  anon_send_exit(other, caf::exit_reason::user_shutdown);
  world.run();
  BOOST_TEST(world.leftovers(1).empty());
  BOOST_TEST(world.leftovers(0).at(0) == "1 actors live, but 0 should: " + title(keeper, "keeper"));
}

BOOST_AUTO_TEST_CASE(keeps_what_its_actors_throw_and_prints_nothing) {
  kit::world world;
  auto subject = world.spawn([](caf::event_based_actor*) -> caf::behavior {
    return {[](int) { throw std::runtime_error{"out of coins"}; }};
  });
  auto careful = world.spawn([](caf::event_based_actor* self) -> caf::behavior {
    self->set_exception_handler(
      [](std::exception_ptr&) { return caf::error{caf::sec::bad_function_call}; });
    return {[](int) { throw std::runtime_error{"mine"}; }};
  });
  printed output;
  auto answer = world.ask_for<int>(subject, 1);
  BOOST_TEST((answer.error() == caf::sec::runtime_error));
  BOOST_TEST((world.ask_for<int>(careful, 1).error() == caf::sec::bad_function_call));
  const std::vector<std::string> expected{"scheduled_actor (actor " + std::to_string(subject.id()) +
                                          "): out of coins"};
  BOOST_TEST(world.thrown() == expected, boost::test_tools::per_element());
  BOOST_TEST(output.text() == "");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_world_with_a_seed)

BOOST_AUTO_TEST_CASE(lets_any_actor_go_first_but_keeps_the_order_of_its_messages) {
  std::set<int> first;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    auto found = ten_actors(seeded(seed));
    BOOST_TEST(found.size() == 30u);
    first.insert(found[0].first);
    std::array<int, 10> next{};
    for (auto [actor, x] : found)
      BOOST_TEST(next[static_cast<std::size_t>(actor)]++ == x);
  }
  BOOST_TEST(first.size() == 10u);
}

BOOST_AUTO_TEST_CASE(lets_messages_and_events_go_first) {
  std::set<std::string> first;
  for (std::uint64_t seed = 0; seed < 20; ++seed)
    first.insert(first_of_two(seeded(seed)));
  BOOST_TEST(first.size() == 2u);
}

BOOST_AUTO_TEST_CASE(lets_simultaneous_timeouts_overtake_consequences) {
  std::set<history> found;
  for (std::uint64_t seed = 0; seed < 50; ++seed)
    found.insert(simultaneous_timeouts(seeded(seed)));
  const std::set<history> expected{{"first", "consequence", "second"},
                                   {"first", "second", "consequence"},
                                   {"second", "first", "consequence"}};
  BOOST_TEST((found == expected));
}

BOOST_AUTO_TEST_CASE(replays_the_same_schedule) {
  BOOST_TEST((ten_actors(seeded(5)) == ten_actors(seeded(5))));
  BOOST_TEST((ten_actors(seeded(5)) != ten_actors(seeded(6))));
}

BOOST_AUTO_TEST_CASE(replays_a_whole_session) {
  std::set<std::uint64_t> hashes;
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    auto hash = trace_of_a_talk(seed);
    BOOST_TEST(hash == trace_of_a_talk(seed));
    hashes.insert(hash);
  }
  BOOST_TEST(hashes.size() == 5u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(two_nodes_far_apart)

BOOST_AUTO_TEST_CASE(talk_on_lines_that_split_and_delay) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    distant_nodes nodes{seeded(seed)};
    BOOST_TEST((nodes.world.now() == 120ms),
               "a round trip to dial, one to shake hands, then Hello");
    BOOST_TEST(nodes.talk());
    for (std::size_t i = 0; i < nodes.back.packets.size(); ++i) {
      BOOST_TEST(nodes.back.packets[i].code == distant_nodes::numbered_packet(i).code);
      BOOST_TEST((nodes.back.packets[i].payload == distant_nodes::numbered_packet(i).payload));
    }
    BOOST_TEST(nodes.world.network().carried(here, there) ==
               nodes.world.network().delivered(here, there));
    BOOST_TEST(nodes.world.network().carried(here, there) > 300u, "the handshake at least");
  }
}

BOOST_AUTO_TEST_CASE(both_lose_their_session_when_the_line_is_cut) {
  distant_nodes nodes{seeded(1)};
  nodes.world.network().cut(here, there);
  nodes.world.run();
  BOOST_TEST(nodes.left.events.dropped.size() == 1u);
  BOOST_TEST(nodes.right.events.dropped.size() == 1u);
}

BOOST_AUTO_TEST_CASE(both_lose_their_session_when_the_line_stalls_for_long) {
  distant_nodes nodes{seeded(1)};
  auto& network = nodes.world.network();
  network.set_conditions(here, there, {.stalled = true});
  network.set_conditions(there, here, {.stalled = true});
  nodes.world.run();
  BOOST_TEST(nodes.left.events.dropped.empty());
  auto both_lost = [&] {
    return !nodes.left.events.dropped.empty() && !nodes.right.events.dropped.empty();
  };
  BOOST_TEST(nodes.world.run_until(both_lost, 2min));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
