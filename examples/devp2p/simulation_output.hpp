// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "output_file.hpp"
#include "report/report.hpp"
#include "stop_watch.hpp"

#include "devp2p/kit/judge.hpp"
#include "devp2p/kit/run.hpp"
#include "devp2p/kit/scenario.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace devp2p::tool {

/// What is kept of a simulation: what happens, the sum of it, and a page to look at.
class simulation_output {
public:
  /// `title` is what the page calls it. Without a folder nothing is written. Nothing of `what` has
  /// happened yet. Throws if the folder cannot be written to.
  simulation_output(const kit::scenario& what, const std::string& title, std::string folder);

  /// To be told everything, in the order of time.
  void add(const kit::happening& x);
  /// To be called every few virtual milliseconds.
  void sample(const kit::run& played);
  /// Lets others see what there is so far. Throws if it cannot be written.
  void flush();

  /// Writes what is to be written, prints the sum, and says what must hold and does not: returns
  /// the exit status. One that was ended before its time is not judged, which is said, too, if
  /// there was something to judge. Throws if it cannot write files.
  int finish(kit::run& played, const stop_watch& stop);

private:
  [[nodiscard]] nlohmann::ordered_json sum(const kit::run& played) const;
  void write_sum(const nlohmann::ordered_json& what) const;

  /// Who has heard a rumour, and when, in the order of time.
  struct hearings {
    std::vector<bool> by = {};
    std::vector<caf::timespan> when = {};
  };

  /// Whether that node hears it for the first time.
  bool hear(const kit::happening& x);

  std::string folder_;
  output_file events_;
  std::size_t nodes_;
  std::uint64_t seed_;
  kit::judge judge_;
  bool has_checks_;
  std::optional<report> report_;
  std::map<std::string, std::size_t> counts_;
  std::map<std::string, std::size_t> reasons_;
  /// By rumour.
  std::map<std::uint64_t, hearings> heard_;
};

} // namespace devp2p::tool
