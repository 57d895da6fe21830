// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <caf/fwd.hpp>
#include <caf/timespan.hpp>

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <unordered_map>

namespace devp2p::simulator {

/// The times at which the handlers of slow nodes have their turns: all handlers of a node share one
/// processor, which takes the same time for each message. A value.
///
/// Holds one entry for each handler that lives.
class handler_paces {
public:
  /// Lets the node take `each` for a message from now on; `nullopt` for no time.
  void set(std::size_t node, std::optional<caf::timespan> each) {
    if (each)
      slow_.insert_or_assign(node, processor{*each});
    else
      slow_.erase(node);
  }

  void add(caf::actor_id handler, std::size_t node) { nodes_.insert_or_assign(handler, node); }
  void remove(caf::actor_id handler) { nodes_.erase(handler); }
  /// Forgets the handlers of a node that has crashed, and its queue.
  void remove_all_of(std::size_t node) {
    std::erase_if(nodes_, [=](const auto& x) { return x.second == node; });
    if (auto found = slow_.find(node); found != slow_.end())
      found->second.free_at = caf::timespan{0};
  }

  /// Returns the time at which the actor, which is ready now, can handle one message, if it is a
  /// handler of a slow node. The processor is busy from then on.
  std::optional<caf::timespan> next_turn(caf::actor_id actor, caf::timespan now) {
    auto handler = nodes_.find(actor);
    auto found = handler != nodes_.end() ? slow_.find(handler->second) : slow_.end();
    if (found == slow_.end())
      return std::nullopt;
    auto& [each, free_at] = found->second;
    auto out = std::max(now, free_at);
    free_at = out + each;
    return out;
  }

private:
  struct processor {
    caf::timespan each;
    caf::timespan free_at{0};
  };

  std::map<std::size_t, processor> slow_;
  std::unordered_map<caf::actor_id, std::size_t> nodes_;
};

} // namespace devp2p::simulator
