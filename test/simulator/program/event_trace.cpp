// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/program/event_trace.hpp"

#include "devp2p/messages/capability.hpp"
#include "devp2p/simulator/program/event_table.hpp"
#include "devp2p/simulator/program/lines_from_end.hpp"
#include "devp2p/simulator/program/seconds.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

namespace devp2p::tool {

using json = nlohmann::ordered_json;

namespace {

/// If no check names any, the nodes of the last moment are taken, and earlier ones up to this
/// number.
constexpr std::size_t least_nodes = 2;

bool is_of_a_session(const std::string& what) {
  constexpr std::array names{"peer_added", "peer_dropped", "session_failed", "punch_failed"};
  return std::find(names.begin(), names.end(), what) != names.end();
}

void add_once(std::vector<std::size_t>& to, std::size_t node) {
  if (to.size() < event_trace::max_nodes && std::find(to.begin(), to.end(), node) == to.end())
    to.push_back(node);
}

/// Returns the digits after the point that tell all of these times exactly: 3, 6 or 9.
std::size_t digits_of(const std::vector<entry>& all) {
  std::size_t out = 3;
  for (const auto& x : all)
    out = std::max<std::size_t>(out, x.when.count() % 1'000'000 == 0 ? 3
                                     : x.when.count() % 1000 == 0    ? 6
                                                                     : 9);
  return out;
}

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size(), width), ' ');
  return text;
}

std::string text_of(const std::optional<std::size_t>& x) {
  return x ? std::to_string(*x) : "";
}

/// Writes cells as columns, with two spaces between them.
std::string in_columns(const std::vector<std::array<std::string, 5>>& rows) {
  std::array<std::size_t, 5> widths{};
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], row[i].size());
  std::string out;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i)
      line += padded(row[i], widths[i]) + "  ";
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
  }
  return out;
}

} // namespace

event_trace::event_trace(const std::string& events, const std::vector<simulator::verdict>& all,
                         const std::vector<simulator::scenario::step>& schedule,
                         caf::timespan end) {
  for (const auto& x : all)
    if (!x.complaint.empty())
      complaints_.push_back(x.complaint);
  std::error_code error;
  if (complaints_.empty() || !std::filesystem::is_regular_file(events, error))
    return;
  choose_nodes(events, all);
  std::sort(nodes_.begin(), nodes_.end());
  lines_from_end lines{events};
  while (auto line = lines.next()) {
    auto found = parse_event(*line);
    if (!found || !concerns(*found))
      continue;
    if (rows_.size() == max_rows) {
      has_more_ = true;
      break;
    }
    rows_.push_back(std::move(*found));
  }
  std::reverse(rows_.begin(), rows_.end());
  add_actions(schedule, end);
}

std::string event_trace::names() const {
  std::string out = nodes_.size() == 1 ? "node " : "nodes ";
  for (std::size_t i = 0; i < nodes_.size(); ++i)
    out += (i == 0 ? "" : i + 1 == nodes_.size() ? " and " : ", ") + std::to_string(nodes_[i]);
  return out;
}

std::string event_trace::text() const {
  std::string out;
  for (const auto& x : complaints_)
    out += x + '\n';
  out += "\nThe last " + std::to_string(rows_.size()) + " events of " + names() +
         ", and what the schedule did to them (>).";
  out += has_more_ ? " Earlier ones are in events.jsonl.\n\n" : " There are none before.\n\n";
  const auto digits = digits_of(rows_);
  std::vector<std::array<std::string, 5>> cells{{"seconds", "node", "what", "peer", ""}};
  for (const auto& x : rows_)
    cells.push_back({seconds_text(x.when, digits), text_of(x.node),
                     (x.is_action ? "> " : "") + printable(x.what), text_of(x.peer),
                     printable(x.text)});
  return out + in_columns(cells);
}

json event_trace::write() const {
  if (empty())
    return nullptr;
  auto rows = json::array();
  for (const auto& x : rows_)
    rows.push_back(to_row(x));
  return {{"nodes", nodes_}, {"has_more", has_more_}, {"rows", std::move(rows)}};
}

void event_trace::choose_nodes(const std::string& events,
                               const std::vector<simulator::verdict>& all) {
  for (const auto& x : all)
    for (auto node : x.nodes)
      add_once(nodes_, node);
  if (!nodes_.empty())
    return;
  lines_from_end lines{events};
  std::optional<caf::timespan> last;
  while (auto line = lines.next()) {
    auto found = parse_event(*line);
    if (!found || (last && found->when < *last && nodes_.size() >= least_nodes))
      return;
    last = last.value_or(found->when);
    add_once(nodes_, *found->node);
    if (found->peer)
      add_once(nodes_, *found->peer);
  }
}

bool event_trace::concerns(const entry& x) const {
  return is_chosen(*x.node) || (x.peer && is_chosen(*x.peer) && !is_of_a_session(x.what));
}

bool event_trace::is_chosen(std::size_t node) const {
  return std::binary_search(nodes_.begin(), nodes_.end(), node);
}

/// Adds the actions since the first event. Of one moment, actions come before the events that they
/// cause.
void event_trace::add_actions(const std::vector<simulator::scenario::step>& schedule,
                              caf::timespan end) {
  if (rows_.empty())
    return;
  const auto begin = has_more_ ? rows_.front().when : caf::timespan{0};
  for (const auto& x : schedule) {
    if (x.at < begin || x.at > end)
      continue;
    auto named = nodes_of(x);
    if (named.empty() ||
        std::any_of(named.begin(), named.end(), [this](auto node) { return is_chosen(node); }))
      rows_.push_back(entry_of(x));
  }
  std::stable_sort(rows_.begin(), rows_.end(), [](const entry& x, const entry& y) {
    return std::pair{x.when, !x.is_action} < std::pair{y.when, !y.is_action};
  });
  if (rows_.size() > max_rows) {
    rows_.erase(rows_.begin(), rows_.end() - static_cast<std::ptrdiff_t>(max_rows));
    has_more_ = true;
  }
}

} // namespace devp2p::tool
