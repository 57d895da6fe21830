// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/packet.hpp"

#include <caf/response_promise.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>

namespace devp2p {

/// A message on its way to the wire, and who wants to know when it is there.
struct pending_write {
  /// The identifier on the link.
  std::uint64_t id = 0;
  blob payload;
  /// Pending only if the writer asked to be answered.
  caf::response_promise written;
};

/// What a session's handlers have written and the network has not taken yet: in order, and bounded
/// by the octets in it.
class write_queue {
public:
  explicit write_queue(std::size_t limit) : limit_(limit) {}

  /// Whether there is room for a payload of `size` octets; in an empty queue there always is.
  [[nodiscard]] bool has_room_for(std::size_t size) const {
    return queue_.empty() || held_ + size + overhead <= limit_;
  }

  /// Precondition: there is room.
  void push(pending_write what) {
    held_ += what.payload.size() + overhead;
    queue_.push_back(std::move(what));
  }

  /// The oldest message. Precondition: there is one.
  pending_write pop() {
    auto out = std::move(queue_.front());
    queue_.pop_front();
    held_ -= out.payload.size() + overhead;
    return out;
  }

  [[nodiscard]] bool empty() const { return queue_.empty(); }

private:
  /// A message without content takes room, too.
  static constexpr std::size_t overhead = sizeof(pending_write);

  std::size_t limit_;
  std::size_t held_ = 0;
  std::deque<pending_write> queue_;
};

} // namespace devp2p
