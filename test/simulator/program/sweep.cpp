// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/program/sweep.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <iomanip>
#include <optional>
#include <set>
#include <sstream>
#include <string_view>
#include <utility>

namespace devp2p::tool {

namespace {

using json = nlohmann::ordered_json;

/// The maximum number of figures that are told on a terminal.
constexpr std::size_t max_columns = 4;
/// Parts of a summary that are no figures of the run.
constexpr std::array<std::string_view, 5> no_figures = {"parameters", "seed", "hash", "checks",
                                                        "partial"};

void add_numbers(const json& from, const std::string& path,
                 std::map<std::string, std::vector<double>>& to) {
  if (from.is_number())
    to[path].push_back(from.get<double>());
  else if (from.is_array())
    for (const auto& x : from)
      add_numbers(x, path, to);
  else if (from.is_object())
    for (const auto& [name, x] : from.items())
      if (name != "rumour") // Its number is a name.
        add_numbers(x, path + '.' + name, to);
}

/// The figures of observations that are told: they begin and end so, with the name between.
constexpr std::array<std::pair<std::string_view, std::string_view>, 2> observed_figures = {
  {{"network_observations.", ".last"}, {"observations.", ".middle"}}};

/// Returns the name of the observation, or `nullopt` if the figure is none that is told.
std::optional<std::string> name_observed(const std::string& figure) {
  for (auto [prefix, suffix] : observed_figures)
    if (figure.starts_with(prefix) && figure.ends_with(suffix))
      return figure.substr(prefix.size(), figure.size() - prefix.size() - suffix.size());
  return std::nullopt;
}

/// Returns a number with as many digits as people read.
std::string brief(double x) {
  std::ostringstream out;
  if (std::abs(x) < 10'000)
    out << std::setprecision(4) << x;
  else
    out << std::fixed << std::setprecision(0) << x;
  return out.str();
}

/// Returns the shortest text that reads back as the same number.
std::string exact(double x) {
  std::array<char, 32> out{};
  auto end = std::to_chars(out.data(), out.data() + out.size(), x).ptr;
  return {out.data(), end};
}

std::string brief(const figure_range& x) {
  if (x.runs == 0)
    return "-";
  auto out = brief(x.median);
  return x.least == x.most ? out : out + " (" + brief(x.least) + ".." + brief(x.most) + ')';
}

/// Returns a field of comma-separated values.
std::string quoted(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == text.npos)
    return text;
  std::string out{'"'};
  for (auto c : text)
    out += c == '"' ? std::string{"\"\""} : std::string{c};
  return out + '"';
}

std::string aligned(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths.resize(std::max(widths.size(), i + 1));
      widths[i] = std::max(widths[i], row[i].size());
    }
  std::string out;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i)
      line += row[i] + std::string(widths[i] - row[i].size() + 2, ' ');
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
  }
  return out;
}

} // namespace

std::optional<swept_field> swept_field::parse(std::string_view text) {
  auto equals = text.find('=');
  if (equals == text.npos || equals == 0)
    return std::nullopt;
  swept_field out{std::string{text.substr(0, equals)}, {}};
  std::size_t depth = 0;
  bool in_quotes = false;
  std::string value;
  for (auto c : text.substr(equals + 1)) {
    if (c == '"')
      in_quotes = !in_quotes;
    else if (!in_quotes && (c == '[' || c == '{'))
      ++depth;
    else if (!in_quotes && (c == ']' || c == '}') && depth > 0)
      --depth;
    if (c == ',' && depth == 0 && !in_quotes)
      out.values.push_back(std::exchange(value, {}));
    else
      value += c;
  }
  out.values.push_back(std::move(value));
  const std::set<std::string> different{out.values.begin(), out.values.end()};
  if (different.size() < out.values.size() || different.contains(""))
    return std::nullopt;
  return out;
}

std::size_t count_of_combinations(const std::vector<swept_field>& fields) {
  std::size_t out = 1;
  for (const auto& x : fields)
    out = std::min(out, max_sweep_runs + 1) * x.values.size();
  return out;
}

std::vector<std::vector<simulator::field_value>>
combinations(const std::vector<swept_field>& fields) {
  std::vector<std::vector<simulator::field_value>> out{{}};
  for (const auto& field : fields) {
    std::vector<std::vector<simulator::field_value>> longer;
    for (const auto& before : out)
      for (const auto& value : field.values) {
        longer.push_back(before);
        longer.back().push_back({field.name, value});
      }
    out = std::move(longer);
  }
  return out;
}

figure_range range_of_runs(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  auto middle = values.size() / 2;
  auto median = values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  return {median, values.front(), values.back(), values.size()};
}

std::map<std::string, double> figures_of(const nlohmann::ordered_json& summary) {
  std::map<std::string, std::vector<double>> all;
  for (const auto& [name, x] : summary.items())
    if (std::find(no_figures.begin(), no_figures.end(), name) == no_figures.end())
      add_numbers(x, name, all);
  std::map<std::string, double> out;
  for (auto& [name, values] : all)
    out.emplace(name, range_of_runs(std::move(values)).median);
  return out;
}

sweep_table::sweep_table(std::vector<swept_field> fields) : fields_(std::move(fields)) {
  for (auto& set : combinations(fields_))
    cells_.push_back({std::move(set)});
}

void sweep_table::add(const sweep_run& which, const nlohmann::ordered_json& summary) {
  auto& to = cells_.at(which.cell);
  ++to.runs;
  for (const auto& [name, value] : figures_of(summary)) {
    names_.insert(name);
    to.figures[name].push_back(value);
  }
  if (auto checks = summary.find("checks"); checks != summary.end())
    if (std::any_of(checks->begin(), checks->end(),
                    [](const json& x) { return !x.value("holds", true); }))
      to.failed.insert(std::upper_bound(to.failed.begin(), to.failed.end(), which.seed),
                       which.seed);
}

/// Returns the figure in the runs of a cell; without any that has it, `nullopt`. A summary leaves
/// out counts that are zero.
std::optional<figure_range> sweep_table::range(const cell& of, const std::string& name) const {
  auto found = of.figures.find(name);
  auto values = found == of.figures.end() ? std::vector<double>{} : found->second;
  if (name.starts_with("events.") || name.starts_with("ends."))
    values.resize(of.runs);
  return values.empty() ? std::nullopt : std::optional{range_of_runs(std::move(values))};
}

std::size_t sweep_table::failed() const {
  std::size_t out = 0;
  for (const auto& x : cells_)
    out += x.failed.size();
  return out;
}

/// Returns the figures that are told on a terminal: of each observation, what the whole network or
/// the node in the middle has at the end; and figures that all runs have.
std::vector<std::string> sweep_table::told() const {
  std::vector<std::string> out{names_.begin(), names_.end()};
  std::erase_if(out, [](const std::string& x) { return !name_observed(x); });
  for (const auto* x : {"rumours.seconds_to_100", "messages.handled", "bytes.carried"})
    if (names_.contains(x))
      out.emplace_back(x);
  out.resize(std::min(out.size(), max_columns));
  return out;
}

std::string sweep_table::text() const {
  const auto columns = told();
  std::vector<std::vector<std::string>> rows(1);
  for (const auto& x : fields_)
    rows[0].push_back(x.name);
  rows[0].insert(rows[0].end(), {"runs", "failed"});
  for (const auto& x : columns)
    rows[0].push_back(name_observed(x).value_or(x));
  for (const auto& cell : cells_) {
    auto& row = rows.emplace_back();
    for (const auto& x : cell.set)
      row.push_back(x.value);
    row.push_back(std::to_string(cell.runs));
    row.push_back(std::to_string(cell.failed.size()));
    for (const auto& x : columns) {
      auto found = range(cell, x);
      row.push_back(found ? brief(*found) : "-");
    }
  }
  return aligned(rows);
}

std::string sweep_table::csv() const {
  std::string out;
  for (const auto& x : fields_)
    out += quoted(x.name) + ',';
  out += "runs,failed";
  for (const auto& x : names_)
    for (const auto* part : {"median", "min", "max", "runs"})
      out += ',' + quoted(x + ' ' + part);
  out += "\r\n";
  for (const auto& cell : cells_) {
    for (const auto& x : cell.set)
      out += quoted(x.value) + ',';
    out += std::to_string(cell.runs) + ',' + std::to_string(cell.failed.size());
    for (const auto& x : names_)
      if (auto all = range(cell, x))
        out += ',' + exact(all->median) + ',' + exact(all->least) + ',' + exact(all->most) + ',' +
               std::to_string(all->runs);
      else
        out += ",,,,0";
    out += "\r\n";
  }
  return out;
}

nlohmann::ordered_json sweep_table::to_json() const {
  auto fields = json::array();
  for (const auto& x : fields_)
    fields.push_back({{"name", x.name}, {"values", x.values}});
  auto cells = json::array();
  for (const auto& cell : cells_) {
    auto set = json::array();
    for (const auto& x : cell.set)
      set.push_back(x.value);
    auto figures = json::object();
    for (const auto& name : names_)
      if (auto all = range(cell, name))
        figures[name] = {all->median, all->least, all->most, all->runs};
    cells.push_back({{"set", std::move(set)},
                     {"runs", cell.runs},
                     {"failed", cell.failed},
                     {"figures", std::move(figures)}});
  }
  return {{"fields", std::move(fields)}, {"figures", names_}, {"cells", std::move(cells)}};
}

} // namespace devp2p::tool
