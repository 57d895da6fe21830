// SPDX-License-Identifier: BSL-1.0
#include "../session_fixture.hpp"

#include "devp2p/actors/metrics/loop_probe.hpp"
#include "devp2p/actors/metrics/metrics.hpp"
#include "devp2p/actors/metrics/node_metrics.hpp"

#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <stdexcept>
#include <string>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(metrics_test)

using namespace std::chrono_literals;

namespace {

std::string text_of(const prometheus::Registry& registry) {
  return prometheus::TextSerializer{}.Serialize(registry.Collect());
}

/// Two nodes that have met, and the metrics of each.
struct metrics_fixture : session_fixture {
  std::shared_ptr<prometheus::Registry> of_left = std::make_shared<prometheus::Registry>();
  std::shared_ptr<prometheus::Registry> of_right = std::make_shared<prometheus::Registry>();

  metrics_fixture() {
    world.adopt(spawn_metrics(world.system(), left.handle, {.registry = of_left}));
    world.adopt(spawn_metrics(world.system(), right.handle, {.registry = of_right}));
    world.advance(1s);
  }

  /// Returns the value of that series of `registry`; -1 if there is none.
  static double value(const prometheus::Registry& registry, const std::string& series) {
    auto text = "\n" + text_of(registry);
    auto at = text.find("\n" + series + " ");
    return at == text.npos ? -1 : std::stod(text.substr(at + series.size() + 2));
  }
  double left_value(const std::string& series) const { return value(*of_left, series); }
  double right_value(const std::string& series) const { return value(*of_right, series); }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(metrics_of_a_node, metrics_fixture)

BOOST_AUTO_TEST_CASE(have_the_sessions_that_ran_before_they_were_spawned) {
  BOOST_TEST(left_value("devp2p_sessions{direction=\"outbound\"}") == 1);
  BOOST_TEST(left_value("devp2p_sessions{direction=\"inbound\"}") == 0);
  BOOST_TEST(right_value("devp2p_sessions{direction=\"inbound\"}") == 1);
  BOOST_TEST(left_value("devp2p_dials_total{result=\"session\"}") == 1);
  BOOST_TEST(right_value("devp2p_accepts_total{result=\"session\"}") == 1);
}

BOOST_AUTO_TEST_CASE(count_messages_and_bytes_by_protocol_and_direction) {
  write_hundred();
  world.advance(10s);
  BOOST_TEST(left_value("devp2p_messages_total{direction=\"out\",protocol=\"test/1\"}") == 100);
  BOOST_TEST(right_value("devp2p_messages_total{direction=\"in\",protocol=\"test/1\"}") == 100);
  BOOST_TEST(right_value("devp2p_message_bytes_total{direction=\"in\",protocol=\"test/1\"}") ==
             100'000);
  BOOST_TEST(right_value("devp2p_messages_total{direction=\"in\",protocol=\"chat/2\"}") == 0);
  // The handler has kept them. Each takes a little more than its payload.
  BOOST_TEST(right_value("devp2p_read_window_bytes{protocol=\"test/1\"}") >= 125'600);
}

BOOST_AUTO_TEST_CASE(lose_nothing_of_a_session_that_ends_between_two_looks) {
  write_hundred();
  world.run();
  world.send(left.handle, close_atom_v, right.key.id(), disconnect_reason::useless_peer);
  BOOST_REQUIRE(right.events.dropped.size() == 1u);
  BOOST_TEST(right_value("devp2p_messages_total{direction=\"in\",protocol=\"test/1\"}") == 100);
  BOOST_TEST(left_value("devp2p_messages_total{direction=\"out\",protocol=\"test/1\"}") == 100);
  BOOST_TEST(left_value("devp2p_session_ends_total{reason=\"useless peer\",side=\"local\"}") == 1);
  BOOST_TEST(right_value("devp2p_session_ends_total{reason=\"useless peer\",side=\"remote\"}") ==
             1);
  BOOST_TEST(left_value("devp2p_sessions{direction=\"outbound\"}") == 0);
  BOOST_TEST(left_value("devp2p_session_duration_seconds_count") == 1);
}

BOOST_AUTO_TEST_CASE(tell_sessions_that_are_kept) {
  BOOST_TEST(left_value("devp2p_sessions_kept_total{direction=\"outbound\"}") == 0);
  world.advance(70s);
  BOOST_TEST(left_value("devp2p_sessions_kept_total{direction=\"outbound\"}") == 1);
  BOOST_TEST(left_value("devp2p_looks_total") >= 14);
}

BOOST_AUTO_TEST_CASE(tell_round_trips_as_they_are_measured) {
  world.network().set_conditions("10.0.0.1", "10.0.0.2", {.latency = 20ms});
  world.advance(20s);
  world.network().set_conditions("10.0.0.1", "10.0.0.2", {.latency = 45ms});
  world.advance(20s);
  BOOST_TEST(left_value("devp2p_round_trip_seconds_count") == 2);
  BOOST_TEST(left_value("devp2p_round_trip_seconds_bucket{le=\"0.025\"}") == 1);
  BOOST_TEST(left_value("devp2p_round_trip_seconds_bucket{le=\"0.05\"}") == 2);
}

BOOST_AUTO_TEST_CASE(tell_dials_that_bring_no_connection) {
  auto nobody = crypto::private_key::generate(random).id();
  ask<peer_info>(world, left.handle, dial_atom_v, enode{nobody, {"10.0.0.2", 9}, 9});
  auto stranger = ask<peer_info>(world, left.handle, dial_atom_v,
                                 enode{nobody, right.url.address, right.url.address.port});
  BOOST_REQUIRE(!stranger.value);
  world.advance(10s);
  BOOST_TEST(left_value("devp2p_dials_total{result=\"no_connection\"}") == 1);
  BOOST_TEST(left_value("devp2p_dials_total{result=\"no_session\"}") == 1);
  BOOST_TEST(right_value("devp2p_accepts_total{result=\"no_session\"}") == 1);
  BOOST_TEST(text_of(*of_left).find("devp2p_dial_errors_total{error=") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(have_no_label_that_names_a_node) {
  world.advance(10s);
  for (const auto& text : {text_of(*of_left), text_of(*of_right)}) {
    BOOST_TEST(text.find("10.0.0.") == std::string::npos);
    BOOST_TEST(text.find(left.key.id().brief()) == std::string::npos);
    BOOST_TEST(text.find(right.key.id().brief()) == std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(end_with_the_node) {
  auto living = world.living();
  caf::scoped_actor self{world.system()};
  self->send_exit(left.handle, caf::exit_reason::user_shutdown);
  world.advance(1min);
  // The node's subscriber lives on.
  BOOST_TEST(world.living() < living);
  BOOST_TEST(left_value("devp2p_session_ends_total{reason=\"client quitting\",side=\"local\"}") ==
             1);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(a_stranger_can_make_few_labels) {
  auto registry = std::make_shared<prometheus::Registry>();
  node_metrics subject{registry};
  peer_dropped over;
  over.end.remote_requested = true;
  for (unsigned i = 0; i < 256; ++i) {
    over.end.reason = static_cast<disconnect_reason>(i);
    over.protocols = {{{"nonsense", i}, {1, 1, 1, 1, 1}, 0, false, {}}};
    subject.on_dropped(over);
  }
  auto text = text_of(*registry);
  BOOST_TEST(text.find("nonsense") == std::string::npos);
  BOOST_TEST(text.find("{reason=\"unknown\",side=\"remote\"} 242\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(metrics_without_a_registry_are_refused) {
  BOOST_CHECK_THROW(node_metrics{nullptr}, std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(metrics_of_another_kind_are_refused) {
  auto registry = std::make_shared<prometheus::Registry>();
  prometheus::BuildGauge().Name("devp2p_messages_total").Help("Mine.").Register(*registry);
  BOOST_CHECK_THROW(node_metrics{registry}, std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
