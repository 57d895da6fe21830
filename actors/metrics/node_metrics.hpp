// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/metrics/session_tally.hpp"
#include "devp2p/messages/events.hpp"
#include "devp2p/messages/info.hpp"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace devp2p {

/// The metrics of one node, in a registry of Prometheus. The table in this folder's README names
/// them. A value that is told the node's events, its answers and the time.
///
/// A label has few values, and none that a stranger chooses: no id, no address, no reason that the
/// specification does not know, and no protocol but our own.
class node_metrics final : private tally_listener {
public:
  using time_point = session_tally::time_point;

  /// Throws `std::invalid_argument` if the registry is null, or if it has a metric of one of these
  /// names and another kind.
  explicit node_metrics(std::shared_ptr<prometheus::Registry> registry);

  void on_added(const peer_added& what, time_point now);
  void on_dropped(const peer_dropped& what);
  void on_failed(const session_failed& what);
  /// Counts an event of a mapped port: `mapped`, `lost`, `changed` or `failed`.
  void on_mapping(const std::string& event);

  void begin_look() { tally_.begin_look(); }
  /// Records what the node says of itself, and then of its sessions.
  void on_info(const node_info& node);
  void end_look(const std::vector<peer_info>& peers, time_point now);

  /// The time that a task has waited for its turn on the node's loop. Thread-safe.
  void on_loop_delay(std::chrono::nanoseconds delay) { observe(*loop_delay_, delay); }

private:
  using counter = prometheus::Counter;
  using gauge = prometheus::Gauge;
  using histogram = prometheus::Histogram;
  template <class T>
  using family = prometheus::Family<T>;

  /// The series of one of our protocols.
  struct protocol_series {
    counter* messages_in;
    counter* messages_out;
    counter* bytes_in;
    counter* bytes_out;
    counter* discarded;
    counter* restarts;
    counter* stalls;
    gauge* read_window;
    gauge* read_window_max;
    gauge* write_queue;
    gauge* write_queue_max;
  };

  /// The series of one direction of sessions.
  struct direction_series {
    gauge* running;
    counter* begun;
    counter* kept;
    histogram* handshake;
  };

  static void observe(histogram& into, std::chrono::nanoseconds time);
  void show_sessions();
  void show_fills(const std::vector<peer_info>& peers);
  protocol_series make_series(const std::string& protocol);
  void on_connections(const connection_counts& now);

  void on_begun(bool inbound, std::optional<std::chrono::nanoseconds> handshake) override;
  void on_kept(bool inbound) override;
  void on_growth(const capability& protocol, const protocol_growth& growth) override;
  void on_round_trip(std::chrono::nanoseconds taken) override;

  // The first member: the others refer into it.
  std::shared_ptr<prometheus::Registry> registry_;
  gauge* pending_;
  family<counter>* dials_;
  family<counter>* accepts_;
  family<counter>* dial_errors_;
  family<counter>* ends_;
  family<counter>* failures_;
  family<counter>* messages_;
  family<counter>* bytes_;
  family<counter>* discarded_;
  family<counter>* restarts_;
  family<counter>* stalls_;
  family<gauge>* read_window_;
  family<gauge>* read_window_max_;
  family<gauge>* write_queue_;
  family<gauge>* write_queue_max_;
  gauge* memory_;
  gauge* memory_limit_;
  histogram* round_trip_;
  histogram* duration_;
  counter* banned_;
  /// The count at the last look.
  std::uint64_t known_banned_ = 0;
  gauge* mappings_;
  family<counter>* mapping_events_;
  histogram* loop_delay_;
  counter* looks_;

  direction_series inbound_;
  direction_series outbound_;

  session_tally tally_{*this};
  connection_counts connections_;
  /// The series of the protocols that the node says it has. Its sessions have no others.
  std::map<capability, protocol_series> protocols_;
};

} // namespace devp2p
