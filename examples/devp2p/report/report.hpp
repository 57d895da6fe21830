// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "network_map.hpp"
#include "rumour_curves.hpp"
#include "time_series.hpp"

#include "devp2p/kit/happening.hpp"
#include "devp2p/kit/run.hpp"
#include "devp2p/kit/scenario.hpp"

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

/// What a simulation was like, as a page to look at: one file that needs no other. Adds up what
/// happens while it happens, in bounded memory however long the run is and however many nodes it
/// has; it only looks on.
class report {
public:
  /// `title` is what the page calls the run. Nothing of `what` has happened yet.
  report(const kit::scenario& what, std::string title);

  void add(const kit::happening& x);

  /// To be called every few virtual milliseconds: what has gone by since, and how many run now.
  void sample(const kit::run& played);

  /// `summary` is what is written beside it. The page is the same for the same run, but for the
  /// real time that its actors took.
  [[nodiscard]] std::string page(kit::run& played, const nlohmann::ordered_json& summary) const;

private:
  /// In which time series begin.
  static constexpr caf::timespan first_width = std::chrono::milliseconds{10};
  /// Further causes are counted as one.
  static constexpr std::size_t max_causes = 100;
  static constexpr std::size_t max_marks = 60;

  /// What went by within a while, and what there was at its end.
  struct bucket {
    std::uint64_t messages = 0;
    std::uint64_t octets = 0;
    std::uint64_t ended = 0;
    std::optional<std::size_t> linked = {};
    std::optional<std::size_t> up = {};

    void merge(const bucket& next);
  };

  /// Something that was done to the network, so many times at about that moment.
  struct mark {
    caf::timespan at{0};
    std::size_t count = 0;
  };

  /// Why a session has ended, or never began: the reason, what it was in particular, and `self`,
  /// `remote` or `failed`.
  using cause = std::tuple<std::string, std::string, std::string>;

  void add_marks(const kit::scenario& what);
  void add_end(const kit::happening& x);
  [[nodiscard]] nlohmann::ordered_json series() const;
  [[nodiscard]] nlohmann::ordered_json causes() const;
  [[nodiscard]] nlohmann::ordered_json marks(caf::timespan end) const;

  std::string title_;
  network_map map_;
  rumour_curves rumours_;
  time_series<bucket> series_{first_width};
  kit::simulation_traffic before_;
  std::size_t up_ = 0;
  std::map<cause, std::uint64_t> causes_;
  /// By their place among `max_marks` and what was done.
  std::map<std::pair<std::size_t, std::string>, mark> marks_;
};

/// Writes a page to `report.html` in `folder`. Throws if it cannot.
void write_report(const std::string& folder, const std::string& page);

} // namespace devp2p::tool
