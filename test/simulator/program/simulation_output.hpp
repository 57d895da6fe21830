// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/judge.hpp"
#include "devp2p/simulator/program/event_trace.hpp"
#include "devp2p/simulator/program/network_observations.hpp"
#include "devp2p/simulator/program/observations.hpp"
#include "devp2p/simulator/program/output_file.hpp"
#include "devp2p/simulator/program/report.hpp"
#include "devp2p/simulator/program/stop_watch.hpp"
#include "devp2p/simulator/run.hpp"
#include "devp2p/simulator/scenario.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace devp2p::tool {

/// The output of a simulation: its events, a summary, and a page for a browser.
class simulation_output {
public:
  /// `title` is the title of the page. No files are written if `folder` is empty. No event of
  /// `what` may have happened yet. Throws if the folder cannot be written to.
  simulation_output(const simulator::scenario& what, const std::string& title, std::string folder);

  /// Adds an event. Must be called for every event, in the order of time. Events after the run
  /// should have stopped are ignored.
  void add(const simulator::event& x);
  /// Whether the run should stop, because a check that must always hold does not.
  [[nodiscard]] bool should_stop() const { return judge_.stopped().has_value(); }
  /// Takes a sample of the run for the report, and finds out whether it should stop. Call it every
  /// few virtual milliseconds.
  void sample(const simulator::run& played);
  /// Writes the events so far to their file, so that others can read them. Throws if they cannot be
  /// written.
  void flush();

  /// Writes the files, prints the summary, and reports the checks that do not hold. Returns the
  /// exit status. The checks of a run that was stopped early are not made; if it has any, that is
  /// reported as a failure. Throws if files cannot be written.
  int finish(simulator::run& played, const stop_watch& stop);

  /// Makes the checks of a run that has ended, and returns the summary. Writes and prints nothing.
  [[nodiscard]] nlohmann::ordered_json conclude(const simulator::run& played);

private:
  [[nodiscard]] nlohmann::ordered_json sum(const simulator::run& played) const;
  [[nodiscard]] nlohmann::ordered_json sum_until_stop(nlohmann::ordered_json sum) const;
  [[nodiscard]] nlohmann::ordered_json parameters() const;
  void write_sum(const nlohmann::ordered_json& what) const;
  /// Writes `trace.txt`, or removes one that is there if the trace is empty.
  void write_trace(const event_trace& what) const;

  /// The nodes that have heard a rumour, and the times at which they did, in the order of time.
  struct hearings {
    std::vector<bool> by = {};
    std::vector<caf::timespan> when = {};
  };

  /// Returns true iff that node hears the rumour for the first time.
  bool hear(const simulator::event& x);

  std::string folder_;
  std::string title_;
  output_file events_;
  std::size_t nodes_;
  std::size_t links_;
  std::uint64_t seed_;
  std::vector<std::pair<std::string, std::string>> fields_;
  /// Kept for the trace alone; empty if there is none.
  std::vector<simulator::scenario::step> schedule_;
  bool has_gossip_;
  simulator::judge judge_;
  bool has_checks_;
  observations observed_;
  network_observations observed_of_all_;
  std::optional<report> report_;
  std::map<std::string, std::size_t> counts_;
  std::map<std::string, std::size_t> reasons_;
  /// Hearings by the rumour's number.
  std::map<std::uint64_t, hearings> heard_;
};

} // namespace devp2p::tool
