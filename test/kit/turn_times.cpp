// SPDX-License-Identifier: BSL-1.0
#include "devp2p/kit/turn_times.hpp"

#include <algorithm>
#include <utility>

namespace devp2p::kit {

namespace {

/// Takes `next` in if it is one of the slowest, which stand in order.
void rank(std::vector<handler_time>& slowest, const handler_time& next) {
  auto slower = [](const handler_time& x, const handler_time& y) {
    return x.spent.total > y.spent.total;
  };
  auto place = std::upper_bound(slowest.begin(), slowest.end(), next, slower);
  if (place == slowest.end() && slowest.size() == turn_times::max_slowest)
    return;
  slowest.insert(place, next);
  if (slowest.size() > turn_times::max_slowest)
    slowest.pop_back();
}

} // namespace

void time_spent::add(std::chrono::nanoseconds took) {
  ++turns;
  total += took;
  longest = std::max(longest, took);
}

void turn_times::add_handler(caf::actor_id actor, handler_place where) {
  living_.insert_or_assign(actor, handler_time{std::move(where), {}});
}

void turn_times::add(const turn& x) {
  auto handler = x.actor != 0 ? living_.find(x.actor) : living_.end();
  auto kind = handler != living_.end() ? "handler" : x.kind;
  auto total = by_kind_.find(kind);
  if (total == by_kind_.end())
    total = by_kind_.emplace(kind, time_spent{}).first;
  total->second.add(x.took);
  if (handler == living_.end())
    return;
  handler->second.spent.add(x.took);
  if (!x.ended)
    return;
  rank(ended_, handler->second);
  living_.erase(handler);
}

std::vector<handler_time> turn_times::slowest() const {
  auto out = ended_;
  for (const auto& [actor, x] : living_)
    rank(out, x);
  return out;
}

} // namespace devp2p::kit
