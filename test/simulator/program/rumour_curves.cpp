// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/program/rumour_curves.hpp"

#include "devp2p/simulator/program/seconds.hpp"

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <utility>

namespace devp2p::tool {

using json = nlohmann::ordered_json;

void rumour_curves::add(const simulator::event& x) {
  auto number = std::stoull(x.detail);
  auto& it = curves_[number];
  it.rumour = number;
  ++it.heard_by;
  // A node that has crashed may hear it again, so the count may exceed the number of nodes.
  while (it.reached.size() <= 100 / percent_a_step &&
         it.heard_by * 100 >= it.reached.size() * percent_a_step * nodes_)
    it.reached.push_back(x.when);
  if (it.heard_by > 1)
    ways_.add(x.when - it.reached.front());
}

json rumour_curves::write() const {
  json shown = json::array();
  for (const auto* x : chosen()) {
    json after = json::array();
    for (auto when : x->reached)
      after.push_back(in_seconds(when - x->reached.front()));
    shown.push_back({{"rumour", x->rumour},
                     {"began", in_seconds(x->reached.front())},
                     {"heard_by", x->heard_by},
                     {"seconds", std::move(after)}});
  }
  return {
    {"in_all", curves_.size()}, {"percent_a_step", percent_a_step}, {"shown", std::move(shown)}};
}

/// A rumour that has reached fewer nodes is slower than one that has reached more.
bool rumour_curves::is_slower(const curve* x, const curve* y) {
  if (x->reached.size() != y->reached.size())
    return x->reached.size() < y->reached.size();
  return x->reached.back() - x->reached.front() > y->reached.back() - y->reached.front();
}

std::vector<const rumour_curves::curve*> rumour_curves::chosen() const {
  std::vector<const curve*> all;
  for (const auto& [number, x] : curves_)
    all.push_back(&x);
  if (all.size() <= max_shown)
    return all;
  std::set<std::size_t> places;
  for (std::size_t i = 0; i < max_first; ++i)
    places.insert(i);
  for (std::size_t i = 0; i < max_last; ++i)
    places.insert(all.size() - 1 - i);
  std::vector<std::size_t> others;
  for (std::size_t i = max_first; i < all.size() - max_last; ++i)
    others.push_back(i);
  std::partial_sort(others.begin(), others.begin() + max_slowest, others.end(),
                    [&](auto x, auto y) {
                      return is_slower(all[x], all[y]) || (!is_slower(all[y], all[x]) && x < y);
                    });
  places.insert(others.begin(), others.begin() + max_slowest);
  std::vector<const curve*> out;
  for (auto x : places)
    out.push_back(all[x]);
  return out;
}

} // namespace devp2p::tool
