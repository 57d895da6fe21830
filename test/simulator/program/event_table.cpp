// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/program/event_table.hpp"

#include "devp2p/simulator/program/seconds.hpp"

#include <algorithm>
#include <utility>

namespace devp2p::tool {

using json = nlohmann::ordered_json;

namespace {

json number(const std::optional<std::size_t>& x) {
  return x ? json(*x) : json(nullptr);
}

} // namespace

void event_table::add(const simulator::event& x) {
  auto name = name_of(x);
  auto known = counts_.contains(name);
  if (!known && counts_.size() >= max_names) {
    ++counts_["other"];
    return;
  }
  ++counts_[name];
  names_[name].add(entry_of(x));
}

json event_table::write(const std::vector<simulator::scenario::step>& schedule,
                        caf::timespan end) const {
  std::map<std::string, ends> actions;
  auto all = counts_;
  for (const auto& x : schedule) {
    if (x.at > end)
      break;
    auto row = entry_of(x);
    ++all[row.what + " (action)"];
    actions[row.what].add(std::move(row));
  }
  std::vector<const entry*> chosen;
  for (const auto* from : {&std::as_const(actions), &names_})
    for (const auto& [name, x] : *from) {
      for (const auto& y : x.first)
        chosen.push_back(&y);
      for (const auto& y : x.last)
        chosen.push_back(&y);
    }
  std::stable_sort(chosen.begin(), chosen.end(),
                   [](const entry* x, const entry* y) { return x->when < y->when; });
  auto rows = json::array();
  for (const auto* x : chosen)
    rows.push_back(to_row(*x));
  return {{"first", max_first}, {"last", max_last}, {"counts", all}, {"rows", std::move(rows)}};
}

void event_table::ends::add(entry x) {
  if (first.size() < max_first) {
    first.push_back(std::move(x));
    return;
  }
  last.push_back(std::move(x));
  if (last.size() > max_last)
    last.pop_front();
}

json to_row(const entry& x) {
  return {in_seconds(x.when), number(x.node), x.what, number(x.peer), x.text, x.is_action};
}

} // namespace devp2p::tool
