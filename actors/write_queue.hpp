// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/fifo.hpp"
#include "devp2p/messages/packet.hpp"

#include <caf/response_promise.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace devp2p {

/// A message on its way to the wire, and who wants to know when it is there.
struct pending_write {
  /// The identifier on the link.
  std::uint64_t id = 0;
  blob payload;
  /// Pending only if the writer asked to be answered.
  caf::response_promise written;
};

/// What a session's handlers have written and the network has not taken yet. Each sub-protocol has
/// a queue of its own, in order and bounded by the octets in it. They take turns by octets, so that
/// who writes much takes no more than its share while others have something to say (M. Shreedhar,
/// G. Varghese, "Efficient Fair Queuing Using Deficit Round-Robin", 1996).
class write_queue {
public:
  /// What a sub-protocol may write in a turn, if another waits. The larger, the fewer turns does a
  /// large message take; the smaller, the shorter does a small one wait.
  static constexpr std::size_t quantum = std::size_t{16} << 10;

  /// What a message costs beyond its payload, on the wire and in memory.
  static constexpr std::size_t overhead = 64;

  /// `limit` octets for each of `protocols` sub-protocols.
  void open(std::size_t protocols, std::size_t limit) {
    limit_ = limit;
    lanes_.resize(protocols);
  }

  /// Whether there is room for a payload of `size` octets; in an empty queue there always is.
  [[nodiscard]] bool has_room_for(std::size_t index, std::size_t size) const {
    const auto& lane = lanes_[index];
    return lane.waiting.empty() || lane.held + size + overhead <= limit_;
  }

  /// Precondition: there is room. What it throws, for want of memory, has changed nothing.
  void push(std::size_t index, pending_write what) {
    auto& lane = lanes_[index];
    auto first = lane.waiting.empty();
    auto cost = cost_of(what);
    lane.waiting.push(std::move(what));
    try {
      if (first)
        turns_.push(index);
    } catch (...) {
      lane.waiting.pop();
      throw;
    }
    lane.held += cost;
  }

  /// The message whose turn it is. Precondition: there is one.
  pending_write pop() {
    while (turns_.size() > 1 && lanes_[turns_.front()].credit < next_cost()) {
      auto index = turns_.pop();
      lanes_[index].credit += quantum;
      turns_.push(index);
    }
    auto& lane = lanes_[turns_.front()];
    auto cost = next_cost();
    auto out = lane.waiting.pop();
    lane.held -= cost;
    lane.credit -= std::min(lane.credit, cost);
    if (lane.waiting.empty()) {
      // Who has nothing to say saves nothing up.
      lane.credit = 0;
      turns_.pop();
    }
    return out;
  }

  [[nodiscard]] bool empty() const { return turns_.empty(); }
  /// Nothing of that sub-protocol.
  [[nodiscard]] bool empty(std::size_t index) const { return lanes_[index].waiting.empty(); }

private:
  struct lane {
    fifo<pending_write> waiting;
    std::size_t held = 0;
    /// Octets that it may write before others have their turn.
    std::size_t credit = 0;
  };

  static std::size_t cost_of(const pending_write& what) { return what.payload.size() + overhead; }
  [[nodiscard]] std::size_t next_cost() const {
    return cost_of(lanes_[turns_.front()].waiting.front());
  }

  std::size_t limit_ = 0;
  std::vector<lane> lanes_;
  /// Those that are not empty, in the order of their turns.
  fifo<std::size_t> turns_;
};

} // namespace devp2p
