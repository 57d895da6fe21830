// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/turn_times.hpp"

#include <algorithm>
#include <utility>

namespace devp2p::simulator {

void time_spent::add(std::chrono::nanoseconds took) {
  ++turns;
  total += took;
  longest = std::max(longest, took);
}

void time_spent::add(const time_spent& other) {
  turns += other.turns;
  total += other.total;
  longest = std::max(longest, other.longest);
}

void actor_times::add(const actor_times& other) {
  for (const auto& [kind, spent] : other.by_kind)
    by_kind[kind].add(spent);
  for (const auto& x : other.slowest)
    rank(x);
}

void actor_times::rank(const handler_time& next) {
  auto slower = [](const handler_time& x, const handler_time& y) {
    return x.spent.total > y.spent.total;
  };
  auto place = std::upper_bound(slowest.begin(), slowest.end(), next, slower);
  slowest.insert(place, next);
  if (slowest.size() > max_slowest)
    slowest.pop_back();
}

void turn_times::add_handler(caf::actor_id actor, handler_place where) {
  living_.insert_or_assign(actor, handler_time{std::move(where), {}});
}

void turn_times::add(const kit::turn& x) {
  auto handler = x.actor != 0 ? living_.find(x.actor) : living_.end();
  auto kind = handler != living_.end() ? "handler" : x.kind;
  auto total = ended_.by_kind.find(kind);
  if (total == ended_.by_kind.end())
    total = ended_.by_kind.emplace(kind, time_spent{}).first;
  total->second.add(x.took);
  if (handler == living_.end())
    return;
  handler->second.spent.add(x.took);
  if (!x.ended)
    return;
  ended_.rank(handler->second);
  living_.erase(handler);
}

actor_times turn_times::so_far() const {
  auto out = ended_;
  for (const auto& [actor, x] : living_)
    out.rank(x);
  return out;
}

} // namespace devp2p::simulator
