// SPDX-License-Identifier: BSL-1.0
#include "devp2p/kit/seeded_random.hpp"
#include "devp2p/nat/punching/rendezvous_server.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

namespace devp2p::nat {
BOOST_AUTO_TEST_SUITE(rendezvous_server_test)

namespace {

using namespace std::chrono_literals;

byte_array<16> numbered(std::uint64_t x) {
  byte_array<16> out{};
  for (std::size_t i = 0; i < 8; ++i)
    out[i] = static_cast<std::uint8_t>(x >> (8 * i));
  return out;
}

/// A client that asks the rendezvous; its question keeps the cookie it was sent.
struct asker {
  endpoint where;
  question asks;
};

/// A random source that throws if told to.
struct failing_random final : random_source {
  void fill(mutable_byte_view out) override {
    if (fails)
      throw 1;
    working.fill(out);
  }

  kit::seeded_random working{4};
  bool fails = false;
};

struct rendezvous_fixture {
  kit::seeded_random random{1};
  rendezvous_server subject{random};
  rendezvous_server::time_point now{1h};
  asker one{{"198.51.100.1", 1}, {.from = side::first, .nonce = numbered(1), .name = numbered(9)}};
  asker two{{"198.51.100.2", 2}, {.from = side::second, .nonce = numbered(2), .name = numbered(9)}};

  std::optional<answer> ask(const asker& who, rendezvous_address at = rendezvous_address::first) {
    auto out = subject.on_datagram(at, who.where, encode(who.asks), now);
    if (!out)
      return std::nullopt;
    return std::get<answer>(*decode_punch_message(*out));
  }

  answer_status status(const asker& who) {
    auto got = ask(who);
    BOOST_REQUIRE(got);
    return got->status;
  }

  /// Asks, returns the cookie to prove the source, and asks again.
  answer come(asker& who) {
    auto first = ask(who);
    BOOST_REQUIRE(first);
    BOOST_TEST((first->status == answer_status::challenge));
    who.asks.cookie = first->secret;
    return *ask(who);
  }

  /// Checks that both sides meet, with a flood of others before each step but the first.
  template <class Flood>
  void check_that_they_meet_between(Flood flood) {
    BOOST_TEST((come(one).status == answer_status::waiting));
    flood();
    BOOST_TEST((come(two).status == answer_status::met));
    flood();
    BOOST_TEST((status(one) == answer_status::met));
  }

  asker stranger(std::uint64_t number, const std::string& host) {
    return {{host, static_cast<std::uint16_t>(number)},
            {.nonce = numbered(number), .name = numbered(1000 + number)}};
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_rendezvous, rendezvous_fixture)

BOOST_AUTO_TEST_CASE(tells_each_side_where_the_other_is_and_a_token) {
  BOOST_TEST((come(one).status == answer_status::waiting));
  auto to_two = come(two);
  auto to_one = *ask(one);
  BOOST_TEST((to_one.status == answer_status::met));
  BOOST_TEST((to_two.status == answer_status::met));
  BOOST_TEST((to_one.observed == one.where));
  BOOST_TEST((to_one.peer == two.where));
  BOOST_TEST((to_two.peer == one.where));
  BOOST_TEST((to_one.secret == to_two.secret));
  BOOST_TEST((to_one.secret != byte_array<16>{}));
}

BOOST_AUTO_TEST_CASE(has_both_begin_at_the_same_time) {
  come(one);
  auto to_two = come(two);
  now += 200ms;
  auto to_one = *ask(one);
  BOOST_TEST(to_two.start_in.count() == 500);
  BOOST_TEST(to_one.start_in.count() == 300);
  now += 1s;
  BOOST_TEST(ask(one)->start_in.count() == 0);
}

BOOST_AUTO_TEST_CASE(passes_on_what_each_says_of_its_nat) {
  come(one);
  two.asks.mapping = port_mapping_kind::dependent;
  come(two);
  BOOST_TEST((ask(one)->mapping == port_mapping_kind::dependent));
  two.asks.mapping = port_mapping_kind::independent;
  (void)ask(two);
  BOOST_TEST((ask(one)->mapping == port_mapping_kind::independent));
}

BOOST_AUTO_TEST_CASE(remembers_nobody_who_has_not_returned_a_cookie) {
  for (int round = 0; round < 10; ++round)
    BOOST_TEST((status(one) == answer_status::challenge));
  one.asks.cookie = numbered(7);
  BOOST_TEST((status(one) == answer_status::challenge));
  BOOST_TEST(subject.meetings() == 0);
}

BOOST_AUTO_TEST_CASE(asks_no_cookie_of_a_source_that_is_proven) {
  auto out = subject.on_datagram(rendezvous_address::first, one.where, encode(one.asks), now, true);
  BOOST_REQUIRE(out);
  BOOST_TEST((std::get<answer>(*decode_punch_message(*out)).status == answer_status::waiting));
  // A proven source does not share the limit of sources that may be forged.
  for (int i = 0; i < 1000; ++i)
    (void)ask(stranger(static_cast<std::uint64_t>(i), one.where.host));
  BOOST_TEST(!ask(stranger(5000, one.where.host)));
  BOOST_TEST(
    bool{subject.on_datagram(rendezvous_address::first, one.where, encode(one.asks), now, true)});
}

BOOST_AUTO_TEST_CASE(takes_no_cookie_from_another_address_or_port) {
  come(one);
  auto thief = one;
  thief.where.port += 1;
  BOOST_TEST((status(thief) == answer_status::challenge));
  thief = one;
  thief.where.host = "198.51.100.99";
  BOOST_TEST((status(thief) == answer_status::challenge));
}

BOOST_AUTO_TEST_CASE(takes_no_cookie_that_is_more_than_a_minute_old) {
  come(one);
  now += 30s;
  BOOST_TEST((status(one) == answer_status::waiting));
  now += 30s;
  BOOST_TEST((status(one) == answer_status::challenge));
}

BOOST_AUTO_TEST_CASE(follows_a_guest_whose_port_changes) {
  come(one);
  come(two);
  one.where.port = 777;
  one.asks.cookie = {};
  come(one);
  BOOST_TEST((ask(two)->peer == one.where));
}

BOOST_AUTO_TEST_CASE(gives_a_guests_seat_to_nobody_else_until_that_is_silent) {
  come(one);
  auto thief = asker{{"203.0.113.66", 6}, one.asks};
  thief.asks.nonce = numbered(66);
  thief.asks.cookie = {};
  BOOST_TEST((come(thief).status == answer_status::refused));
  now += rendezvous_server::max_silence;
  BOOST_TEST((status(thief) == answer_status::waiting));
}

BOOST_AUTO_TEST_CASE(introduces_anew_when_a_side_has_begun_anew) {
  come(one);
  auto before = come(two);
  now += 2s;
  (void)ask(one);
  now += 2s;
  auto again = two;
  again.asks.nonce = numbered(22);
  again.where.port = 22;
  again.asks.cookie = {};
  auto after = come(again);
  BOOST_TEST((after.status == answer_status::met));
  BOOST_TEST((after.secret != before.secret));
  BOOST_TEST((ask(one)->secret == after.secret));
  BOOST_TEST((ask(one)->peer == again.where));
}

BOOST_AUTO_TEST_CASE(only_says_what_it_sees_at_its_second_address) {
  auto got = ask(one, rendezvous_address::second);
  BOOST_REQUIRE(got);
  BOOST_TEST((got->status == answer_status::observed));
  BOOST_TEST((got->observed == one.where));
  BOOST_TEST((got->nonce == one.asks.nonce));
  BOOST_TEST(subject.meetings() == 0);
}

BOOST_AUTO_TEST_CASE(answers_questions_only) {
  for (const auto& x : {punch_message{answer{}}, punch_message{probe{}}})
    BOOST_TEST(!subject.on_datagram(rendezvous_address::first, one.where, encode(x), now));
  BOOST_TEST(!subject.on_datagram(rendezvous_address::first, one.where, {}, now));
  BOOST_TEST(!subject.on_datagram(rendezvous_address::second, one.where, bytes(65'507), now));
}

BOOST_AUTO_TEST_CASE(has_forgotten_everything_after_a_minute) {
  come(one);
  come(two);
  const auto begun = now;
  const auto token = ask(one)->secret;
  auto again = [this](asker& who) {
    auto got = *ask(who);
    return got.status == answer_status::challenge ? come(who) : got;
  };
  // Even sides that go on asking do not make it remember their first meeting.
  for (; now < begun + 60s; now += 2s) {
    again(one);
    again(two);
  }
  again(two);
  BOOST_TEST((again(one).status == answer_status::met));
  BOOST_TEST((again(one).secret != token));
  BOOST_TEST(subject.addresses() == 2);
  now += 60s;
  subject.on_time(now);
  BOOST_TEST(subject.meetings() == 0);
  BOOST_TEST(subject.addresses() == 0);
}

BOOST_AUTO_TEST_CASE(has_forgotten_everything_after_a_minute_however_often_a_side_begins_anew) {
  come(one);
  const auto begun = now;
  for (std::uint64_t round = 0; now + 1s < begun + 60s; ++round, now += 1s) {
    if (ask(one)->status == answer_status::challenge)
      come(one);
    if (round % 5 != 0)
      continue;
    two.asks.nonce = numbered(100 + round);
    two.asks.cookie = {};
    BOOST_TEST((come(two).status == answer_status::met));
  }
  BOOST_TEST(subject.meetings() == 1);
  subject.on_time(begun + 60s);
  BOOST_TEST(subject.meetings() == 0);
}

BOOST_AUTO_TEST_CASE(forgets_by_itself_as_long_as_anything_comes) {
  come(one);
  now += 11s;
  (void)ask(two);
  BOOST_TEST(subject.meetings() == 0);
}

BOOST_AUTO_TEST_CASE(answers_an_address_no_faster_than_its_limit_allows) {
  auto answers = 0;
  for (int i = 0; i < 1000; ++i) {
    one.where.port = static_cast<std::uint16_t>(i);
    answers += ask(one) ? 1 : 0;
  }
  BOOST_TEST(answers == 128);
  BOOST_TEST(ask(two).has_value(), "others do not suffer");
  now += 1s;
  answers = 0;
  for (int i = 0; i < 1000; ++i)
    answers += ask(one) ? 1 : 0;
  BOOST_TEST(answers == 64);
}

BOOST_AUTO_TEST_CASE(counts_half_an_address_of_ipv6_as_one) {
  auto answers = 0;
  for (int i = 0; i < 1000; ++i) {
    one.where.host = "2001:db8::" + std::to_string(i);
    answers += ask(one) ? 1 : 0;
  }
  BOOST_TEST(answers == 128);
  one.where.host = "2001:db8:0:1::1";
  BOOST_TEST(ask(one).has_value());
}

BOOST_AUTO_TEST_CASE(goes_on_answering_a_guest_in_whose_name_others_flood_it) {
  come(one);
  auto forger = one;
  forger.asks.cookie = {};
  for (int i = 0; i < 1000; ++i)
    (void)ask(forger);
  BOOST_TEST(!ask(forger).has_value());
  BOOST_TEST((status(one) == answer_status::waiting));
}

BOOST_AUTO_TEST_CASE(seats_no_more_of_one_address_than_the_limit) {
  rendezvous_limits limits;
  for (std::uint64_t i = 0; i < 40; ++i) {
    auto each = stranger(i, "198.51.100.7");
    auto expected = i < limits.max_per_address ? answer_status::waiting : answer_status::refused;
    BOOST_TEST((come(each).status == expected));
    now += 50ms;
  }
  BOOST_TEST(subject.meetings() == limits.max_per_address);
  now += rendezvous_server::max_silence;
  auto late = stranger(41, "198.51.100.7");
  BOOST_TEST((come(late).status == answer_status::waiting));
}

BOOST_AUTO_TEST_CASE(has_room_for_so_many_and_keeps_those_it_has) {
  subject = rendezvous_server{random, {.max_meetings = 100}};
  come(one);
  for (std::uint64_t i = 0; i < 200; ++i) {
    auto each = stranger(i, "192.0.2." + std::to_string(i));
    BOOST_TEST((come(each).status == (i < 99 ? answer_status::waiting : answer_status::refused)));
  }
  BOOST_TEST(subject.meetings() == 100);
  BOOST_TEST((come(two).status == answer_status::met), "the other half of a pair needs no room");
}

BOOST_AUTO_TEST_CASE(refuses_nobody_while_there_is_room) {
  for (std::uint64_t i = 0; i < rendezvous_limits{}.max_meetings; ++i) {
    auto each = stranger(i, "198.51.100." + std::to_string(i % 256));
    BOOST_TEST_REQUIRE((come(each).status == answer_status::waiting));
    if (i % 1024 == 1023)
      now += 1s; // Less than `max_silence`.
  }
}

BOOST_AUTO_TEST_CASE(lets_no_networks_take_all_the_room) {
  const std::vector<std::string> networks{"192.0.2.", "192.0.3.", "203.0.113.", "203.0.114."};
  subject = rendezvous_server{random, {.max_meetings = 120}};
  std::uint64_t number = 0;
  auto flood = [&] {
    for (std::uint64_t i = 0; i < 60; ++i)
      for (const auto& network : networks) {
        auto each = stranger(++number, network + std::to_string(i));
        come(each);
      }
  };
  flood();
  BOOST_TEST(subject.meetings() == 120);
  check_that_they_meet_between(flood);
  BOOST_TEST(subject.meetings() == 120);
  now += rendezvous_server::max_silence;
  one.asks.cookie = {};
  BOOST_TEST((come(one).status == answer_status::waiting), "all of it is given back");
  BOOST_TEST(subject.meetings() == 1);
  BOOST_TEST(subject.addresses() == 1);
}

BOOST_AUTO_TEST_CASE(gives_up_the_oldest_half_before_a_pair_of_whoever_has_most) {
  subject = rendezvous_server{random, {.max_meetings = 3}};
  come(one);
  come(two);
  auto older = stranger(1, "198.51.100.3");
  auto younger = stranger(2, "198.51.100.4");
  come(older);
  come(younger);
  auto other = stranger(3, "192.0.2.1");
  BOOST_TEST((come(other).status == answer_status::waiting));
  BOOST_TEST((status(one) == answer_status::met));
  BOOST_TEST((status(younger) == answer_status::waiting));
  BOOST_TEST((status(older) == answer_status::refused));
  BOOST_TEST(subject.meetings() == 3);
}

BOOST_AUTO_TEST_CASE(lets_no_network_take_all_the_room_with_pairs) {
  subject = rendezvous_server{random, {.max_meetings = 20}};
  for (std::uint64_t i = 0; i < 20; ++i) {
    auto here = stranger(i, "192.0.2." + std::to_string(i));
    auto there = stranger(i, "192.0.2." + std::to_string(100 + i));
    there.asks.from = side::second;
    come(here);
    BOOST_TEST((come(there).status == answer_status::met));
  }
  BOOST_TEST((come(one).status == answer_status::waiting));
  BOOST_TEST((come(two).status == answer_status::met));
}

BOOST_AUTO_TEST_CASE(lets_no_address_take_all_the_room_of_its_network) {
  subject = rendezvous_server{random, {.max_meetings = 20, .max_per_address = 30}};
  std::uint64_t number = 0;
  auto flood = [&] {
    for (int i = 0; i < 25; ++i) {
      auto each = stranger(++number, "198.51.100.66");
      come(each);
    }
  };
  two.where.host = "198.51.100.9"; // The host of the first side has the same network.
  flood();
  check_that_they_meet_between(flood);
  BOOST_TEST(subject.meetings() == 20);
}

BOOST_AUTO_TEST_CASE(takes_no_half_for_a_pair_of_an_address_that_has_more) {
  subject = rendezvous_server{random, {.max_meetings = 3}};
  std::vector<decltype(stranger(1, ""))> pairs;
  for (std::uint64_t i = 1; i <= 2; ++i) {
    auto here = stranger(i, "198.51.100.66");
    pairs.push_back(stranger(i, "198.51.100.66"));
    pairs.back().asks.from = side::second;
    come(here);
    BOOST_TEST((come(pairs.back()).status == answer_status::met));
  }
  BOOST_TEST((come(one).status == answer_status::waiting));
  auto other = stranger(3, "192.0.2.1");
  BOOST_TEST((come(other).status == answer_status::waiting));
  BOOST_TEST((status(pairs[1]) == answer_status::met));
  BOOST_TEST((status(pairs[0]) != answer_status::met));
  BOOST_TEST((status(one) == answer_status::waiting));
}

BOOST_AUTO_TEST_CASE(counts_a_meeting_for_who_is_left_of_it) {
  subject = rendezvous_server{random, {.max_meetings = 2}};
  two.where.host = "192.0.2.1";
  come(one);
  come(two);
  now += 2s;
  (void)ask(two);
  now += 1s;
  (void)ask(two); // The first side has gone.
  auto neighbour = stranger(1, "192.0.2.2");
  come(neighbour);
  auto other = stranger(2, "198.51.100.9");
  BOOST_TEST((come(other).status == answer_status::waiting));
  BOOST_TEST((status(two) == answer_status::refused), "it was the older one of its network");
  BOOST_TEST((status(neighbour) == answer_status::waiting));
}

BOOST_AUTO_TEST_CASE(introduces_as_soon_as_there_is_chance_again) {
  failing_random failing;
  subject = rendezvous_server{failing};
  come(one);
  failing.fails = true;
  auto got = ask(two);
  two.asks.cookie = got->secret;
  BOOST_CHECK_THROW(ask(two), int);
  BOOST_CHECK_THROW(ask(one), int);
  failing.fails = false;
  auto to_one = *ask(one);
  BOOST_TEST((to_one.status == answer_status::met));
  BOOST_TEST((to_one.secret != byte_array<16>{}));
  BOOST_TEST((ask(two)->secret == to_one.secret));
}

BOOST_AUTO_TEST_CASE(counts_those_anew_who_move_to_another_address) {
  rendezvous_limits limits;
  for (std::uint64_t i = 0; i < limits.max_per_address; ++i) {
    auto each = stranger(i, "198.51.100.7");
    come(each);
  }
  auto mover = stranger(99, "198.51.101.1");
  BOOST_TEST((come(mover).status == answer_status::waiting));
  mover.where.host = "198.51.100.7";
  mover.asks.cookie = {};
  BOOST_TEST((come(mover).status == answer_status::refused));
}

BOOST_AUTO_TEST_CASE(knows_the_same_address_however_it_is_written) {
  BOOST_TEST((to_address_key("::ffff:198.51.100.1") == to_address_key("198.51.100.1")));
  BOOST_TEST((to_address_key("198.51.100.2") != to_address_key("198.51.100.1")));
  BOOST_TEST((to_address_key("2001:db8:1:2::") == to_address_key("2001:db8:1:2:ffff::")));
  BOOST_TEST((to_address_key("2001:db8:1:2::") != to_address_key("2001:db8:1:3::")));
}

BOOST_AUTO_TEST_CASE(survives_a_flood_of_noise_and_of_questions_from_everywhere) {
  kit::seeded_random noise{3};
  std::size_t answered = 0;
  for (int i = 0; i < 20'000; ++i) {
    punch_datagram in{};
    noise.fill(in);
    if (i % 2 == 0) {
      std::ranges::copy(byte_view{encode(question{})}.first(8), in.begin());
      std::ranges::fill(in.begin() + 56, in.end(), std::uint8_t{0});
    }
    endpoint from{std::to_string(in[8]) + '.' + std::to_string(in[9]) + ".1.1", in[10]};
    answered += subject.on_datagram(rendezvous_address::first, from, in, now) ? 1 : 0;
  }
  BOOST_TEST(answered == 10'000u, "each question, and no noise");
  BOOST_TEST(subject.meetings() == 0);
  come(one);
  BOOST_TEST((come(two).status == answer_status::met));
}

BOOST_AUTO_TEST_CASE(draws_other_tokens_and_cookies_for_each) {
  std::set<byte_array<16>> drawn;
  for (std::uint64_t i = 0; i < 50; ++i) {
    auto here = stranger(i, "192.0.2." + std::to_string(i));
    auto there = here;
    there.where.host = "192.0.3." + std::to_string(i);
    there.asks.from = side::second;
    come(here);
    drawn.insert(here.asks.cookie);
    drawn.insert(come(there).secret);
  }
  BOOST_TEST(drawn.size() == 100);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::nat
