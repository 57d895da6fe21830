// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/event.hpp"
#include "devp2p/simulator/program/network_map.hpp"
#include "devp2p/simulator/program/rumour_curves.hpp"
#include "devp2p/simulator/program/time_series.hpp"
#include "devp2p/simulator/run.hpp"
#include "devp2p/simulator/scenario.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

namespace devp2p::tool {

/// The report of a simulation as a page for a browser: one file that needs no other. Adds events up
/// as they come, in bounded memory, however long the run is and however many nodes it has. Does not
/// affect the run.
class report {
public:
  /// `title` is the title of the page. No event of `what` may have happened yet.
  report(const simulator::scenario& what, std::string title);

  void add(const simulator::event& x);

  /// Adds the traffic since the last sample, and the number of nodes that run now. Call it every
  /// few virtual milliseconds.
  void sample(const simulator::run& played);

  /// Returns the page. `summary` is the content of summary.json. The page is the same for the same
  /// run, except for the real time that its actors took.
  [[nodiscard]] std::string page(simulator::run& played,
                                 const nlohmann::ordered_json& summary) const;

private:
  /// The width of a bucket at the beginning of a time series.
  static constexpr caf::timespan first_width = std::chrono::milliseconds{10};
  /// The maximum number of causes that are counted apart. Further causes are counted as one.
  static constexpr std::size_t max_causes = 100;
  static constexpr std::size_t max_marks = 60;

  /// Figures of a span of time: sums over it, and numbers at its end.
  struct bucket {
    std::uint64_t messages = 0;
    std::uint64_t carried = 0;
    std::uint64_t ended = 0;
    std::optional<std::size_t> linked = {};
    std::optional<std::size_t> up = {};

    void merge(const bucket& next);
  };

  /// A fault of the network, and how often the schedule has it at about that moment.
  struct mark {
    caf::timespan at{0};
    std::size_t count = 0;
  };

  /// The cause of the end of a session, or why it never began: the reason, the detail, and `self`,
  /// `remote` or `failed`.
  using cause = std::tuple<std::string, std::string, std::string>;

  void add_marks(const simulator::scenario& what);
  void add_end(const simulator::event& x);
  [[nodiscard]] nlohmann::ordered_json series() const;
  [[nodiscard]] nlohmann::ordered_json causes() const;
  [[nodiscard]] nlohmann::ordered_json marks(caf::timespan end) const;

  std::string title_;
  network_map map_;
  rumour_curves rumours_;
  time_series<bucket> series_{first_width};
  simulator::simulation_traffic before_;
  std::size_t up_ = 0;
  std::map<cause, std::uint64_t> causes_;
  /// Marks by their place among `max_marks` and the name of the fault.
  std::map<std::pair<std::size_t, std::string>, mark> marks_;
};

/// Writes a page to `report.html` in `folder`. Throws if it cannot.
void write_report(const std::string& folder, const std::string& page);

} // namespace devp2p::tool
