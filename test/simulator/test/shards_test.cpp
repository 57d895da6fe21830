// SPDX-License-Identifier: BSL-1.0
//
// A simulated network in parts has the outcome of a whole one. Here all parts are in this process,
// so that no port is needed.
#include "parts.hpp"

#include "devp2p/net/sim/distribution.hpp"
#include "devp2p/simulator/echo_model.hpp"
#include "devp2p/simulator/gossip_model.hpp"
#include "devp2p/simulator/standard_model.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <caf/all.hpp>

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(shards_test)

namespace {

namespace data = boost::unit_test::data;
namespace action = simulator::action;
using namespace std::chrono_literals;

/// A scenario with every action that there is, and with everything that a line may do.
simulator::scenario eventful(std::uint64_t seed, bool cleartext) {
  simulator::scenario out;
  out.network.seed = seed;
  out.network.links = *simulator::random_regular(24, 4, seed);
  out.network.cleartext = cleartext;
  out.network.conditions = {
    .latency = 15ms, .jitter = net::distribution::log_normal(10ms, 5ms), .bandwidth = 100'000};
  out.network.redial_after = 500ms;
  out.length = 12s;
  out.protocols = simulator::standard_model().offered({"gossip", "echo"});
  auto [a, b] = out.network.links.links[10];
  auto [c, d] = out.network.links.links[30];
  out.schedule = {
    {0s, action::publish{0, 32}},
    {1s, action::publish{5, 10'000}},
    {1s, action::publish{6, 100'000}},
    {1010ms, action::crash{3}},
    {1010ms, action::publish{4, 32}},
    {2s, action::separate{{0, 1, 2, 12, 13, 20}}},
    {2s, action::publish{1, 32}},
    {2500ms, action::start{3}},
    {3s, action::heal{}},
    {3s, action::publish{23, 32}},
    {3s, action::crash{23}},
    {3s, action::start{23}},
    {3100ms, action::freeze{8}},
    {4s, action::stall{9, 10}},
    {4s, action::publish{8, 1}},
    {5s, action::thaw{8}},
    {5s, action::resume{9, 10}},
    {5s, action::publish{11, 70'000}},
    {5123456789ns, action::crash{11}},
    {6s, action::publish{12, 32}},
    {6s, action::cut{a, b}},
    {7s, action::ask{c, d, 100}},
    {11'999'999'999ns, action::heal{}},
    {11'999'999'999ns, action::stall{d, c}},
    {12s, action::publish{13, 32}},
    {12s, action::crash{14}},
  };
  return out;
}

BOOST_DATA_TEST_CASE(a_network_in_parts_has_the_outcome_of_the_whole,
                     data::make({1, 2, 3}) * data::make({true, false}), seed, cleartext) {
  auto what = eventful(static_cast<std::uint64_t>(seed), cleartext);
  auto expected = whole(what, 10ms);
  BOOST_TEST(expected.events.size() > 300u);
  BOOST_TEST(expected.traffic.handled > 300u);
  BOOST_TEST(expected.stalled.size() == 1u);
  BOOST_TEST(expected.events.back().when.count() == what.length.count());
  for (std::size_t count : {1, 2, 4, 24}) {
    if (seed > 1 && count == 24)
      continue;
    auto found = in_parts(what, count);
    BOOST_TEST(found.hash == expected.hash, "in " << count);
    BOOST_TEST(found.linked == expected.linked);
    BOOST_TEST(found.now.count() == expected.now.count());
    BOOST_TEST((found.traffic == expected.traffic));
    BOOST_TEST((found.stalled == expected.stalled));
    BOOST_TEST((found.events == expected.events));
  }
}

/// An eventful scenario in which lines change, also to a shorter latency, and some lead one way
/// only.
simulator::scenario with_changing_lines(std::uint64_t seed) {
  using simulator::direction;
  auto out = eventful(seed, true);
  out.network.conditions.loss = 2;
  const std::vector<simulator::scenario::step> more{
    {1s, action::set_line{{3, 4, 5}, {}, direction::both, simulator::line_change{.latency = 4ms}}},
    {2s, action::separate{{6, 7}, {}, direction::out}},
    {2s, action::separate{{8}, {9, 10, 11, 12, 13, 14, 15, 16}, direction::in}},
    {4500ms,
     action::set_line{{}, {}, direction::both, simulator::line_change{.added = 20ms, .loss = 30}}},
    {4600ms, action::publish{20, 3000}},
    {5s, action::slow_down{19, 3}},
    {5s, action::slow_down{20, 0.5}},
    {5500ms, action::crash{20}},
    {5700ms, action::start{20}},
    {6s, action::set_line{{1, 2}, {}, direction::out}},
    {6500ms, action::speed_up{20}},
    {7s, action::heal{}},
    {7s, action::publish{21, 3000}},
  };
  out.schedule.insert(out.schedule.end(), more.begin(), more.end());
  std::stable_sort(out.schedule.begin(), out.schedule.end(),
                   [](const auto& a, const auto& b) { return a.at < b.at; });
  return out;
}

BOOST_DATA_TEST_CASE(lines_change_the_same_in_parts_as_in_the_whole, data::make({1, 2}), seed) {
  auto what = with_changing_lines(static_cast<std::uint64_t>(seed));
  BOOST_TEST((simulator::least_latency(what) == 4ms));
  auto expected = whole(what, 10ms);
  BOOST_TEST(expected.events.size() > 300u);
  for (std::size_t parts : {1, 2, 4}) {
    auto found = in_parts(what, parts);
    BOOST_TEST(found.hash == expected.hash, "in " << parts);
    BOOST_TEST(found.linked == expected.linked);
    BOOST_TEST((found.traffic == expected.traffic));
    BOOST_TEST((found.events == expected.events));
  }
}

/// An eventful scenario in which two of three nodes are behind NATs, of all kinds.
simulator::scenario behind_nats(std::uint64_t seed) {
  auto out = eventful(seed, true);
  for (std::uint32_t i = 0; i < out.network.links.nodes; ++i)
    if (i % 3 != 0)
      out.network.nats[i] = static_cast<net::nat_kind>(i % 5);
  out.network.redial_after = 2s;
  out.length = 40s;
  out.schedule.push_back({13s, action::restart_nat{1}});
  out.schedule.push_back(
    {13s, action::cut{out.network.links.links[0].first, out.network.links.links[0].second}});
  out.schedule.push_back({14s, action::freeze{4}});
  out.schedule.push_back({14s, action::crash{5}});
  out.schedule.push_back({14s, action::start{5}});
  out.schedule.push_back({14050ms, action::crash{5}});
  out.schedule.push_back({16s, action::start{5}});
  out.schedule.push_back({18s, action::thaw{4}});
  return out;
}

BOOST_DATA_TEST_CASE(nats_do_the_same_in_parts_as_in_the_whole, data::make({1, 2}), seed) {
  auto what = behind_nats(static_cast<std::uint64_t>(seed));
  auto expected = whole(what, 10ms);
  auto count = [&](simulator::event_kind kind) {
    return std::count_if(expected.events.begin(), expected.events.end(),
                         [=](const auto& x) { return x.what == kind; });
  };
  BOOST_TEST(expected.linked > 20u);
  BOOST_TEST(count(simulator::event_kind::punch_failed) > 10);
  for (std::size_t parts : {1, 2, 4}) {
    auto found = in_parts(what, parts);
    BOOST_TEST(found.hash == expected.hash, "in " << parts);
    BOOST_TEST(found.linked == expected.linked);
    BOOST_TEST((found.traffic == expected.traffic));
    BOOST_TEST((found.events == expected.events));
  }
}

/// A scenario with an action at the very moment at which a node writes on a line that takes time
/// for it.
simulator::scenario coincidence() {
  simulator::scenario out;
  out.network.links = {4, {{0, 1}, {1, 2}, {2, 3}}};
  out.protocols = simulator::standard_model().offered({"gossip"});
  out.network.cleartext = true;
  out.network.conditions = {.latency = 20ms, .bandwidth = 1'000'000'000};
  out.length = 2s;
  out.schedule = {{1s, action::publish{0, 100}}, {1'020'000'064ns, action::publish{1, 300}}};
  return out;
}

/// A scenario in which the data that arrives when a stall ends is for an end that is gone. The
/// answer to it is lost in a cut at the same moment.
simulator::scenario answer_that_is_lost() {
  simulator::scenario out;
  out.network.links = *simulator::ring(4);
  out.protocols = simulator::standard_model().offered({"gossip"});
  out.network.cleartext = true;
  out.network.conditions = {.latency = 20ms};
  out.length = 130s;
  out.schedule = {{5s, action::stall{2, 1}},     {20s, action::publish{2, 32}},
                  {30s, action::publish{2, 32}}, {35s, action::publish{2, 32}},
                  {120s, action::heal{}},        {120s, action::cut{1, 2}}};
  return out;
}

BOOST_AUTO_TEST_CASE(nor_does_it_matter_what_coincides) {
  for (const auto& what : {coincidence(), answer_that_is_lost()}) {
    auto expected = whole(what, 10ms);
    for (std::size_t count : {2, 4}) {
      auto found = in_parts(what, count);
      BOOST_TEST(found.hash == expected.hash);
      BOOST_TEST((found.events == expected.events));
    }
  }
}

BOOST_AUTO_TEST_CASE(neither_slices_nor_empty_time_change_anything) {
  auto what = eventful(1, true);
  auto expected = whole(what, 10ms);
  for (caf::timespan slice : {caf::timespan{7ms}, caf::timespan{1h}}) {
    auto found = whole(what, slice);
    BOOST_TEST(found.hash == expected.hash);
    BOOST_TEST((found.events == expected.events));
  }
}

BOOST_AUTO_TEST_CASE(more_parts_than_nodes_leave_some_empty) {
  simulator::scenario what;
  what.network.links = *simulator::ring(3);
  what.network.conditions.latency = 1ms;
  what.protocols = simulator::standard_model().offered({"gossip"});
  what.length = 1s;
  BOOST_TEST(in_parts(what, 5).hash == whole(what, 1s).hash);
}

struct with_group : house {
  simulator::scenario what = eventful(1, true);
  simulator::shard_group run{system, what, 2, nullptr};
  caf::scoped_actor self{system};

  /// Returns the error with which that shard quits.
  std::string end_of(const caf::actor& who) {
    std::string out;
    self->monitor(who);
    self->receive([&](const caf::down_msg& x) { out = simulator::describe_shard_error(x.reason); },
                  caf::after(patience) >> [] { BOOST_ERROR("the shard goes on"); });
    return out;
  }
};

BOOST_FIXTURE_TEST_CASE(a_part_that_dies_ends_the_run, with_group) {
  spawn_shard(what, 0, run);
  auto second = spawn_shard(what, 1, run);
  BOOST_TEST(!run.gather(patience).has_value());
  BOOST_TEST(!run.go_on({}).has_value());
  caf::anon_send_exit(second, caf::exit_reason::kill);
  std::optional<std::string> wrong;
  while (!wrong && !run.done())
    wrong = run.go_on({});
  BOOST_TEST(wrong.value_or("nothing") ==
             "shard 1 of 2 is lost (exit: kill): the run cannot go on without its nodes");
}

/// A shard that takes its place, and then says nothing.
simulator::shard_actor spawn_mute_shard(caf::actor_system& system, const simulator::scenario& what,
                                        std::uint64_t index, const simulator::shard_group& run) {
  using shard = simulator::shard_actor;
  return system.spawn([&, index](shard::pointer self) -> shard::behavior_type {
    request_from(self, run.door(), caf::infinite, admit_atom_v, index, simulator::digest(what))
      .then([](std::uint64_t, bool) {});
    return {[self](tick_atom, caf::timespan, const blob&) -> caf::result<blob> {
              return self->make_response_promise<blob>();
            },
            [self](info_atom) -> caf::result<blob> { return self->make_response_promise<blob>(); }};
  });
}

BOOST_FIXTURE_TEST_CASE(a_part_that_says_nothing_ends_the_run, house) {
  auto what = eventful(1, true);
  simulator::shard_group run{system, what, 2, nullptr, 300ms};
  spawn_shard(what, 0, run);
  auto mute = spawn_mute_shard(system, what, 1, run);
  BOOST_TEST(!run.gather(patience).has_value());
  // The caller may look after other things meanwhile.
  BOOST_TEST(!run.go_on({}).has_value());
  BOOST_TEST(!run.done());
  std::optional<std::string> wrong;
  while (!wrong)
    wrong = run.go_on({});
  BOOST_TEST(*wrong == "shard 1 of 2 has said nothing for 0.3 s since virtual second 0: a handler "
                       "there does not return, or its nodes need more time");
  BOOST_TEST(run.details().times.by_kind.empty());
}

BOOST_FIXTURE_TEST_CASE(a_part_that_dies_before_the_others_have_come_ends_the_run, with_group) {
  auto first = spawn_shard(what, 0, run);
  BOOST_TEST(run.gather(200ms).value_or("nothing") == "1 of 2 shards have not come");
  caf::anon_send_exit(first, caf::exit_reason::kill);
  auto lost = "shard 0 of 2 is lost (exit: kill): the run cannot go on without its nodes";
  BOOST_TEST(run.gather(patience).value_or("nothing") == lost);
  BOOST_TEST(run.lost());
  spawn_shard(what, 1, run);
  BOOST_TEST(run.gather(patience).value_or("nothing") == lost);
}

BOOST_FIXTURE_TEST_CASE(a_part_that_does_not_come_is_not_waited_for_forever, with_group) {
  spawn_shard(what, 1, run);
  BOOST_TEST(run.gather(200ms).value_or("nothing") == "1 of 2 shards have not come");
}

BOOST_FIXTURE_TEST_CASE(nobody_takes_the_place_of_another, with_group) {
  spawn_shard(what, 0, run);
  spawn_shard(what, 1, run);
  BOOST_TEST(!run.gather(patience).has_value());
  BOOST_TEST(end_of(spawn_shard(what, 1, run)) == "there is a shard 1 already");
  BOOST_TEST(end_of(spawn_shard(what, 2, run)) == "the parts are numbered from 0 to 1");
  BOOST_TEST(!run.go_on({}).has_value());
}

BOOST_FIXTURE_TEST_CASE(all_parts_play_the_same_scenario, with_group) {
  auto with_another_seed = what;
  with_another_seed.network.seed = 9;
  auto with_less_to_do = what;
  with_less_to_do.schedule.pop_back();
  for (const auto& other : {with_another_seed, with_less_to_do})
    BOOST_TEST(end_of(spawn_shard(other, 1, run)) == "the coordinator runs another scenario");
}

BOOST_FIXTURE_TEST_CASE(a_part_does_not_outlive_its_coordinator, house) {
  auto what = eventful(1, true);
  std::optional<simulator::shard_group> run;
  run.emplace(system, what, 1, nullptr);
  auto part = spawn_shard(what, 0, *run);
  BOOST_TEST(!run->gather(patience).has_value());
  caf::scoped_actor self{system};
  self->monitor(part);
  run.reset();
  self->receive([&](const caf::down_msg&) {},
                caf::after(patience) >> [] { BOOST_ERROR("the shard goes on"); });
}

BOOST_FIXTURE_TEST_CASE(a_part_that_is_sent_nonsense_says_so, with_group) {
  auto part = spawn_shard(what, 0, run);
  spawn_shard(what, 1, run);
  BOOST_TEST(!run.gather(patience).has_value());
  send_to(self, part, tick_atom_v, caf::timespan{0}, blob{bytes{0xc1}});
  BOOST_TEST(end_of(part) == "the coordinator has sent what makes no sense");
}

// Messages between the coordinator and its shards

simulator::shard_report full_report() {
  simulator::shard_report out{
    .next_due = 5ns,
    .action_is_due = true,
    .next_stop = 7s,
    .done = true,
    .linked_ends = 3,
    .hash = ~std::uint64_t{0},
    .traffic = {1, 2, 3, 4},
    .departures = {{1, {1, 2, 3}}, {7, {}}},
    .first_arrival = 0ns,
  };
  out.events = {
    {.when = 1s, .node = 2, .what = simulator::event_kind::told, .name = "heard", .detail = "7"},
    {.when = 2s,
     .node = 0,
     .what = simulator::event_kind::peer_dropped,
     .peer = 0,
     .reason = disconnect_reason::requested,
     .remote_requested = true,
     .detail = "why"}};
  return out;
}

net::outbound full_departure() {
  net::outbound out{1, "10.0.0.1", "10.0.0.2", {}};
  out.segments.push_back({.due = 1s, .number = 4, .content = {1, 2, 3}});
  out.segments.push_back({.due = 2s,
                          .what = net::segment_kind::answer,
                          .number = 5,
                          .from_port = 6,
                          .to_port = 0xffff,
                          .met = 0,
                          .error = errc::connection_refused,
                          .size = 9});
  out.segments.push_back({.due = 2s, .what = net::segment_kind::unheard, .number = 6});
  return out;
}

BOOST_AUTO_TEST_CASE(a_report_arrives_as_it_was_sent) {
  auto sent = full_report();
  auto got = simulator::decode_report(simulator::encode(sent).view());
  BOOST_REQUIRE(bool{got});
  BOOST_TEST((got->next_due == sent.next_due));
  BOOST_TEST(got->action_is_due);
  BOOST_TEST((got->next_stop == sent.next_stop));
  BOOST_TEST(got->done);
  BOOST_TEST(got->linked_ends == sent.linked_ends);
  BOOST_TEST(got->hash == sent.hash);
  BOOST_TEST((got->traffic == sent.traffic));
  BOOST_TEST((got->departures == sent.departures));
  BOOST_TEST((got->first_arrival == sent.first_arrival));
  BOOST_TEST((got->events == sent.events));
  auto empty = simulator::decode_report(simulator::encode(simulator::shard_report{}).view());
  BOOST_REQUIRE(bool{empty});
  BOOST_TEST(!empty->next_due.has_value());
  BOOST_TEST(empty->events.empty());
}

BOOST_AUTO_TEST_CASE(segments_arrive_as_they_were_sent) {
  auto sent = full_departure();
  auto encoded = simulator::encode(sent);
  auto more = encoded;
  more.insert(more.end(), encoded.begin(), encoded.end());
  auto got = simulator::decode_outbound(more);
  BOOST_REQUIRE(bool{got});
  BOOST_REQUIRE(got->size() == 2u);
  for (const auto& x : *got) {
    BOOST_TEST(x.where == sent.where);
    BOOST_TEST(x.from == sent.from);
    BOOST_TEST(x.to == sent.to);
    BOOST_TEST((x.segments == sent.segments));
  }
}

BOOST_AUTO_TEST_CASE(details_arrive_as_they_were_sent) {
  simulator::run_details sent;
  sent.stalled = {{1, 2}, {2, 1}};
  sent.times.by_kind = {{"peer", {3, 5ms, 4ms}}};
  sent.times.slowest = {{{.node = 1, .peer = 2, .protocol = "gossip/2"}, {1, 2ms, 2ms}},
                        {{.node = 4, .protocol = "echo/1"}, {1, 1ms, 1ms}}};
  auto got = simulator::decode_details(simulator::encode(sent).view());
  BOOST_REQUIRE(bool{got});
  BOOST_TEST((*got == sent));
  BOOST_TEST(!simulator::decode_details(byte_view{}));
}

BOOST_AUTO_TEST_CASE(what_was_cut_short_is_not_believed) {
  auto report = simulator::encode(full_report());
  for (std::size_t i = 0; i < report.size(); ++i)
    BOOST_TEST(!simulator::decode_report(report.view().first(i)));
  auto segments = simulator::encode(full_departure());
  for (std::size_t i = 1; i < segments.size(); ++i)
    BOOST_TEST(!simulator::decode_outbound(byte_view{segments}.first(i)));
}

} // namespace

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
