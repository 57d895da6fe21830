// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/fifo.hpp"
#include "devp2p/messages/packet.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace devp2p {

/// A message on its way to the network.
struct pending_write {
  /// The message identifier on the link.
  std::uint64_t id = 0;
  blob payload;
  /// The number by which the session knows the writer, if it awaits an answer; 0 if it does not.
  std::uint32_t receipt = 0;
  /// The index of the sub-protocol.
  std::uint16_t index = 0;
};

/// The messages that a session's handlers have written and the network has not taken yet. Each
/// sub-protocol has a queue of its own, in order and bounded by the bytes in it. The queues take
/// turns by bytes, so that a sub-protocol that writes much takes no more than its share while
/// others have messages waiting (M. Shreedhar, G. Varghese, "Efficient Fair Queuing Using Deficit
/// Round-Robin", 1996).
class write_queue {
public:
  /// The number of bytes that a sub-protocol may write in a turn while another waits. With a larger
  /// value, a large message takes fewer turns; with a smaller one, a small message waits less.
  static constexpr std::size_t quantum = std::size_t{16} << 10;

  /// The cost of a message beyond its payload, in bytes, on the wire and in memory.
  static constexpr std::size_t overhead = 64;

  /// Sets up `protocols` queues of at most `limit` bytes each.
  void open(std::size_t protocols, std::size_t limit) {
    limit_ = limit;
    lanes_.resize(protocols);
  }

  /// Returns true iff there is room for a payload of `size` bytes. An empty queue always has room.
  [[nodiscard]] bool has_room_for(std::size_t index, std::size_t size) const {
    const auto& lane = lanes_[index];
    return lane.waiting.empty() || lane.held + size + overhead <= limit_;
  }

  /// Appends a message. Precondition: there is room. If this throws for want of memory, the queue
  /// is unchanged.
  void push(pending_write what) {
    const std::size_t index = what.index;
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
    held_ += cost;
  }

  /// Removes and returns the message whose turn it is. Precondition: the queue is not empty.
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
    held_ -= cost;
    lane.credit -= std::min(lane.credit, cost);
    if (lane.waiting.empty()) {
      // An empty queue does not save up credit.
      lane.credit = 0;
      turns_.pop();
    }
    return out;
  }

  /// The number of bytes of all messages that wait, the overhead of each included.
  [[nodiscard]] std::size_t held() const { return held_; }
  /// The number of these bytes that are of one sub-protocol.
  [[nodiscard]] std::size_t held(std::size_t index) const { return lanes_[index].held; }
  [[nodiscard]] bool empty() const { return turns_.empty(); }
  /// Returns true iff no message of that sub-protocol waits.
  [[nodiscard]] bool empty(std::size_t index) const { return lanes_[index].waiting.empty(); }

private:
  struct lane {
    fifo<pending_write> waiting;
    std::size_t held = 0;
    /// The number of bytes that this queue may write before others have their turn.
    std::size_t credit = 0;
  };

  static std::size_t cost_of(const pending_write& what) { return what.payload.size() + overhead; }
  [[nodiscard]] std::size_t next_cost() const {
    return cost_of(lanes_[turns_.front()].waiting.front());
  }

  std::size_t limit_ = 0;
  std::size_t held_ = 0;
  std::vector<lane> lanes_;
  /// The indices of the queues that are not empty, in the order of their turns.
  fifo<std::size_t> turns_;
};

} // namespace devp2p
