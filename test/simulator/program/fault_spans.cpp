// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/program/fault_spans.hpp"

#include "devp2p/simulator/program/seconds.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <variant>

namespace devp2p::tool {

using json = nlohmann::ordered_json;

namespace {

/// An action, and one that ends it if it names the same nodes, or none.
struct pair_of_actions {
  std::string_view begin;
  std::string_view end;
};

constexpr pair_of_actions pairs[] = {
  {"crash", "start"},
  {"freeze", "thaw"},
  {"freeze", "heal"},
  {"stall", "resume"},
  {"stall", "heal"},
  {"separate", "heal"},
  {"set_line", "heal"},
  {"slow_down", "speed_up"},
  {"skew_clock", "reset_clock"},
  {"duplicate_messages", "heal"},
  {"reorder_messages", "heal"},
};

/// Fields of faults that say what is done, and not to whom.
constexpr const char* hows[] = {"line",     "messages_per_second", "percent",
                                "shift_ms", "drift_ppm",           "disk"};

bool lasts(std::string_view name) {
  return std::any_of(std::begin(pairs), std::end(pairs),
                     [&](const pair_of_actions& x) { return x.begin == name; });
}

bool ends_others(std::string_view name) {
  return std::any_of(std::begin(pairs), std::end(pairs),
                     [&](const pair_of_actions& x) { return x.end == name; });
}

/// An action as its JSON says it, whatever its type.
struct action_text {
  std::string name;
  /// The nodes and lines that it is done to: its other fields, but for those that say how.
  std::string target;
  /// Whether it ends actions of its own name: one that sets a line, and names no line, or one that
  /// concerns no message.
  bool ends_own = false;

  bool is_fault;

  explicit action_text(const simulator::scenario::step& from)
    : is_fault(!std::holds_alternative<simulator::any_record>(from.what)) {
    auto all = json::parse(simulator::write_step(from));
    name = all.value("do", "");
    all.erase("do");
    all.erase("at_s");
    ends_own =
      is_fault && ((name == "set_line" && !all.contains("line")) || all.value("percent", 1) == 0);
    for (const auto* how : hows)
      all.erase(how);
    target = all.empty() ? "" : all.dump();
  }
};

} // namespace

fault_spans::fault_spans(const simulator::scenario& what) : length_(what.length) {
  open_spans open;
  for (const auto& step : what.schedule) {
    const action_text x{step};
    for (const auto& pair : pairs)
      if (pair.end == x.name)
        end(open, std::string{pair.begin}, x.target, step.at);
    if (x.ends_own) {
      end(open, x.name, x.target, step.at);
      continue;
    }
    auto& row = row_of(x.name, x.is_fault, x.is_fault && lasts(x.name));
    if (!row.lasts) {
      row.spans.push_back({step.at, step.at});
    } else if (open.try_emplace({x.name, x.target}, &row - rows_.data(), row.spans.size()).second) {
      row.spans.push_back({step.at, length_});
    }
  }
}

void fault_spans::end(open_spans& open, const std::string& name, const std::string& target,
                      caf::timespan when) {
  // An action without a target ends those of all targets.
  auto from = open.lower_bound({name, target});
  while (from != open.end() && from->first.first == name &&
         (target.empty() || from->first.second == target)) {
    rows_[from->second.first].spans[from->second.second].to = when;
    from = open.erase(from);
  }
}

json fault_spans::write(caf::timespan end) const {
  auto out = json::array();
  const auto near = end / static_cast<std::int64_t>(max_pieces);
  for (const auto& row : rows_) {
    auto pieces = json::array();
    std::size_t all = 0;
    std::size_t together = 0;
    span piece;
    auto finish = [&] {
      if (together > 0)
        pieces.push_back({{"from", in_seconds(piece.from)},
                          {"to", in_seconds(std::min(piece.to, end))},
                          {"count", together}});
      together = 0;
    };
    for (const auto& x : row.spans) {
      if (x.from > end)
        break;
      ++all;
      // A piece begins `near` after the last one began, at least: so there are `max_pieces`.
      if (together > 0 && x.from > piece.to && x.from - piece.from > near)
        finish();
      if (together++ == 0)
        piece = x;
      piece.to = std::max(piece.to, x.to);
    }
    finish();
    if (all > 0)
      out.push_back({{"what", row.name},
                     {"fault", row.is_fault},
                     {"ends_others", row.is_fault && ends_others(row.name)},
                     {"count", all},
                     {"pieces", std::move(pieces)}});
  }
  return out;
}

fault_spans::row& fault_spans::row_of(const std::string& name, bool is_fault, bool lasts) {
  auto found =
    std::find_if(rows_.begin(), rows_.end(), [&](const row& x) { return x.name == name; });
  return found != rows_.end() ? *found : rows_.emplace_back(row{name, is_fault, lasts});
}

} // namespace devp2p::tool
