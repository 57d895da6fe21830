// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/event.hpp"
#include "devp2p/simulator/program/delays.hpp"
#include "devp2p/simulator/program/event_table.hpp"
#include "devp2p/simulator/program/event_trace.hpp"
#include "devp2p/simulator/program/fault_spans.hpp"
#include "devp2p/simulator/program/network_map.hpp"
#include "devp2p/simulator/program/network_observations.hpp"
#include "devp2p/simulator/program/observations.hpp"
#include "devp2p/simulator/program/rumour_curves.hpp"
#include "devp2p/simulator/program/time_series.hpp"
#include "devp2p/simulator/run.hpp"
#include "devp2p/simulator/scenario.hpp"

#include <caf/timespan.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace devp2p::tool {

/// The numbers that are observed in a run.
struct observed_numbers {
  const observations& of_nodes;
  const network_observations& of_all;
};

/// The report of a simulation as a page for a browser: one file that needs no other. Adds events up
/// as they come, in bounded memory, however long the run is. Does not affect the run.
class report {
public:
  /// `title` is the title of the page. No event of `what` may have happened yet.
  report(const simulator::scenario& what, std::string title);

  /// Takes an event; `is_news` if a node hears a rumour for the first time.
  void add(const simulator::event& x, bool is_news);

  /// Adds the traffic since the last sample, and the number of nodes that run now; `when` is now,
  /// or the time at which the run should have stopped. Call it every few virtual milliseconds.
  void sample(const simulator::run& played, caf::timespan when);

  /// Returns the page. `summary` is the content of summary.json, `end` the time at which the run
  /// ended or should have. The page is the same for the same run, except for the real time that its
  /// actors took.
  [[nodiscard]] std::string page(simulator::run& played, const nlohmann::ordered_json& summary,
                                 const observed_numbers& observed, const event_trace& trace,
                                 caf::timespan end) const;

private:
  /// The width of a bucket at the beginning of a time series.
  static constexpr caf::timespan first_width = std::chrono::milliseconds{10};
  /// The maximum number of causes that are counted apart. Further causes are counted as one.
  static constexpr std::size_t max_causes = 100;

  /// Figures of a span of time: sums over it, and numbers at its end.
  struct bucket {
    std::uint64_t messages = 0;
    std::uint64_t carried = 0;
    std::uint64_t ended = 0;
    std::optional<std::size_t> linked = {};
    std::optional<std::size_t> up = {};

    void merge(const bucket& next);
  };

  /// The cause of the end of a session, or why it never began: the reason, the detail, and `self`,
  /// `remote` or `failed`.
  using cause = std::tuple<std::string, std::string, std::string>;

  void add_end(const simulator::event& x);
  void add_told(const simulator::event& x, bool is_news);
  [[nodiscard]] nlohmann::ordered_json write_checks() const;
  [[nodiscard]] nlohmann::ordered_json series() const;
  [[nodiscard]] nlohmann::ordered_json causes() const;
  [[nodiscard]] nlohmann::ordered_json write_delays() const;

  std::string title_;
  std::vector<simulator::any_check> checks_;
  std::vector<simulator::scenario::step> schedule_;
  network_map map_;
  fault_spans faults_;
  event_table table_;
  bool has_gossip_;
  rumour_curves rumours_;
  time_series<bucket> series_{first_width};
  simulator::simulation_traffic before_;
  std::size_t up_ = 0;
  std::map<cause, std::uint64_t> causes_;
  /// The start of each node that has had no session since.
  std::map<std::size_t, caf::timespan> alone_since_;
  delays until_first_session_;
  delays round_trips_;
};

/// Writes a page to `report.html` in `folder`. Throws if it cannot.
void write_report(const std::string& folder, const std::string& page);

} // namespace devp2p::tool
