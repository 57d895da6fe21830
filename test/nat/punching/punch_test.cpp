// SPDX-License-Identifier: BSL-1.0
#include "punch_arena.hpp"

#include <algorithm>

namespace devp2p::nat {
BOOST_AUTO_TEST_SUITE(punch_test)

namespace {

constexpr std::array kinds{nat_kind::fullcone, nat_kind::addrcone, nat_kind::cone,
                           nat_kind::portrange, nat_kind::symmetric};

/// Returns whether a hole is possible. It is not if one NAT chooses an unpredictable port, and the
/// other only admits datagrams from ports to which it has sent.
bool can_work(nat_kind one, nat_kind two) {
  auto strict = [](nat_kind x) { return x >= nat_kind::cone; };
  return !(one == nat_kind::symmetric && strict(two)) &&
         !(two == nat_kind::symmetric && strict(one));
}

/// Checks all properties of one attempt.
void check_outcome(nat_kind one, nat_kind two, const arena_options& options) {
  arena subject{one, two, options};
  subject.meet();
  BOOST_TEST_CONTEXT(to_string(one) << " x " << to_string(two) << ", loss " << options.loss
                                    << ", seed " << options.seed) {
    if (can_work(one, two)) {
      BOOST_TEST(subject.both_open());
      if (subject.both_open()) {
        BOOST_TEST(subject.reaches(0));
        BOOST_TEST(subject.reaches(1));
      }
      return;
    }
    for (std::size_t i = 0; i < 2; ++i) {
      BOOST_TEST((subject.error(i) == errc::symmetric_nat));
      BOOST_TEST(subject.sides[i]->failed()->detail.find("symmetric") != std::string::npos);
    }
  }
}

void check_table(const arena_options& options) {
  for (auto one : kinds)
    for (auto two : kinds)
      check_outcome(one, two, options);
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_punch)

BOOST_AUTO_TEST_CASE(opens_a_hole_wherever_there_can_be_one) {
  check_table({});
}

BOOST_AUTO_TEST_CASE(comes_to_the_same_end_whatever_is_lost_doubled_or_overtaken) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    check_table({.seed = seed, .loss = 0.2, .duplicates = 0.1});
    check_table({.seed = seed, .loss = 0.4, .max_latency = 300ms});
  }
}

BOOST_AUTO_TEST_CASE(takes_less_than_a_second_and_a_half_where_nothing_is_lost) {
  for (auto one : kinds)
    for (auto two : kinds)
      if (can_work(one, two)) {
        arena subject{one, two};
        const auto begun = subject.now;
        subject.meet();
        BOOST_TEST((subject.now - begun < 1500ms));
      }
}

BOOST_AUTO_TEST_CASE(measures_the_round_trip) {
  arena subject{nat_kind::cone, nat_kind::cone, {.min_latency = 50ms, .max_latency = 50ms}};
  subject.meet();
  BOOST_TEST((subject.sides[0]->hole()->round_trip == 100ms));
  BOOST_TEST((subject.sides[1]->hole()->round_trip == 100ms));
}

BOOST_AUTO_TEST_CASE(does_not_count_what_waits_for_the_next_probe_as_a_part_of_the_round_trip) {
  arena subject{
    nat_kind::symmetric, nat_kind::addrcone, {.min_latency = 30ms, .max_latency = 30ms}};
  subject.meet();
  BOOST_TEST((subject.sides[0]->hole()->round_trip == 60ms));
  BOOST_TEST((subject.sides[1]->hole()->round_trip == 60ms));
}

BOOST_AUTO_TEST_CASE(finds_the_port_that_a_symmetric_nat_takes) {
  arena subject{nat_kind::symmetric, nat_kind::addrcone};
  subject.connect();
  auto announced = *subject.sides[0]->client().observed();
  BOOST_TEST((subject.sides[1]->hole()->remote != announced));
  BOOST_TEST(subject.sides[1]->hole()->remote.host == announced.host);
}

BOOST_AUTO_TEST_CASE(knows_what_kind_of_nat_both_have) {
  arena subject{nat_kind::symmetric, nat_kind::portrange};
  subject.meet();
  const auto& one = subject.sides[0]->client();
  const auto& two = subject.sides[1]->client();
  BOOST_TEST((one.mapping() == port_mapping_kind::dependent));
  BOOST_TEST((two.mapping() == port_mapping_kind::independent));
  BOOST_TEST((one.peer_mapping() == port_mapping_kind::independent));
  BOOST_TEST((two.peer_mapping() == port_mapping_kind::dependent));
  BOOST_TEST(subject.sides[0]->failed()->detail.starts_with("our NAT"));
  BOOST_TEST(subject.sides[1]->failed()->detail.starts_with("the other side's NAT"));
}

BOOST_AUTO_TEST_CASE(does_not_claim_to_know_with_one_address_of_the_rendezvous_only) {
  arena subject{nat_kind::symmetric, nat_kind::cone, {.two_addresses = false}};
  subject.meet();
  BOOST_TEST(subject.both_failed(errc::punch_timeout));
}

BOOST_AUTO_TEST_CASE(gives_up_when_nothing_arrives_though_no_nat_is_symmetric) {
  arena subject{nat_kind::fullcone, nat_kind::cone};
  subject.connected = false;
  const auto begun = subject.now;
  subject.meet();
  BOOST_TEST(subject.both_failed(errc::punch_timeout));
  BOOST_TEST((subject.sides[0]->next() == arena::time_point::max()));
  BOOST_TEST((subject.now - begun <= punch_settings{}.patience + rendezvous_client::interval));
}

BOOST_AUTO_TEST_CASE(gives_up_at_once_when_a_nat_is_known_to_be_symmetric) {
  arena subject{nat_kind::symmetric, nat_kind::cone};
  const auto begun = subject.now;
  subject.meet();
  BOOST_TEST(subject.both_failed(errc::symmetric_nat));
  BOOST_TEST((subject.now - begun < punch::max_punching + 1s));
}

BOOST_AUTO_TEST_CASE(tries_again_while_it_has_patience) {
  arena subject{nat_kind::portrange, nat_kind::cone};
  subject.connected = false;
  subject.join_both();
  subject.run_for(12s);
  subject.connected = true;
  subject.run();
  BOOST_TEST(subject.both_open());
}

BOOST_AUTO_TEST_CASE(says_when_the_rendezvous_is_silent) {
  arena subject{nat_kind::cone, nat_kind::cone};
  subject.rendezvous_is_there = false;
  const auto begun = subject.now;
  subject.meet();
  BOOST_TEST((subject.error(0) == errc::rendezvous_silent));
  BOOST_TEST((subject.now - begun < 6s));
}

BOOST_AUTO_TEST_CASE(says_when_the_other_side_does_not_come) {
  for (auto loss : {0.0, 0.2, 0.4}) {
    arena subject{nat_kind::cone, nat_kind::cone, {.loss = loss, .settings = {.patience = 10s}}};
    const auto begun = subject.now;
    subject.join(0);
    subject.run();
    BOOST_TEST((subject.error(0) == errc::unknown_to_rendezvous));
    BOOST_TEST((subject.now - begun < 11s));
  }
}

BOOST_AUTO_TEST_CASE(waits_for_the_other_side) {
  arena subject{nat_kind::cone, nat_kind::portrange};
  subject.join(0);
  subject.run_for(25s);
  subject.join(1);
  subject.run();
  BOOST_TEST(subject.both_open());
}

BOOST_AUTO_TEST_CASE(meets_the_other_side_again_after_that_has_begun_anew) {
  arena subject{nat_kind::cone, nat_kind::cone};
  subject.connected = false;
  subject.join_both();
  subject.run_for(1s);
  BOOST_TEST((subject.sides[0]->where() == punch::phase::punching));
  subject.connected = true;
  subject.options.seed = 2;
  subject.join(1);
  subject.run();
  BOOST_TEST(subject.both_open());
}

BOOST_AUTO_TEST_CASE(knows_no_bounds_to_its_patience_but_the_greatest) {
  for (auto patience : {std::chrono::nanoseconds::max(), std::chrono::nanoseconds{2h}}) {
    arena subject{nat_kind::cone, nat_kind::cone, {.settings = {.patience = patience}}};
    subject.join(0);
    subject.run_for(rendezvous_client::max_patience - 1s);
    BOOST_TEST((subject.sides[0]->where() == punch::phase::introducing));
    subject.run_for(2s);
    BOOST_TEST((subject.error(0) == errc::unknown_to_rendezvous));
  }
}

BOOST_AUTO_TEST_CASE(sends_now_and_then_even_if_told_to_do_so_never) {
  arena subject{
    nat_kind::cone, nat_kind::cone, {.settings = {.keep_alive = std::chrono::nanoseconds::max()}}};
  subject.connect();
  subject.run_for(1min);
  BOOST_TEST(subject.both_open());
  BOOST_TEST((subject.sides[0]->next() <= subject.now + punch::max_keep_alive));
}

BOOST_AUTO_TEST_CASE(sends_no_more_than_that_even_if_told_to_do_so_all_the_time) {
  for (auto keep_alive : {std::chrono::nanoseconds{0}, std::chrono::nanoseconds::min()}) {
    arena subject{nat_kind::cone, nat_kind::cone, {.settings = {.keep_alive = keep_alive}}};
    subject.connect();
    const auto before = subject.counts[{subject.external[0], subject.external[1]}];
    subject.run_for(10s);
    BOOST_TEST(subject.both_open());
    const auto more = subject.counts[{subject.external[0], subject.external[1]}] - before;
    BOOST_TEST(more <= 2 * (10s / punch::interval) + 2, "a question and an answer each time");
  }
}

BOOST_AUTO_TEST_CASE(does_not_take_a_nat_that_is_restarted_during_the_wait_for_a_symmetric_one) {
  arena subject{nat_kind::portrange, nat_kind::cone};
  subject.join(0);
  subject.run_for(5s);
  const auto before = *subject.sides[0]->client().observed();
  subject.boxes[0].restart();
  subject.run_for(5s);
  BOOST_REQUIRE((subject.sides[0]->client().observed() != before));
  subject.connected = false;
  subject.join(1);
  subject.run();
  BOOST_TEST(subject.both_failed(errc::punch_timeout));
}

BOOST_AUTO_TEST_CASE(does_not_meet_those_who_do_not_share_its_secret) {
  arena subject{nat_kind::fullcone, nat_kind::fullcone, {.settings = {.patience = 3s}}};
  subject.join(0);
  subject.join(1, byte_array<32>{9});
  subject.run();
  BOOST_TEST(subject.both_failed(errc::unknown_to_rendezvous));
}

BOOST_AUTO_TEST_CASE(keeps_the_hole_open) {
  arena subject{nat_kind::symmetric, nat_kind::addrcone};
  subject.connect();
  const auto said = subject.counts;
  subject.run_for(10min);
  BOOST_TEST(subject.both_open());
  BOOST_TEST(subject.reaches(0));
  BOOST_TEST(subject.reaches(1));
  BOOST_TEST(subject.middle.meetings() <= 1u);
  auto more = subject.counts[{subject.external[0], subject.external[1]}] -
              said.at({subject.external[0], subject.external[1]});
  BOOST_TEST(more <= 2 * 10 * 60 / 15 + 2, "a question and an answer in each interval");
  BOOST_TEST((subject.counts[{subject.external[0], subject.first.host}] ==
              said.at({subject.external[0], subject.first.host})),
             "the rendezvous has been left alone");
}

BOOST_AUTO_TEST_CASE(keeps_the_hole_open_whatever_is_lost) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    arena subject{nat_kind::cone, nat_kind::cone, {.seed = seed, .loss = 0.4}};
    subject.meet();
    subject.run_for(10min);
    BOOST_TEST(subject.both_open());
  }
}

BOOST_AUTO_TEST_CASE(tells_when_the_hole_is_lost) {
  arena subject{nat_kind::cone, nat_kind::cone};
  subject.connect();
  subject.connected = false;
  subject.run_for(36s);
  BOOST_TEST(subject.both_failed(errc::ping_timeout));
  BOOST_TEST(subject.sides[0]->hole().has_value());
}

BOOST_AUTO_TEST_CASE(survives_a_restart_of_a_nat_that_maps_to_the_same_port) {
  arena subject{nat_kind::cone, nat_kind::cone};
  subject.meet();
  subject.boxes[0].restart();
  subject.run_for(2min);
  BOOST_TEST(subject.both_open());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::nat
