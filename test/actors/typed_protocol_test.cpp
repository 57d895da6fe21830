// SPDX-License-Identifier: BSL-1.0
//
// A chat of typed messages between two nodes.
#include "devp2p/actors/typed/members.hpp"
#include "devp2p/actors/typed/typed_protocol.hpp"

#include "live_memory.hpp"
#include "raw_fixture.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/event_based_actor.hpp>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(typed_protocol_test)

namespace {

using namespace std::chrono_literals;

struct say {
  std::string text;
  friend auto inspect(auto& f, say& x) { return inspect_fields(f, {"text"}, x.text); }
};

struct who {
  std::uint64_t id = 0;
  friend auto inspect(auto& f, who& x) { return inspect_fields(f, {"id"}, x.id); }
};

struct names {
  std::uint64_t id = 0;
  std::vector<std::string> all = {};
  friend auto inspect(auto& f, names& x) { return inspect_fields(f, {"id", "all"}, x.id, x.all); }
};

struct wave {
  friend auto inspect(auto& f, wave&) { return inspect_fields(f); }
};

using chat =
  typed_protocol<"chat", versions{1, 2}, message<0, say>,
                 since<2, request<1, who, message<2, names>>>, since<2, message<4, wave>>>;

static_assert(chat::messages::length(1) == 1);
static_assert(chat::messages::length(2) == 5);

/// A handler that asks its remote when it is told to.
using asking = chat::handler::extend<reacts_to<ask_atom, caf::timespan>>;

/// A handler's memories, and its end of the session.
struct seen {
  std::optional<chat::channel> link;
  asking handler;
  std::vector<std::string> said;
  std::size_t waves = 0;
  std::vector<names> answers;
  std::vector<caf::error> errors;

  /// Has the handler ask.
  void ask(caf::timespan timeout) { anon_send_to(handler, ask_atom_v, timeout); }

  /// Asks from outside of the handler.
  void ask_from_outside(caf::timespan timeout) {
    link->request(timeout, who{})
      .then([this](names x) { answers.push_back(std::move(x)); },
            [this](const caf::error& why) { errors.push_back(why); });
  }
};

chat::behavior_of<asking> talk(asking::pointer self, const chat::channel& link, seen* out) {
  out->link = link;
  out->handler = self;
  return {
    [=](const say& x) { out->said.push_back(x.text); },
    [=](const who&) {
      return names{.all = {"Ada", "Alan"}};
    },
    [=](const wave&) { ++out->waves; },
    [=](ask_atom, caf::timespan timeout) {
      link.request(self, timeout, who{})
        .then([=](names x) { out->answers.push_back(std::move(x)); },
              [=](const caf::error& why) { out->errors.push_back(why); });
    },
  };
}

/// Two nodes that talk.
struct conversation {
  seen left_seen;
  seen right_seen;
  kit::seeded_random random{1};
  kit::world world;
  test_node left;
  test_node right;

  explicit conversation(std::vector<protocol> at_right = {})
    : left(world, "10.0.0.1", random, chat::handled_by(talk, &left_seen)),
      right(world, "10.0.0.2", random,
            at_right.empty() ? chat::handled_by(talk, &right_seen) : std::move(at_right)) {
    BOOST_REQUIRE(meet(world, left, right).value);
  }
};

/// A node that talks, and a remote that is driven by hand.
struct interview {
  seen heard;
  kit::seeded_random random{1};
  kit::world world;
  test_node node;
  kit::raw_remote remote;

  explicit interview(std::uint64_t version = 2)
    : node(world, "10.0.0.1", random, chat::handled_by(talk, &heard)),
      remote(world, "10.0.0.66", random) {
    BOOST_REQUIRE(ask<enode>(world, node.handle, listen_atom_v, node.url.address).value);
    BOOST_REQUIRE(remote.meet(node.url.address, node.key.id(), {{"chat", version}}));
  }

  void send_hex(std::uint64_t code, const std::string& digits) {
    remote.send(p2p::base_length + code, from_hex(digits).value());
  }

  template <class T>
  void send(std::uint64_t code, const T& value) {
    auto content = rlp::encode(value);
    remote.send(p2p::base_length + code, {content.view().begin(), content.view().end()});
  }

  /// Returns how the session has ended, for people.
  std::string end() {
    world.run();
    BOOST_REQUIRE(node.events.dropped.size() == 1u);
    BOOST_TEST((node.events.dropped.front().end.reason == disconnect_reason::breach_of_protocol));
    return node.events.dropped.front().end.error;
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(messages_arrive_as_what_they_are, conversation) {
  left_seen.link->post(say{"hello"});
  left_seen.link->post(wave{});
  world.run();
  BOOST_TEST(right_seen.said == std::vector<std::string>{"hello"});
  BOOST_TEST(right_seen.waves == 1u);
}

BOOST_FIXTURE_TEST_CASE(requests_are_answered, conversation) {
  left_seen.ask(5s);
  left_seen.ask(5s);
  world.run();
  BOOST_REQUIRE(left_seen.answers.size() == 2u);
  BOOST_TEST(left_seen.answers[0].all == (std::vector<std::string>{"Ada", "Alan"}));
  BOOST_TEST(left_seen.answers[0].id != left_seen.answers[1].id);
  BOOST_TEST(left_seen.errors.empty());
  BOOST_TEST(left_seen.link->requests().answered == 2u);
}

BOOST_FIXTURE_TEST_CASE(so_are_those_of_others_than_the_handler, conversation) {
  left_seen.ask_from_outside(5s);
  BOOST_TEST(left_seen.answers.empty());
  world.run();
  BOOST_REQUIRE(left_seen.answers.size() == 1u);
  BOOST_TEST(left_seen.answers[0].all == (std::vector<std::string>{"Ada", "Alan"}));
  BOOST_TEST(left_seen.errors.empty());
}

BOOST_FIXTURE_TEST_CASE(the_handler_of_another_session_is_no_more_than_others, conversation) {
  auto* stranger =
    static_cast<asking::pointer>(caf::actor_cast<caf::abstract_actor*>(left_seen.handler));
  right_seen.link->request(stranger, 5s, who{})
    .then([&](names x) { right_seen.answers.push_back(std::move(x)); }, [](const caf::error&) {});
  BOOST_TEST(right_seen.link->requests().asked == 0u);
  world.run();
  BOOST_TEST(right_seen.answers.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(others_wait_no_longer_than_the_handler, interview) {
  heard.ask_from_outside(5s);
  world.advance(4999ms);
  BOOST_TEST(heard.errors.empty());
  world.advance(1ms);
  BOOST_REQUIRE(heard.errors.size() == 1u);
  BOOST_TEST((heard.errors.front() == errc::request_timeout));
  heard.ask_from_outside(1h);
  world.run();
  remote.hang_up();
  world.run();
  BOOST_REQUIRE(heard.errors.size() == 2u);
  BOOST_TEST((heard.errors.back() == errc::session_closed));
  // The handler is gone.
  heard.ask_from_outside(1h);
  world.run();
  BOOST_REQUIRE(heard.errors.size() == 3u);
  BOOST_TEST((heard.errors.back() == errc::session_closed));
}

BOOST_FIXTURE_TEST_CASE(they_are_told_when_the_handler_ends_before_it_asks, interview) {
  caf::anon_send_exit(heard.handler, caf::exit_reason::kill);
  heard.ask_from_outside(1h);
  BOOST_TEST(heard.errors.empty());
  world.run();
  BOOST_REQUIRE(heard.errors.size() == 1u);
  BOOST_TEST((heard.errors.front() == errc::session_closed));
}

BOOST_FIXTURE_TEST_CASE(a_remote_without_an_answer_is_waited_for_as_long_as_the_request_says,
                        interview) {
  heard.ask(5s);
  heard.ask(2s);
  world.advance(1999ms);
  BOOST_TEST(heard.errors.size() == 0u);
  world.advance(1ms);
  BOOST_REQUIRE(heard.errors.size() == 1u);
  BOOST_TEST((heard.errors.front() == errc::request_timeout));
  world.advance(2999ms);
  BOOST_TEST(heard.errors.size() == 1u);
  world.advance(1ms);
  BOOST_TEST(heard.errors.size() == 2u);
  BOOST_TEST(node.events.dropped.empty());
}

BOOST_FIXTURE_TEST_CASE(all_that_wait_are_told_when_the_session_ends, interview) {
  heard.ask(1h);
  remote.hang_up();
  world.run();
  BOOST_REQUIRE(heard.errors.size() == 1u);
  BOOST_TEST((heard.errors.front() == errc::session_closed));
}

BOOST_FIXTURE_TEST_CASE(a_message_that_cannot_be_decoded_is_a_breach, interview) {
  send_hex(2, "c1c0");
  BOOST_TEST(end() == "chat/2: a message makes no sense: code 2: "
                      "it does not begin with the id of a request");
}

BOOST_FIXTURE_TEST_CASE(its_place_is_told, interview) {
  send_hex(0, "c1c0");
  BOOST_TEST(end() == "chat/2: a message makes no sense: code 0: text: a list, and not a string");
  BOOST_TEST(heard.said.empty());
}

BOOST_FIXTURE_TEST_CASE(a_code_between_others_is_refused, interview) {
  send_hex(3, "c0");
  BOOST_TEST(end() == "chat/2: a message makes no sense: code 3: the protocol has no such message");
}

BOOST_AUTO_TEST_CASE(a_code_of_another_version_is_refused) {
  interview old{1};
  old.send_hex(1, "c101");
  BOOST_TEST(old.node.events.dropped.size() == 1u);
  BOOST_TEST(old.heard.link->version() == 1u);
  BOOST_TEST(old.heard.link->has<say>());
  BOOST_TEST(!old.heard.link->has<wave>());
  BOOST_CHECK_THROW(old.heard.link->post(wave{}), std::logic_error);
}

BOOST_FIXTURE_TEST_CASE(answers_that_nobody_waits_for_are_counted, interview) {
  send(2, names{7});
  send(2, names{7});
  BOOST_TEST(heard.link->requests().unknown == 2u);
  BOOST_TEST(node.events.dropped.empty());
}

BOOST_FIXTURE_TEST_CASE(they_are_a_breach_for_strict_handlers, interview) {
  heard.link->bound_requests({.strict = true});
  send(2, names{7});
  BOOST_TEST(end() == "chat/2: a message makes no sense: code 2: it answers no request");
}

namespace {

struct counter {
  std::uint64_t waves = 0;
};

/// Counts the waves in its state, and answers with their number only after the next one.
chat::behavior count(chat::stateful_pointer<counter> self, const chat::channel&) {
  auto asked = std::make_shared<std::optional<pending_answer<names>>>();
  return {
    [](const say&) {},
    [=](const who&, pending_answer<names> answer) { *asked = std::move(answer); },
    [=](const wave&) {
      ++state_of(self).waves;
      if (*asked)
        (*asked)->deliver({.all = {std::to_string(state_of(self).waves)}});
    },
  };
}

/// Answers those who are polite.
class butler : public chat::handler::base {
public:
  butler(caf::actor_config& config, const devp2p::channel& link, std::string name)
    : chat::handler::base(config),
      link_(link),
      name_(std::move(name)) {}

  behavior_type make_behavior() override {
    return chat::behavior{
      [](const say&) {},
      [this](const who&) { return polite_ ? std::optional{names{.all = {name_}}} : std::nullopt; },
      [this](const wave&) { polite_ = true; },
    }
      .of(this, link_);
  }

private:
  chat::channel link_;
  std::string name_;
  bool polite_ = false;
};

} // namespace

BOOST_AUTO_TEST_CASE(an_answer_may_come_later_and_from_a_state) {
  conversation talk{chat::handled_by(count)};
  talk.left_seen.ask(5s);
  talk.world.run();
  BOOST_TEST(talk.left_seen.answers.empty());
  talk.left_seen.link->post(wave{});
  talk.world.run();
  BOOST_REQUIRE(talk.left_seen.answers.size() == 1u);
  BOOST_TEST(talk.left_seen.answers[0].all == std::vector<std::string>{"1"});
}

BOOST_AUTO_TEST_CASE(a_class_may_handle_messages_and_leave_a_request_unanswered) {
  conversation talk{chat::handled_by<butler>(std::string{"James"})};
  talk.left_seen.ask(5s);
  talk.world.advance(5s);
  BOOST_REQUIRE(talk.left_seen.errors.size() == 1u);
  talk.left_seen.link->post(wave{});
  talk.left_seen.ask(5s);
  talk.world.run();
  BOOST_REQUIRE(talk.left_seen.answers.size() == 1u);
  BOOST_TEST(talk.left_seen.answers[0].all == std::vector<std::string>{"James"});
}

namespace {

/// Returns the memory that a session of two nodes with that protocol takes.
std::size_t memory_of_session(const std::vector<protocol>& offered) {
  kit::seeded_random random{1};
  kit::world world;
  test_node left(world, "10.0.0.1", random, offered);
  test_node right(world, "10.0.0.2", random, offered);
  auto before = live_memory();
  BOOST_REQUIRE(meet(world, left, right).value);
  return live_memory() - before;
}

} // namespace

BOOST_AUTO_TEST_CASE(types_take_little_memory_as_long_as_nobody_asks) {
  auto hear_packets = [](handler_actor::pointer, const devp2p::channel&) {
    return handler_actor::behavior_type{[](const packet&) {}};
  };
  auto hear = [](chat::handler_pointer, const chat::channel&) -> chat::behavior {
    return {[](const say&) {}, [](const who&) { return names{}; }, [](const wave&) {}};
  };
  auto plain = memory_of_session({make_protocol("chat", 2, 5, handled_by(hear_packets))});
  auto typed = memory_of_session({chat::handled_by(hear).back()});
  BOOST_TEST(typed < plain + 2 * 1'500); // Two ends.
}

namespace {

/// A room: all who talk in it, and what a hub with many remotes does there.
struct room {
  members<chat> present;
  /// The number of times that each handler joins.
  std::size_t joins = 1;
  std::vector<std::unique_ptr<seen>> guests_seen;
  seen hub_seen;
  std::vector<std::string> news;
  kit::seeded_random random{5};
  kit::world world;
  test_node hub;
  std::vector<std::unique_ptr<test_node>> guests;

  room() : hub(world, "10.0.0.1", random, chat::handled_by(enter, this)) {
    BOOST_REQUIRE(ask<enode>(world, hub.handle, listen_atom_v, hub.url.address).value);
  }

  static chat::behavior enter(chat::handler_pointer self, const chat::channel& link,
                              const room* here) {
    for (std::size_t i = 0; i < here->joins; ++i)
      here->present.join(self, link);
    return {[](const say&) {}, [](const who&) { return names{}; },
            [=](const wave&) { here->present.join(self, link); }};
  }

  static member_subscriber_actor::behavior_type write_news(member_subscriber_actor::pointer,
                                                           std::vector<std::string>* out) {
    return {[=](const member_joined& x) { out->push_back("+" + std::to_string(x.version)); },
            [=](const member_left&) { out->emplace_back("-"); }};
  }

  /// `which` begins at 0.
  void add(std::size_t which) {
    guests_seen.push_back(std::make_unique<seen>());
    guests.push_back(std::make_unique<test_node>(world, "10.0.1." + std::to_string(which + 1),
                                                 random,
                                                 chat::handled_by(talk, guests_seen.back().get())));
    BOOST_REQUIRE(ask<peer_info>(world, guests.back()->handle, dial_atom_v, hub.url).value);
  }

  std::size_t heard() const {
    std::size_t out = 0;
    for (const auto& x : guests_seen)
      out += x->said.size();
    return out;
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(members_come_and_go, room) {
  present.subscribe(world.spawn(write_news, &news));
  add(0);
  add(1);
  BOOST_TEST(present.size() == 2u);
  BOOST_TEST(present.ids().size() == 2u);
  world.send(guests[0]->handle, close_atom_v, hub.key.id(), disconnect_reason::requested);
  world.run();
  BOOST_TEST(present.size() == 1u);
  BOOST_TEST(news == (std::vector<std::string>{"+2", "+2", "-"}));
  std::vector<std::string> late;
  present.subscribe(world.spawn(write_news, &late));
  world.run();
  BOOST_TEST(late == std::vector<std::string>{"+2"});
}

BOOST_FIXTURE_TEST_CASE(members_leave_and_join_again_in_one_session, room) {
  present.subscribe(world.spawn(write_news, &news));
  add(0);
  const auto id = guests[0]->key.id();
  for (std::size_t i = 0; i < 3; ++i) {
    BOOST_TEST(present.leave(id));
    BOOST_TEST(!present.leave(id));
    BOOST_TEST(!present.send(id, say{"nobody"}));
    guests_seen[0]->link->post(wave{});
    world.run();
    BOOST_TEST(present.send(id, say{"you"}));
  }
  world.send(guests[0]->handle, close_atom_v, hub.key.id(), disconnect_reason::requested);
  world.run();
  BOOST_TEST(present.size() == 0u);
  BOOST_TEST(news == (std::vector<std::string>{"+2", "-", "+2", "-", "+2", "-", "+2", "-"}));
}

BOOST_FIXTURE_TEST_CASE(members_are_found_and_asked, room) {
  add(0);
  add(1);
  const auto& id = guests[1]->key.id();
  BOOST_TEST(!present.find(hub.key.id()));
  auto found = present.find_if([&](const chat::channel& x) { return x.remote() == id; });
  BOOST_REQUIRE(found);
  std::size_t answers = 0;
  present.find(id)->request(5s, who{}).then([&](const names&) { ++answers; },
                                            [](const caf::error&) {});
  found->request(5s, who{}).then([&](const names&) { ++answers; }, [](const caf::error&) {});
  world.run();
  BOOST_TEST(answers == 2u);
}

BOOST_FIXTURE_TEST_CASE(a_member_that_joins_again_is_one_all_the_same, room) {
  present.subscribe(world.spawn(write_news, &news));
  joins = 1000;
  add(0);
  BOOST_TEST(present.size() == 1u);
  world.send(guests[0]->handle, close_atom_v, hub.key.id(), disconnect_reason::requested);
  world.run();
  BOOST_TEST(present.size() == 0u);
  BOOST_TEST(news == (std::vector<std::string>{"+2", "-"}));
}

BOOST_FIXTURE_TEST_CASE(a_session_that_takes_the_place_of_another_is_told_of, room) {
  present.subscribe(world.spawn(write_news, &news));
  auto old = chat::handled_by(enter, static_cast<const room*>(this));
  old.pop_back();
  test_node annex(world, "10.0.0.2", random, std::move(old));
  BOOST_REQUIRE(ask<enode>(world, annex.handle, listen_atom_v, annex.url.address).value);
  add(0);
  BOOST_REQUIRE(ask<peer_info>(world, guests[0]->handle, dial_atom_v, annex.url).value);
  BOOST_TEST(present.size() == 1u);
  BOOST_TEST(present.find(guests[0]->key.id())->version() == 1u);
  BOOST_TEST(news == (std::vector<std::string>{"+2", "-", "+1"}));
  world.send(guests[0]->handle, close_atom_v, hub.key.id(), disconnect_reason::requested);
  world.run();
  BOOST_TEST(present.size() == 1u);
  BOOST_TEST(news.size() == 3u);
  world.send(guests[0]->handle, close_atom_v, annex.key.id(), disconnect_reason::requested);
  world.run();
  BOOST_TEST(present.size() == 0u);
  BOOST_TEST(news == (std::vector<std::string>{"+2", "-", "+1", "-"}));
}

BOOST_FIXTURE_TEST_CASE(messages_are_for_one_for_all_or_for_some, room) {
  for (std::size_t i = 0; i < 5; ++i)
    add(i);
  BOOST_TEST(present.send(guests[3]->key.id(), say{"you"}));
  BOOST_TEST(!present.send(hub.key.id(), say{"nobody"}));
  world.run();
  BOOST_TEST(heard() == 1u);
  BOOST_TEST(present.send_all(say{"all"}) == 5u);
  world.run();
  BOOST_TEST(heard() == 6u);
  BOOST_TEST(present.send_all(say{"others"}, guests[0]->key.id()) == 4u);
  world.run();
  BOOST_TEST(heard() == 10u);
  BOOST_TEST(guests_seen[0]->said == std::vector<std::string>{"all"});
  for (std::size_t i = 0; i <= 6; ++i)
    BOOST_TEST(present.send_some(i, say{"some"}, random) == std::min<std::size_t>(i, 5));
  world.run();
  BOOST_TEST(heard() == 10u + 0 + 1 + 2 + 3 + 4 + 5 + 5);
}

BOOST_FIXTURE_TEST_CASE(several_messages_are_written_in_order, room) {
  add(0);
  add(1);
  const std::vector<chat::any_message> all{say{"one"}, wave{}, say{"two"}};
  BOOST_TEST(present.send(guests[1]->key.id(), all));
  BOOST_TEST(!present.send(hub.key.id(), all));
  BOOST_TEST(!present.send(guests[1]->key.id(), std::vector<chat::any_message>{}));
  BOOST_TEST(present.send_all(all, guests[1]->key.id()) == 1u);
  world.run();
  for (const auto& x : guests_seen) {
    BOOST_TEST(x->said == (std::vector<std::string>{"one", "two"}));
    BOOST_TEST(x->waves == 1u);
  }
}

BOOST_FIXTURE_TEST_CASE(a_version_is_sent_what_it_has, room) {
  guests_seen.push_back(std::make_unique<seen>());
  auto old = chat::handled_by(talk, guests_seen.back().get());
  old.pop_back();
  guests.push_back(std::make_unique<test_node>(world, "10.0.1.1", random, std::move(old)));
  BOOST_REQUIRE(ask<peer_info>(world, guests.back()->handle, dial_atom_v, hub.url).value);
  add(1);
  BOOST_TEST(present.send_all(wave{}) == 1u);
  BOOST_TEST(present.send_all({wave{}, say{"all"}}) == 2u);
  BOOST_TEST(present.send_all({wave{}, wave{}}) == 1u);
  world.run();
  BOOST_TEST(heard() == 2u);
  BOOST_TEST(guests_seen[0]->waves == 0u);
  BOOST_TEST(guests_seen[1]->waves == 4u);
}

BOOST_FIXTURE_TEST_CASE(whoever_gets_an_answer_that_makes_no_sense_is_told, interview) {
  heard.ask(1h);
  world.run();
  rlp::decoder in{byte_view{remote.received().back().payload}};
  auto list = in.list();
  send(2, std::pair{list.integer(), std::uint64_t{7}});
  BOOST_TEST(end().find("all: a string of 1 byte, and not a list") != std::string::npos);
  BOOST_TEST(heard.answers.empty());
  BOOST_REQUIRE(heard.errors.size() == 1u);
  BOOST_TEST((heard.errors[0] == errc::malformed_message));
}

namespace {

chat::behavior stay_silent(chat::handler_pointer, const chat::channel&) {
  return {[](const say&) {}, [](const who&) { return std::optional<names>{}; }, [](const wave&) {}};
}

struct monologue : conversation {
  monologue() : conversation(chat::handled_by(stay_silent)) {}
};

void ask_for_ever(chat::handler_pointer self, const chat::channel& link, int* told) {
  link.request(self, 5s, who{})
    .then([](const names&) {},
          [=](const caf::error&) {
            ++*told;
            ask_for_ever(self, link, told);
          });
}

chat::behavior be_stubborn(chat::handler_pointer self, const chat::channel& link, int* told) {
  ask_for_ever(self, link, told);
  return stay_silent(self, link);
}

chat::behavior have_a_helper(chat::handler_pointer self, const chat::channel& link) {
  self->link_to(self->home_system().spawn([](caf::event_based_actor*, int) {}, 0));
  return stay_silent(self, link);
}

} // namespace

BOOST_FIXTURE_TEST_CASE(a_request_may_have_no_deadline, monologue) {
  left_seen.ask(caf::timespan::max());
  world.run();
  world.advance(1h);
  BOOST_TEST(left_seen.errors.empty());
}

BOOST_FIXTURE_TEST_CASE(old_deadlines_wake_nobody, monologue) {
  left_seen.ask(1h);
  for (int i = 0; i < 200; ++i) {
    left_seen.ask(1s);
    world.advance(2s);
  }
  left_seen.ask(2h);
  world.advance(1h - 401s);
  int steps = 0;
  static_cast<void>(world.run_until([&] { return ++steps, false; }, 2s));
  BOOST_TEST(steps < 50);
}

BOOST_AUTO_TEST_CASE(whoever_asks_again_and_again_ends_with_the_session) {
  int told = 0;
  kit::seeded_random random{1};
  kit::world world;
  test_node left(world, "10.0.0.1", random, chat::handled_by(be_stubborn, &told));
  test_node right(world, "10.0.0.2", random, chat::handled_by(stay_silent));
  BOOST_REQUIRE(meet(world, left, right).value);
  world.send(right.handle, close_atom_v, left.key.id(), disconnect_reason::requested);
  BOOST_TEST(told == 2); // The second is refused at once.
  BOOST_TEST(left.events.dropped.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_linked_actor_that_ends_well_does_not_end_the_session) {
  kit::seeded_random random{1};
  kit::world world;
  test_node left(world, "10.0.0.1", random, chat::handled_by(have_a_helper));
  test_node right(world, "10.0.0.2", random, chat::handled_by(stay_silent));
  BOOST_REQUIRE(meet(world, left, right).value);
  world.advance(1s);
  BOOST_TEST(left.events.dropped.empty());
}

namespace {

chat::behavior answer_later(chat::handler_pointer, const chat::channel&,
                            std::vector<pending_answer<names>>* out) {
  return {[](const say&) {},
          [=](const who&, pending_answer<names> x) { out->push_back(std::move(x)); },
          [](const wave&) {}};
}

} // namespace

BOOST_AUTO_TEST_CASE(an_answer_that_comes_after_the_end_is_lost) {
  std::vector<pending_answer<names>> kept;
  seen asker;
  kit::seeded_random random{1};
  kit::world world;
  test_node left(world, "10.0.0.1", random, chat::handled_by(talk, &asker));
  test_node right(world, "10.0.0.2", random, chat::handled_by(answer_later, &kept));
  BOOST_REQUIRE(meet(world, left, right).value);
  asker.ask(1h);
  asker.ask(1h);
  world.run();
  BOOST_REQUIRE(kept.size() == 2u);
  kept[0].deliver(names{.all = {"in time"}});
  world.run();
  BOOST_TEST(asker.answers.size() == 1u);
  world.send(left.handle, close_atom_v, right.key.id(), disconnect_reason::requested);
  world.advance(1min);
  kept[1].deliver(names{.all = {"too late"}});
  world.run();
  BOOST_TEST(asker.answers.size() == 1u);
}

namespace {

/// Only its second number is the id, which no compiler sees.
struct page {
  std::uint64_t number = 0;
  std::uint64_t id = 0;
  friend auto inspect(auto& f, page& x) {
    return inspect_fields(f, {"number", "id"}, x.number, x.id);
  }
};

template <class Question, class Answer>
using book = typed_protocol<"book", 1, request<0, Question, message<1, Answer>>>;

template <class Question, class Answer>
typename book<Question, Answer>::behavior read_on(typename book<Question, Answer>::handler_pointer,
                                                  const typename book<Question, Answer>::channel&) {
  return {[](const Question&) { return Answer{}; }};
}

} // namespace

BOOST_AUTO_TEST_CASE(an_id_that_is_not_the_first_field_is_refused_at_once) {
  BOOST_CHECK_THROW((void)(book<page, who>::handled_by(read_on<page, who>)), std::logic_error);
  BOOST_CHECK_THROW((void)(book<who, page>::handled_by(read_on<who, page>)), std::logic_error);
  BOOST_CHECK_NO_THROW((void)(book<who, names>::handled_by(read_on<who, names>)));
}

BOOST_AUTO_TEST_SUITE_END()
} // namespace devp2p::test
