// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/metrics/node_metrics.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace devp2p {

namespace {

using buckets = prometheus::Histogram::BucketBoundaries;

const buckets seconds_of_network{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                 0.25,  0.5,    1,     2.5,  5,     10};
const buckets seconds_of_loop{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005,
                              0.01,   0.025,   0.05,   0.1,   0.5,    1};
const buckets seconds_of_session{1, 10, 60, 600, 3600, 21'600, 86'400, 604'800};

auto& counters(prometheus::Registry& in, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(in);
}

auto& gauges(prometheus::Registry& in, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(in);
}

auto& histograms(prometheus::Registry& in, const char* name, const char* help) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(in);
}

/// A remote may send any byte as its reason.
std::string label_of(disconnect_reason reason) {
  auto out = to_string(reason);
  return out.starts_with("unknown") ? "unknown" : out;
}

std::string side_of(const session_end& end) {
  return end.remote_requested ? "remote" : "local";
}

std::string direction_of(bool inbound) {
  return inbound ? "inbound" : "outbound";
}

std::shared_ptr<prometheus::Registry> checked(std::shared_ptr<prometheus::Registry> registry) {
  if (!registry)
    throw std::invalid_argument{"metrics need a registry"};
  return registry;
}

} // namespace

node_metrics::node_metrics(std::shared_ptr<prometheus::Registry> registry)
  : registry_(checked(std::move(registry))) {
  auto& in = *registry_;
  auto& sessions = gauges(in, "devp2p_sessions", "Sessions that run, by who has dialled.");
  pending_ =
    &gauges(in, "devp2p_sessions_pending", "Dials and sessions that do not run yet.").Add({});
  dials_ = &counters(in, "devp2p_dials_total", "Dials that are over, by what they have brought.");
  accepts_ = &counters(in, "devp2p_accepts_total",
                       "Connections of remotes that are over or run, by what they have brought.");
  dial_errors_ =
    &counters(in, "devp2p_dial_errors_total", "Dials that have brought no connection, by error.");
  auto& kept = counters(in, "devp2p_sessions_kept_total", "Sessions that have run for a minute.");
  ends_ = &counters(in, "devp2p_session_ends_total",
                    "Sessions that have run and are over, by reason and by who has named it.");
  failures_ = &counters(in, "devp2p_session_failures_total",
                        "Sessions that have ended before they ran, likewise.");
  messages_ = &counters(in, "devp2p_messages_total", "Messages of sub-protocols.");
  bytes_ = &counters(in, "devp2p_message_bytes_total",
                     "Bytes of the payloads of these messages, uncompressed.");
  discarded_ = &counters(in, "devp2p_messages_discarded_total",
                         "Received messages that no handler has handled.");
  restarts_ =
    &counters(in, "devp2p_handler_restarts_total", "Handlers that have failed and were replaced.");
  stalls_ = &counters(in, "devp2p_handler_stalls_total", "Handlers that have stalled.");
  read_window_ = &gauges(in, "devp2p_read_window_bytes",
                         "Bytes received and still held, of all sessions together.");
  read_window_max_ = &gauges(in, "devp2p_read_window_max_bytes",
                             "Bytes received and still held, of the session that holds most.");
  write_queue_ = &gauges(in, "devp2p_write_queue_bytes",
                         "Bytes that wait to be written, of all sessions together.");
  write_queue_max_ = &gauges(in, "devp2p_write_queue_max_bytes",
                             "Bytes that wait to be written, of the session with most.");
  memory_ = &gauges(in, "devp2p_memory_bytes", "Memory that sessions hold.").Add({});
  memory_limit_ =
    &gauges(in, "devp2p_memory_limit_bytes", "Memory that sessions may hold; 0: no limit.").Add({});
  round_trip_ = &histograms(in, "devp2p_round_trip_seconds", "Round trips of Ping and Pong.")
                   .Add({}, seconds_of_network);
  auto& handshake =
    histograms(in, "devp2p_handshake_seconds", "Time from a connection to a session that runs.");
  duration_ = &histograms(in, "devp2p_session_duration_seconds",
                          "Time for which sessions have run that are over.")
                 .Add({}, seconds_of_session);
  mappings_ = &gauges(in, "devp2p_nat_mappings", "Listening ports that a gateway maps.").Add({});
  banned_ = &counters(in, "devp2p_banned_total",
                      "Connections, sessions and dials that were refused or ended by a ban.")
               .Add({});
  mapping_events_ =
    &counters(in, "devp2p_nat_mapping_events_total", "Events of ports at a gateway.");
  loop_delay_ = &histograms(in, "devp2p_loop_delay_seconds",
                            "Time for which a task waits for its turn on the node's loop.")
                   .Add({}, seconds_of_loop);
  looks_ =
    &counters(in, "devp2p_looks_total", "Looks at the node. If there are none, it does not answer.")
       .Add({});
  // Series that are there from the beginning show a rate of zero, and the first event as a rate.
  auto series_of = [&](bool inbound) {
    const prometheus::Labels label{{"direction", direction_of(inbound)}};
    return direction_series{&sessions.Add(label),
                            &(inbound ? accepts_ : dials_)->Add({{"result", "session"}}),
                            &kept.Add(label), &handshake.Add(label, seconds_of_network)};
  };
  inbound_ = series_of(true);
  outbound_ = series_of(false);
  for (const auto* result : {"no_session", "no_connection"})
    dials_->Add({{"result", result}});
  for (const auto* result : {"no_session", "no_place"})
    accepts_->Add({{"result", result}});
  for (const auto* event : {"mapped", "lost", "changed", "failed"})
    mapping_events_->Add({{"event", event}});
}

void node_metrics::on_added(const peer_added& what, time_point now) {
  tally_.on_added(what.peer, now);
  show_sessions();
}

void node_metrics::on_dropped(const peer_dropped& what) {
  tally_.on_dropped(what);
  show_sessions();
  ends_->Add({{"reason", label_of(what.end.reason)}, {"side", side_of(what.end)}}).Increment();
  // A session whose supervisor was killed does not know how long it ran.
  if (what.lasted > std::chrono::nanoseconds{0})
    observe(*duration_, what.lasted);
}

void node_metrics::on_failed(const session_failed& what) {
  failures_
    ->Add({{"direction", direction_of(what.inbound)},
           {"reason", label_of(what.end.reason)},
           {"side", side_of(what.end)}})
    .Increment();
  (what.inbound ? accepts_ : dials_)->Add({{"result", "no_session"}}).Increment();
}

void node_metrics::on_mapping(const std::string& event) {
  mapping_events_->Add({{"event", event}}).Increment();
}

void node_metrics::on_info(const node_info& node) {
  for (const auto& own : node.capabilities)
    if (!protocols_.contains(own))
      protocols_.emplace(own, make_series(to_string(own)));
  pending_->Set(static_cast<double>(node.pending));
  memory_->Set(static_cast<double>(node.memory));
  memory_limit_->Set(static_cast<double>(node.max_memory));
  banned_->Increment(static_cast<double>(node.banned - known_banned_));
  known_banned_ = node.banned;
  mappings_->Set(static_cast<double>(node.external.size()));
  on_connections(node.connections);
}

void node_metrics::on_connections(const connection_counts& now) {
  accepts_->Add({{"result", "no_place"}})
    .Increment(static_cast<double>(now.turned_away - connections_.turned_away));
  connections_.turned_away = now.turned_away;
  for (const auto& [error, count] : now.failed_dials) {
    auto& known = connections_.failed_dials[error];
    auto more = static_cast<double>(count - known);
    auto& by_error = dial_errors_->Add({{"error", std::string{to_string(error)}}});
    auto& by_result = dials_->Add({{"result", "no_connection"}});
    by_error.Increment(more);
    by_result.Increment(more);
    known = count;
  }
}

void node_metrics::end_look(const std::vector<peer_info>& peers, time_point now) {
  tally_.end_look(peers, now);
  show_sessions();
  show_fills(peers);
  looks_->Increment();
}

void node_metrics::show_sessions() {
  inbound_.running->Set(static_cast<double>(tally_.running(true)));
  outbound_.running->Set(static_cast<double>(tally_.running(false)));
}

void node_metrics::show_fills(const std::vector<peer_info>& peers) {
  struct fill {
    std::uint64_t read = 0;
    std::uint64_t read_max = 0;
    std::uint64_t written = 0;
    std::uint64_t written_max = 0;
  };
  for (auto& [protocol, series] : protocols_) {
    fill sum;
    for (const auto& peer : peers)
      for (const auto& x : peer.protocols)
        if (x.name == protocol) {
          sum.read += x.read_window;
          sum.read_max = std::max(sum.read_max, x.read_window);
          sum.written += x.write_queue;
          sum.written_max = std::max(sum.written_max, x.write_queue);
        }
    series.read_window->Set(static_cast<double>(sum.read));
    series.read_window_max->Set(static_cast<double>(sum.read_max));
    series.write_queue->Set(static_cast<double>(sum.written));
    series.write_queue_max->Set(static_cast<double>(sum.written_max));
  }
}

void node_metrics::observe(histogram& into, std::chrono::nanoseconds time) {
  into.Observe(std::chrono::duration<double>{time}.count());
}

node_metrics::protocol_series node_metrics::make_series(const std::string& protocol) {
  const prometheus::Labels label{{"protocol", protocol}};
  const prometheus::Labels in{{"protocol", protocol}, {"direction", "in"}};
  const prometheus::Labels out{{"protocol", protocol}, {"direction", "out"}};
  return {&messages_->Add(in),       &messages_->Add(out),         &bytes_->Add(in),
          &bytes_->Add(out),         &discarded_->Add(label),      &restarts_->Add(label),
          &stalls_->Add(label),      &read_window_->Add(label),    &read_window_max_->Add(label),
          &write_queue_->Add(label), &write_queue_max_->Add(label)};
}

// The findings of the tally.

void node_metrics::on_begun(bool inbound, std::optional<std::chrono::nanoseconds> handshake) {
  auto& series = inbound ? inbound_ : outbound_;
  series.begun->Increment();
  if (handshake)
    observe(*series.handshake, *handshake);
}

void node_metrics::on_kept(bool inbound) {
  (inbound ? inbound_ : outbound_).kept->Increment();
}

void node_metrics::on_growth(const capability& protocol, const protocol_growth& growth) {
  auto found = protocols_.find(protocol);
  if (found == protocols_.end())
    return;
  auto& series = found->second;
  auto add = [](counter* to, std::uint64_t more) { to->Increment(static_cast<double>(more)); };
  add(series.messages_in, growth.counts.messages_in);
  add(series.messages_out, growth.counts.messages_out);
  add(series.bytes_in, growth.counts.bytes_in);
  add(series.bytes_out, growth.counts.bytes_out);
  add(series.discarded, growth.counts.messages_discarded);
  add(series.restarts, growth.restarts);
  add(series.stalls, growth.stalls);
}

void node_metrics::on_round_trip(std::chrono::nanoseconds taken) {
  observe(*round_trip_, taken);
}

} // namespace devp2p
