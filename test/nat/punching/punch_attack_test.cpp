// SPDX-License-Identifier: BSL-1.0
#include "punch_arena.hpp"

#include <algorithm>

namespace devp2p::nat {
BOOST_AUTO_TEST_SUITE(punch_attack_test)

BOOST_AUTO_TEST_SUITE(a_punch_under_attack)

namespace {

const endpoint attacker{"192.0.2.66", 666};

/// Sends every kind of message to a side, with any source.
void forge(arena& where, std::size_t to, const endpoint& from, random_source& random) {
  probe x{.from = side::second, .wants_answer = true, .confirmed = true, .number = 1, .answers = 1};
  random.fill(x.tag);
  where.send_from(from, {where.external[to], arena::port}, encode(x));
  answer y{.status = answer_status::met, .observed = attacker, .peer = attacker};
  random.fill(y.nonce);
  where.send_from(from, {where.external[to], arena::port}, encode(y));
}

/// Encodes a probe that only the other side can make.
bytes genuine(const punch& to, probe x) {
  x.from = side::second;
  x.tag = tag_of(x, to.client().probe_key());
  auto out = encode(x);
  return {out.begin(), out.end()};
}

/// Returns the probes among the sent datagrams, each with its destination.
std::vector<std::pair<endpoint, probe>> probes(const std::vector<outgoing>& sent) {
  std::vector<std::pair<endpoint, probe>> out;
  for (const auto& each : sent)
    if (auto message = decode_punch_message(each.content))
      if (const auto* x = std::get_if<probe>(&*message))
        out.emplace_back(each.to, *x);
  return out;
}

/// Returns a recorded probe that came to a side and asks for an answer; empty if there is none.
bytes capture(const arena& where, std::size_t to) {
  for (const auto& [who, content] : where.overheard)
    if (const auto x = std::get<probe>(*decode_punch_message(content)); who == to && x.wants_answer)
      return content;
  return {};
}

/// Takes the second side's seat without its secret, while `ask` is called.
struct squatter {
  endpoint where{"192.0.2.66", 666};
  question asks{.from = side::second, .nonce = {6}};

  explicit squatter(const endpoint& site) {
    rendezvous_client victim{{byte_array<32>{1, 2, 3}}, transport::udp, {site}, {}, {}, 1s};
    auto overheard = decode_punch_message(victim.on_time({}).at(0).content);
    asks.name = std::get<question>(*overheard).name;
  }

  void ask(rendezvous_server& middle, arena::time_point now) {
    for (int round = 0; round < 2; ++round)
      if (auto out = middle.on_datagram(rendezvous_address::first, where, encode(asks), now)) {
        auto told = std::get<answer>(*decode_punch_message(*out));
        if (told.status == answer_status::challenge)
          asks.cookie = told.secret;
      }
  }
};

} // namespace

BOOST_AUTO_TEST_CASE(takes_nothing_from_strangers) {
  arena subject{nat_kind::fullcone, nat_kind::fullcone};
  subject.join_both();
  kit::seeded_random random{5};
  for (int round = 0; round < 1000; ++round) {
    forge(subject, 0, attacker, random);
    forge(subject, 0, subject.first, random);
    forge(subject, 0, {subject.external[1], arena::port}, random);
    subject.run_for(1ms);
  }
  subject.run();
  BOOST_TEST(subject.both_open());
  BOOST_TEST((subject.counts[{subject.external[0], attacker.host}] == 0), "nor answers them");
  BOOST_TEST(subject.sides[0]->hole()->remote.host == subject.external[1]);
}

BOOST_AUTO_TEST_CASE(is_not_open_because_somebody_says_so) {
  arena subject{nat_kind::fullcone, nat_kind::fullcone};
  subject.connected = false;
  subject.join_both();
  while (subject.sides[0]->where() == punch::phase::introducing)
    subject.step();
  BOOST_REQUIRE((subject.sides[0]->where() == punch::phase::punching));
  const endpoint other{subject.external[1], arena::port};
  // Forges an answer to each probe that side 0 sends.
  subject.sides[1].reset();
  std::size_t forged = 0;
  while (subject.sides[0]->where() == punch::phase::punching) {
    subject.now = subject.sides[0]->next();
    for (const auto& [to, x] : probes(subject.sides[0]->on_time(subject.now))) {
      probe y{.from = side::second, .confirmed = true, .number = x.number, .answers = x.number};
      y.tag = x.tag;
      auto out = subject.sides[0]->on_datagram(to, encode(y), subject.now);
      BOOST_TEST(out.empty());
      ++forged;
    }
  }
  BOOST_TEST(forged > 10u);
  BOOST_TEST(!subject.open(0));
}

BOOST_AUTO_TEST_CASE(waits_on_when_somebody_else_has_taken_the_others_seat_for_a_while) {
  arena subject{nat_kind::cone, nat_kind::cone};
  squatter thief{subject.first};
  subject.join(0);
  for (int round = 0; round < 32; ++round) {
    if (round < 12)
      thief.ask(subject.middle, subject.now);
    subject.run_for(250ms);
  }
  BOOST_TEST((subject.counts[{subject.external[0], thief.where.host}] > 0), "it has been met");
  subject.join(1);
  subject.run();
  BOOST_TEST(subject.both_open());
}

BOOST_AUTO_TEST_CASE(waits_no_longer_than_its_patience_while_somebody_else_has_the_others_seat) {
  arena subject{nat_kind::cone, nat_kind::cone, {.settings = {.patience = 20s}}};
  squatter thief{subject.first};
  subject.join(0);
  const auto begun = subject.now;
  while (subject.sides[0]->where() != punch::phase::over && subject.now < begun + 1min) {
    thief.ask(subject.middle, subject.now);
    subject.run_for(250ms);
  }
  BOOST_TEST((subject.error(0) == errc::punch_timeout));
  BOOST_TEST((subject.now - begun <= 20s + 2 * rendezvous_client::interval));
}

BOOST_AUTO_TEST_CASE(does_not_wait_on_when_the_other_side_itself_cannot_be_answered) {
  arena subject{nat_kind::fullcone, nat_kind::fullcone};
  subject.connected = false;
  subject.wiretap = [&](std::size_t to, const bytes& content) {
    if (to == 0 && subject.sides[0]->where() == punch::phase::punching)
      (void)subject.sides[0]->on_datagram({subject.external[1], arena::port}, content, subject.now);
  };
  const auto begun = subject.now;
  subject.join_both();
  while (subject.sides[0]->where() != punch::phase::over)
    subject.step();
  BOOST_TEST((subject.error(0) == errc::punch_timeout));
  BOOST_TEST((subject.now - begun < punch::max_punching + 1s));
}

BOOST_AUTO_TEST_CASE(is_not_closed_by_replays_of_what_wants_an_answer) {
  for (bool from_elsewhere : {false, true}) {
    arena subject{nat_kind::fullcone,
                  nat_kind::fullcone,
                  {.min_latency = 100ms, .max_latency = 100ms, .settings = {.keep_alive = 1s}}};
    subject.connect();
    const auto captured = capture(subject, 0);
    BOOST_REQUIRE(!captured.empty());
    const auto from = from_elsewhere ? attacker : subject.sides[0]->hole()->remote;
    // The number of probes per round trip exceeds what a side remembers.
    for (int round = 0; round < 400 * 25; ++round) {
      subject.send_from(from, {subject.external[0], arena::port}, captured);
      subject.run_for(2500us);
    }
    BOOST_TEST(subject.both_open());
  }
}

BOOST_AUTO_TEST_CASE(sends_only_through_the_hole_once_it_is_open) {
  arena subject{nat_kind::fullcone, nat_kind::fullcone};
  subject.connect();
  auto& one = *subject.sides[0];
  const auto next = one.next();
  // The other side also appears at another endpoint, and has received an answer there.
  const endpoint elsewhere{"192.0.2.77", 1};
  auto told = probes(
    one.on_datagram(elsewhere, genuine(one, {.wants_answer = true, .number = 1}), subject.now));
  BOOST_REQUIRE(told.size() == 1u);
  auto echo = genuine(one, {.number = 2, .answers = told[0].second.number});
  BOOST_TEST(one.on_datagram(elsewhere, echo, subject.now).empty());
  BOOST_REQUIRE((one.next() == next));
  auto sent = one.on_time(next);
  BOOST_REQUIRE(sent.size() == 1u);
  BOOST_TEST((sent[0].to == one.hole()->remote));
}

BOOST_AUTO_TEST_CASE(remembers_only_so_many_of_what_it_has_sent) {
  const endpoint elsewhere{"192.0.2.77", 1};
  for (auto answers_since : {punch::max_remembered - 1, punch::max_remembered}) {
    arena subject{nat_kind::fullcone, nat_kind::fullcone};
    subject.connected = false;
    subject.join_both();
    while (subject.sides[0]->where() == punch::phase::introducing)
      subject.step();
    auto& one = *subject.sides[0];
    std::vector<std::uint64_t> given;
    for (std::uint64_t number = 1; number <= answers_since + 1; ++number) {
      auto asks = genuine(one, {.wants_answer = true, .number = number});
      given.push_back(probes(one.on_datagram(elsewhere, asks, subject.now)).at(0).second.number);
    }
    auto echo = genuine(one, {.number = 1000, .answers = given.front()});
    (void)one.on_datagram(elsewhere, echo, subject.now);
    while (one.next() < one.client().met()->starts)
      (void)one.on_time(one.next());
    auto to_there = [&](const auto& x) { return x.first == elsewhere; };
    auto taken = std::ranges::any_of(probes(one.on_time(one.next())), to_there);
    BOOST_TEST(taken == (answers_since < punch::max_remembered));
  }
}

BOOST_AUTO_TEST_CASE(
  takes_no_recorded_meeting_for_another_though_the_rendezvous_repeats_the_token) {
  const endpoint middle{"203.0.113.1", 3478};
  const std::array places{endpoint{"192.0.2.1", 1}, endpoint{"192.0.2.2", 2}};
  arena::time_point now{1h};
  // Creates a side that meets the other one at the rendezvous, with a repeated token.
  auto begin = [&](std::size_t which, std::uint64_t seed) {
    kit::seeded_random random{seed};
    punch out{{{1}, static_cast<side>(which)}, {middle}, random, now};
    auto asked = decode_punch_message(out.on_time(now).at(0).content);
    auto nonce = std::get<question>(*asked).nonce;
    answer met{.status = answer_status::met, .nonce = nonce, .secret = {7}};
    met.peer = places[1 - which];
    (void)out.on_datagram(middle, encode(met), now);
    return out;
  };
  std::array sides{begin(0, 1), begin(1, 2)};
  std::vector<punch_datagram> recorded;
  std::function<void(std::size_t, const std::vector<outgoing>&)> carry =
    [&](std::size_t from, const std::vector<outgoing>& sent) {
      for (const auto& each : sent)
        if (each.to == places[1 - from]) {
          if (from == 1)
            recorded.push_back(each.content);
          carry(1 - from, sides[1 - from].on_datagram(places[from], each.content, now));
        }
    };
  for (int round = 0; round < 10; ++round, now += punch::interval)
    for (std::size_t i = 0; i < 2; ++i)
      carry(i, sides[i].on_time(now));
  BOOST_REQUIRE((sides[0].where() == punch::phase::open));
  auto again = begin(0, 3);
  for (int round = 0; round < 40; ++round, now += punch::interval) {
    (void)again.on_time(now);
    for (const auto& each : recorded)
      (void)again.on_datagram(places[1], each, now);
  }
  BOOST_TEST((again.where() == punch::phase::punching));
}

BOOST_AUTO_TEST_CASE(does_not_take_its_own_probes_for_the_others) {
  arena subject{nat_kind::fullcone, nat_kind::fullcone};
  subject.connected = false;
  subject.join_both();
  const endpoint mirror{subject.external[1], arena::port};
  while (subject.sides[0]->where() != punch::phase::over &&
         subject.next_event() != arena::time_point::max()) {
    subject.step();
    subject.connected = false;
    // Reflects datagrams for the second side to the first, from the endpoint to which it had sent
    // them.
    for (auto& [to, content] : std::exchange(subject.overheard, {}))
      if (to == 1)
        for (auto& each : subject.sides[0]->on_datagram(mirror, content, subject.now))
          subject.send(0, each.to, each.content);
  }
  BOOST_TEST((subject.error(0) == errc::punch_timeout));
}

BOOST_AUTO_TEST_CASE(is_not_led_away_by_replays) {
  arena subject{nat_kind::fullcone, nat_kind::fullcone};
  subject.connect();
  const auto remote = subject.sides[0]->hole()->remote;
  const auto replayed = subject.overheard;
  for (int round = 0; round < 40; ++round) {
    for (const auto& [to, content] : replayed)
      subject.send_from(attacker, {subject.external[to], arena::port}, content);
    subject.run_for(1s);
  }
  BOOST_TEST((subject.sides[0]->hole()->remote == remote));
  BOOST_TEST(subject.both_open());
  auto sent = subject.counts[{attacker.host, subject.external[0]}];
  BOOST_TEST((subject.counts[{subject.external[0], attacker.host}] <= sent),
             "it cannot be used to send more than it is sent");
}

BOOST_AUTO_TEST_CASE(is_not_led_away_by_who_carries_what_the_two_say_faster_than_they_do) {
  arena subject{nat_kind::fullcone, nat_kind::fullcone};
  subject.wiretap = [&](std::size_t to, const bytes& content) {
    subject.deliver(attacker, to, content);
  };
  subject.connect();
  BOOST_TEST(subject.sides[0]->hole()->remote.host == subject.external[1]);
  BOOST_TEST(subject.sides[1]->hole()->remote.host == subject.external[0]);
}

BOOST_AUTO_TEST_CASE(sends_no_more_to_where_the_other_pretends_to_be_than_comes_from_there) {
  arena subject{nat_kind::fullcone, nat_kind::fullcone};
  subject.connected = false;
  std::size_t pretended = 0;
  subject.wiretap = [&](std::size_t to, const bytes& content) {
    if (to == 0 && pretended < 20) {
      // The datagrams seem to come from many ports of a third party.
      auto port = static_cast<std::uint16_t>(++pretended);
      subject.deliver({"192.0.2.77", port}, to, content);
    }
  };
  subject.meet();
  BOOST_TEST(pretended == 20u);
  BOOST_TEST((subject.counts[{subject.external[0], "192.0.2.77"}] == punch::max_paths - 1));
}

BOOST_AUTO_TEST_CASE(is_not_kept_open_by_replays) {
  arena subject{nat_kind::fullcone, nat_kind::fullcone};
  subject.meet();
  const auto replayed = subject.overheard;
  const endpoint other{subject.external[1], arena::port};
  subject.sides[1].reset();
  for (int round = 0; round < 40; ++round) {
    for (const auto& [to, content] : replayed)
      if (to == 0)
        subject.send_from(other, {subject.external[0], arena::port}, content);
    subject.run_for(1s);
  }
  BOOST_TEST((subject.error(0) == errc::ping_timeout));
}

BOOST_AUTO_TEST_CASE(takes_no_token_of_an_earlier_attempt) {
  arena subject{nat_kind::fullcone, nat_kind::fullcone};
  subject.meet();
  const auto replayed = subject.overheard;
  subject.run_for(1min);
  subject.options.seed = 7;
  subject.connected = false;
  subject.join_both();
  while (subject.sides[0]->where() != punch::phase::over) {
    for (const auto& [to, content] : replayed)
      for (const auto& each : subject.sides[to]->on_datagram(
             {subject.external[1 - to], arena::port}, content, subject.now))
        BOOST_FAIL("answered a replay to " << to_string(each.to));
    subject.step();
  }
  BOOST_TEST((subject.error(0) == errc::punch_timeout));
}

BOOST_AUTO_TEST_CASE(ignores_whatever_else_comes) {
  arena subject{nat_kind::fullcone, nat_kind::fullcone};
  subject.join_both();
  kit::seeded_random random{5};
  for (std::size_t size = 0; size < 300; ++size) {
    bytes noise(size);
    random.fill(noise);
    subject.send_from(attacker, {subject.external[0], arena::port}, noise);
    subject.run_for(1ms);
  }
  subject.send_from(attacker, {subject.external[0], arena::port}, bytes(65'507));
  subject.run();
  BOOST_TEST(subject.both_open());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::nat
