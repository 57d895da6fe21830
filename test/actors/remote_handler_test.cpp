// SPDX-License-Identifier: BSL-1.0
//
// Handlers behind a near end and a far end, which stand between processes. Here, both are in one
// world.
#include "two_nodes.hpp"

#include "devp2p/actors/read_window.hpp"
#include "devp2p/actors/reason_for.hpp"
#include "devp2p/actors/remote/remote_handler.hpp"
#include "devp2p/kit/misbehaving_handler.hpp"
#include "devp2p/messages/caf.hpp"

#include <boost/test/unit_test.hpp>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(remote_handler_test)

namespace {

using namespace std::chrono_literals;
using reason = disconnect_reason;

/// The node at the right has its handler at `host`; the node at the left writes to it.
struct fixture {
  inbox calm;
  inbox left_box;
  inbox far_box;
  kit::seeded_random random{4};
  kit::world world;
  handler_host_actor host;
  std::optional<test_node> left;
  std::optional<test_node> right;

  fixture() { host = world.adopt(host_handlers(world.system(), collect(&far_box))); }

  explicit fixture(handler_factory far, handler_host_options options = {}) {
    host = world.adopt(host_handlers(world.system(), std::move(far), options));
  }

  /// `change` may still change the protocols and settings of the right node.
  void meet(const std::function<void(node_config&)>& change = {},
            remote_handler_options options = {}) {
    left.emplace(world, "10.0.0.1", random,
                 std::vector{make_protocol("calm", 1, 8, collect(&calm)),
                             make_protocol("test", 1, 8, collect(&left_box))});
    right.emplace(world, "10.0.0.2", random,
                  std::vector{make_protocol("calm", 1, 8, collect(&calm)),
                              make_protocol("test", 1, 8, handled_remotely(host, options))},
                  settings{}, std::vector<node_id>{}, change);
    auto met = test::meet(world, *left, *right);
    BOOST_REQUIRE_MESSAGE(met.value, describe(met.error));
  }

  void write(std::size_t messages, std::size_t size) {
    const auto& link = *left_box.link;
    for (std::size_t i = 0; i < messages; ++i)
      link.post(packet{i % 8, blob{bytes(size, static_cast<std::uint8_t>(i))}});
    world.run();
  }

  [[nodiscard]] bool runs() const { return left->events.dropped.empty(); }

  /// Checks that the session has ended for that reason, and that the remote was told. `text` is the
  /// error for people.
  void check_end(reason expected, const std::string& text) {
    BOOST_REQUIRE(left->events.dropped.size() == 1u);
    BOOST_REQUIRE(right->events.dropped.size() == 1u);
    BOOST_TEST(to_string(left->events.dropped[0].end.reason) == to_string(expected));
    BOOST_TEST(left->events.dropped[0].end.remote_requested);
    BOOST_TEST(to_string(right->events.dropped[0].end.reason) == to_string(expected));
    BOOST_TEST(right->events.dropped[0].end.error == "test/1: " + text);
  }

  void end_far_handler(caf::error why) {
    caf::scoped_actor self{world.system()};
    self->send_exit(far_box.handler, std::move(why));
    world.run();
  }
};

auto small_window(std::size_t size) {
  return [=](node_config& x) { x.limits.max_read_window = size; };
}

auto supervised(supervision how) {
  return [=](node_config& x) { x.protocols.back().supervised = how; };
}

handler_actor::behavior_type stubborn(handler_actor::pointer self, const channel&, inbox* out) {
  self->set_exit_handler([](const caf::exit_msg&) {});
  self->attach_functor([out](const caf::error& why) { out->end = why; });
  return {[](const packet&) {}};
}

/// A host that does what the test says. It records what it was asked, and how its far end was used.
struct scripted_host {
  using actor = handler_host_actor::extend<reacts_to<resume_atom>>;

  actor handle;
  caf::typed_response_promise<far_end_actor> promise;
  /// The answer to give when the test says so.
  caf::expected<far_end_actor> answer{far_end_actor{}};
  std::optional<channel> link;
  near_end_actor near;
  std::uint64_t credit = 0;
  std::vector<packet> packets;
  std::size_t batches = 0;

  void start(kit::world& world) {
    auto behavior = [](actor::pointer self, scripted_host* out) -> actor::behavior_type {
      return {
        [=](spawn_atom, const channel& link, const near_end_actor& near,
            std::uint64_t credit) -> caf::result<far_end_actor> {
          out->promise = self->make_response_promise<far_end_actor>();
          out->link = link;
          out->near = near;
          out->credit = credit;
          return out->promise;
        },
        [=](resume_atom) {
          if (out->answer)
            out->promise.deliver(*out->answer);
          else
            out->promise.deliver(out->answer.error());
        },
      };
    };
    handle = world.spawn(behavior, this);
  }

  far_end_actor far_end(kit::world& world) {
    auto behavior = [](far_end_actor::pointer, scripted_host* out) -> far_end_actor::behavior_type {
      return {
        [=](std::vector<packet>& batch) {
          ++out->batches;
          for (auto& x : batch)
            out->packets.push_back({x.code, blob{x.payload.view()}}); // As if it had crossed.
        },
        [](resume_atom) {},
        [](tick_atom) {},
        [](close_atom) {},
      };
    };
    return world.spawn(behavior, this);
  }

  [[nodiscard]] std::uint64_t received() const {
    std::uint64_t out = 0;
    for (const auto& x : packets)
      out += x.payload.size() + read_window::overhead;
    return out;
  }
};

struct scripted_fixture : fixture {
  scripted_host script;
  far_end_actor far;

  explicit scripted_fixture(bool answers = true,
                            const std::function<void(node_config&)>& change = {},
                            remote_handler_options options = {.credit = 10'000}) {
    script.start(world);
    host = script.handle;
    far = script.far_end(world);
    meet(change, options);
    if (answers)
      answer(far);
  }

  void answer(caf::expected<far_end_actor> with) {
    script.answer = std::move(with);
    world.send(script.handle, resume_atom_v);
  }

  void report(std::uint64_t arrived, std::uint64_t released) {
    world.send(script.near, delivery{arrived, released});
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(a_remote_handler)

BOOST_AUTO_TEST_CASE(is_the_same_that_a_node_would_spawn) {
  fixture fixture{handled_by(echo)};
  fixture.meet();
  fixture.write(50, 1000);
  BOOST_REQUIRE(fixture.left_box.packets.size() == 50u);
  for (std::size_t i = 0; i < 50; ++i)
    BOOST_TEST((fixture.left_box.packets[i] ==
                packet{i % 8, blob{bytes(1000, static_cast<std::uint8_t>(i))}}));
}

BOOST_AUTO_TEST_CASE(gets_empty_messages_and_such_that_are_larger_than_the_credit) {
  fixture fixture;
  fixture.meet({}, {.credit = 1000});
  fixture.write(3, 0);
  fixture.write(3, 50'000);
  BOOST_REQUIRE(fixture.far_box.packets.size() == 6u);
  BOOST_TEST(fixture.far_box.packets[0].payload.size() == 0u);
  BOOST_TEST(fixture.far_box.packets[5].payload.size() == 50'000u);
}

BOOST_AUTO_TEST_CASE(is_given_no_more_than_its_window_and_one_message) {
  for (std::uint64_t credit : {1'000u, 5'000u, 1'000'000u})
    BOOST_TEST_CONTEXT("credit " << credit) {
      fixture fixture;
      fixture.meet(small_window(10'000), {.credit = credit});
      fixture.write(100, 1000);
      fixture.world.advance(2s);
      // Eight messages fill the window, and one more comes.
      BOOST_TEST(fixture.far_box.packets.size() == 9u);
      // The handler releases all of them, and that is reported at once.
      for (std::size_t all = 9; all < 100; all = std::min<std::size_t>(all + 9, 100)) {
        fixture.far_box.packets.clear();
        fixture.world.run();
        BOOST_TEST(fixture.far_box.packets.size() == std::min<std::size_t>(9, 100 - all));
      }
    }
}

BOOST_AUTO_TEST_CASE(that_hoards_has_stalled) {
  fixture fixture;
  fixture.meet(small_window(10'000));
  fixture.write(100, 1000);
  fixture.world.advance(2min);
  fixture.check_end(reason::subprotocol_error, describe(caf::make_error(errc::handler_stalled)));
  BOOST_TEST((fixture.far_box.end == caf::exit_reason::kill));
}

BOOST_AUTO_TEST_CASE(that_lets_go_of_little_has_not_stalled) {
  fixture fixture;
  fixture.meet(small_window(1'000'000));
  // Some more messages than fit: they do not keep the sender waiting.
  fixture.write(830, 1000);
  auto& kept = fixture.far_box.packets;
  for (int i = 0; i < 20; ++i) {
    fixture.world.advance(10s);
    BOOST_REQUIRE(!kept.empty());
    kept.erase(kept.begin());
  }
  BOOST_TEST(fixture.runs());
}

BOOST_AUTO_TEST_CASE(reports_now_and_then_however_often_it_is_told_to) {
  for (auto interval :
       {settings::duration{0}, settings::duration::min(), settings::duration::max()}) {
    fixture fixture;
    fixture.host = fixture.world.adopt(host_handlers(
      fixture.world.system(), collect(&fixture.far_box), {.report_interval = interval}));
    fixture.meet();
    fixture.write(3, 100);
    fixture.world.advance(10ms);
    BOOST_TEST(fixture.runs());
  }
}

BOOST_AUTO_TEST_CASE(leaves_no_timer_when_it_holds_nothing) {
  fixture fixture{handled_by(echo)};
  fixture.meet();
  fixture.write(5, 100);
  // The time limit of the host's answer has passed meanwhile.
  fixture.world.advance(6s);
  auto before = fixture.world.system().registry().running();
  fixture.world.send(fixture.right->handle, close_atom_v, fixture.left->key.id(),
                     reason::requested);
  fixture.world.advance(10s);
  BOOST_TEST(fixture.left_box.packets.size() == 5u);
  BOOST_TEST(fixture.world.system().registry().running() < before);
  BOOST_TEST(!fixture.world.timers_pending());
}

BOOST_AUTO_TEST_CASE(ends_its_session_with_its_own_reason) {
  const std::vector<std::pair<caf::error, reason>> known{
    {local_disconnect(reason::useless_peer), reason::useless_peer},
    {caf::make_error(errc::rlp_truncated), reason::breach_of_protocol},
    {caf::exit_reason::kill, reason::subprotocol_error},
    {caf::exit_reason::user_shutdown, reason::client_quitting},
    {caf::sec::invalid_argument, reason::subprotocol_error},
  };
  for (const auto& [why, expected] : known)
    BOOST_TEST_CONTEXT(describe(why)) {
      fixture fixture;
      fixture.meet();
      fixture.end_far_handler(why);
      fixture.check_end(expected, describe(why));
    }
}

BOOST_AUTO_TEST_CASE(is_told_when_the_session_has_ended) {
  fixture fixture;
  fixture.meet();
  fixture.world.send(fixture.left->handle, close_atom_v, fixture.right->key.id(),
                     reason::requested);
  BOOST_TEST((fixture.far_box.end == errc::session_closed));
}

BOOST_AUTO_TEST_CASE(that_does_not_end_with_its_session_is_killed) {
  inbox box;
  fixture fixture{handled_by(stubborn, &box)};
  fixture.meet();
  fixture.world.send(fixture.left->handle, close_atom_v, fixture.right->key.id(),
                     reason::requested);
  fixture.world.advance(4s);
  BOOST_TEST(!box.end);
  fixture.world.advance(2s);
  BOOST_TEST((box.end == caf::exit_reason::kill));
}

BOOST_AUTO_TEST_CASE(is_restarted_as_its_protocol_says) {
  fixture fixture;
  fixture.meet(supervised({.when_failed = supervision::strategy::restart, .intensity = 1}));
  fixture.end_far_handler(caf::exit_reason::kill);
  BOOST_TEST(fixture.runs());
  BOOST_TEST(fixture.far_box.link->place.restarts == 1u);
  fixture.write(1, 10);
  BOOST_TEST(fixture.far_box.packets.size() == 1u);
  fixture.end_far_handler(caf::exit_reason::kill);
  fixture.check_end(reason::subprotocol_error, "exit: kill");
}

BOOST_AUTO_TEST_CASE(is_done_without_as_its_protocol_says) {
  fixture fixture;
  fixture.meet(supervised({.when_failed = supervision::strategy::detach}));
  fixture.end_far_handler(caf::exit_reason::kill);
  fixture.write(5, 10);
  BOOST_TEST(fixture.runs());
  auto peers = ask<std::vector<peer_info>>(fixture.world, fixture.right->handle, peers_atom_v);
  BOOST_REQUIRE(peers.value);
  BOOST_TEST(peers.value->at(0).protocols.at(1).detached);
  BOOST_TEST(peers.value->at(0).protocols.at(1).counts.messages_discarded == 5u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_near_end)

BOOST_AUTO_TEST_CASE(sends_what_came_before_the_answer_in_one_message) {
  scripted_fixture fixture{false};
  fixture.write(5, 100);
  BOOST_TEST(fixture.script.batches == 0u);
  fixture.answer(fixture.far);
  BOOST_TEST(fixture.script.batches == 1u);
  BOOST_TEST(fixture.script.packets.size() == 5u);
  BOOST_TEST(fixture.script.packets[4].code == 4u);
}

BOOST_AUTO_TEST_CASE(sends_no_more_than_its_credit_and_one_message) {
  scripted_fixture fixture;
  BOOST_TEST(fixture.script.credit == 10'000u);
  fixture.write(100, 1000);
  BOOST_TEST(fixture.script.packets.size() == 8u);
  auto so_far = fixture.script.received();
  // Messages that have arrived use no more credit.
  fixture.report(so_far, 0);
  BOOST_TEST(fixture.script.packets.size() == 16u);
  // A late report changes nothing; nor does a repeated one.
  fixture.report(0, 0);
  fixture.report(so_far, 0);
  BOOST_TEST(fixture.script.packets.size() == 16u);
  BOOST_TEST(fixture.runs());
}

BOOST_AUTO_TEST_CASE(holds_a_payload_until_it_was_released_over_there) {
  scripted_fixture fixture{true, small_window(5'000), {.credit = 1'000'000}};
  fixture.write(100, 1000);
  // Four messages fill the window, and one more is taken.
  BOOST_TEST(fixture.script.packets.size() == 5u);
  fixture.report(fixture.script.received(), 0);
  BOOST_TEST(fixture.script.packets.size() == 5u);
  fixture.report(fixture.script.received(), fixture.script.received());
  BOOST_TEST(fixture.script.packets.size() == 10u);
}

BOOST_AUTO_TEST_CASE(believes_no_report_that_cannot_be) {
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  const std::vector<delivery> impossible{{1257, 0}, {1256, 1257}, {most, most}, {0, 1}, {0, most}};
  for (const auto& x : impossible)
    BOOST_TEST_CONTEXT(x.arrived << ", " << x.released) {
      scripted_fixture fixture;
      fixture.write(1, 1000);
      fixture.report(x.arrived, x.released);
      fixture.check_end(reason::subprotocol_error,
                        describe(caf::make_error(errc::handler_failed, "the process of its handler "
                                                                       "has received more than it "
                                                                       "was sent")));
    }
}

BOOST_AUTO_TEST_CASE(fails_if_its_host_does_not_answer_in_time) {
  scripted_fixture fixture{false};
  fixture.world.advance(4s);
  BOOST_TEST(fixture.runs());
  fixture.world.advance(2s);
  fixture.check_end(
    reason::subprotocol_error,
    describe(caf::make_error(errc::handler_failed, "the host of its handler does not answer")));
  // A later answer is ignored.
  fixture.answer(fixture.far);
}

BOOST_AUTO_TEST_CASE(fails_with_what_its_host_says) {
  scripted_fixture fixture{false};
  fixture.answer(caf::make_error(errc::handler_failed, "not today"));
  fixture.check_end(reason::subprotocol_error,
                    describe(caf::make_error(errc::handler_failed, "not today")));
}

BOOST_AUTO_TEST_CASE(fails_if_its_host_answers_with_nobody) {
  scripted_fixture fixture{false};
  fixture.answer(far_end_actor{});
  fixture.check_end(reason::subprotocol_error,
                    describe(caf::make_error(errc::handler_failed,
                                             "the host of its handler has returned no handler")));
}

BOOST_AUTO_TEST_CASE(fails_at_once_if_its_host_dies_before_it_answers) {
  scripted_fixture fixture{false};
  caf::anon_send_exit(fixture.host, caf::exit_reason::kill);
  fixture.world.run();
  fixture.check_end(reason::subprotocol_error, "exit: kill");
}

BOOST_AUTO_TEST_CASE(fails_at_once_if_its_host_is_dead_already) {
  fixture fixture;
  caf::anon_send_exit(fixture.host, caf::exit_reason::kill);
  fixture.world.run();
  fixture.meet();
  fixture.check_end(reason::subprotocol_error, "exit: kill");
}

BOOST_AUTO_TEST_CASE(outlives_its_host_once_that_has_answered) {
  scripted_fixture fixture;
  caf::anon_send_exit(fixture.host, caf::exit_reason::kill);
  fixture.world.run();
  fixture.write(1, 10);
  BOOST_TEST(fixture.script.packets.size() == 1u);
  BOOST_TEST(fixture.runs());
}

BOOST_AUTO_TEST_CASE(that_ends_before_the_answer_leaves_nobody_behind) {
  scripted_fixture fixture{false};
  fixture.world.send(fixture.left->handle, close_atom_v, fixture.right->key.id(),
                     reason::requested);
  fixture.world.advance(10s);
  // A slow host spawns the handler only now.
  auto late = fixture.world.adopt(host_handlers(fixture.world.system(), collect(&fixture.far_box)));
  caf::scoped_actor self{fixture.world.system()};
  request_from(self, late, caf::infinite, spawn_atom_v, *fixture.script.link, fixture.script.near,
               std::uint64_t{1000});
  fixture.world.run();
  BOOST_TEST(fixture.far_box.link.has_value());
  BOOST_TEST((fixture.far_box.end == errc::session_closed));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_host_of_handlers)

BOOST_AUTO_TEST_CASE(says_why_it_has_spawned_none) {
  auto fail = [](auto&, auto&) -> handler_actor { throw std::runtime_error{"out of order"}; };
  auto forget = [](auto&, auto&) -> handler_actor { return {}; };
  for (const auto& [how, text] : std::vector<std::pair<handler_factory, std::string>>{
         {fail, "out of order"}, {forget, "the factory of its host has returned no handler"}}) {
    fixture fixture{how};
    fixture.meet();
    fixture.check_end(reason::subprotocol_error,
                      describe(caf::make_error(errc::handler_failed, text)));
  }
}

BOOST_AUTO_TEST_CASE(has_no_more_than_so_many) {
  inbox box;
  inbox another_box;
  fixture fixture{collect(&box), {.max_handlers = 1}};
  fixture.meet();
  BOOST_TEST(fixture.runs());
  test_node another{fixture.world, "10.0.0.3", fixture.random,
                    std::vector{make_protocol("test", 1, 8, collect(&another_box))}};
  ask<peer_info>(fixture.world, another.handle, dial_atom_v, fixture.right->url);
  BOOST_REQUIRE(another.events.dropped.size() == 1u);
  BOOST_TEST(to_string(another.events.dropped[0].end.reason) ==
             to_string(reason::subprotocol_error));
  // A handler that has ended makes room.
  fixture.end_far_handler(caf::exit_reason::kill);
  caf::anon_send_exit(box.handler, caf::exit_reason::kill);
  fixture.world.advance(10s);
  ask<peer_info>(fixture.world, another.handle, dial_atom_v, fixture.right->url);
  fixture.world.run();
  BOOST_TEST(another.events.added.size() == 2u);
  BOOST_TEST(another.events.dropped.size() == 1u);
}

BOOST_AUTO_TEST_CASE(that_ends_ends_its_handlers) {
  fixture fixture;
  fixture.meet();
  caf::anon_send_exit(fixture.host, caf::exit_reason::user_shutdown);
  fixture.world.run();
  BOOST_TEST((fixture.far_box.end == caf::exit_reason::user_shutdown));
  fixture.check_end(reason::client_quitting, "exit: user_shutdown");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
