// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/scenario.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace devp2p::tool {

/// A field of a scenario, and the values that a sweep gives to it.
struct swept_field {
  std::string name;
  std::vector<std::string> values;

  /// Parses `FIELD=VALUE,VALUE...`. A comma inside brackets, braces or quotes does not separate.
  /// Returns `nullopt` if it is none, or a value is empty or there twice.
  static std::optional<swept_field> parse(std::string_view text);
};

/// The maximum number of runs of a sweep.
inline constexpr std::size_t max_sweep_runs = 100'000;

/// Returns the number of combinations; a number above `max_sweep_runs` may be another such number.
[[nodiscard]] std::size_t count_of_combinations(const std::vector<swept_field>& fields);

/// Returns the combinations of the values, the last field changing first.
[[nodiscard]] std::vector<std::vector<simulator::field_value>>
combinations(const std::vector<swept_field>& fields);

/// One run of a sweep.
struct sweep_run {
  /// The number of its combination.
  std::size_t cell = 0;
  std::uint64_t seed = 0;
};

/// A figure in the runs of a cell.
struct figure_range {
  double median = 0;
  double least = 0;
  double most = 0;
  /// The number of runs that have the figure.
  std::size_t runs = 0;

  friend bool operator==(const figure_range&, const figure_range&) = default;
};

/// Returns that of some values, at least one.
[[nodiscard]] figure_range range_of_runs(std::vector<double> values);

/// Returns the numbers in the summary of a run by their path, such as `messages.sent`, without its
/// parameters. Of a list of objects, each number is the median of theirs.
[[nodiscard]] std::map<std::string, double> figures_of(const nlohmann::ordered_json& summary);

/// The outcome of a sweep, cell by cell, as far as it has run.
class sweep_table {
public:
  explicit sweep_table(std::vector<swept_field> fields);

  /// Adds the summary of a run.
  void add(const sweep_run& which, const nlohmann::ordered_json& summary);

  struct cell {
    std::vector<simulator::field_value> set;
    /// The seeds of the runs in which a check did not hold, in ascending order.
    std::vector<std::uint64_t> failed = {};
    std::size_t runs = 0;
    std::map<std::string, std::vector<double>> figures = {};
  };
  [[nodiscard]] const std::vector<cell>& cells() const { return cells_; }
  /// The number of runs in which a check did not hold.
  [[nodiscard]] std::size_t failed() const;

  /// Returns a table for a terminal: a line for each cell, with its observations first, and no more
  /// figures than there is room for.
  [[nodiscard]] std::string text() const;
  /// Returns all figures as comma-separated values (RFC 4180): a line for each cell.
  [[nodiscard]] std::string csv() const;
  /// Returns all figures for the page.
  [[nodiscard]] nlohmann::ordered_json to_json() const;

private:
  [[nodiscard]] std::optional<figure_range> range(const cell& of, const std::string& name) const;
  [[nodiscard]] std::vector<std::string> told() const;

  std::vector<swept_field> fields_;
  std::vector<cell> cells_;
  /// The names of all figures.
  std::set<std::string> names_;
};

} // namespace devp2p::tool
