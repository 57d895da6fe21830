// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/packet.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>

namespace devp2p {

/// The memory that one session holds, as its node counts it.
class byte_counter {
public:
  /// Records that one of several counts of bytes has changed. On any thread.
  virtual void on_change(std::size_t before, std::size_t after) = 0;
  /// Returns true iff the node has little memory left. On any thread.
  [[nodiscard]] virtual bool is_scarce() const = 0;

protected:
  ~byte_counter() = default;
};

/// The messages of one session that its handlers have written, and that its peer has not taken yet:
/// those in the peer's mailbox. Counts their bytes. A handler that is ahead of the peer by `most()`
/// does nothing more until the peer has caught up.
///
/// Thread-safe. Messages that came from another process were not added, and may be removed all the
/// same: the count is too low then, but never below zero.
class pending_writes {
public:
  /// The cost of a message beyond its payload, in bytes.
  static constexpr std::size_t overhead = 256;

  /// Records that messages are written, whose payloads and `overhead`s are so many bytes together.
  void add(std::size_t size) {
    auto before = state_.fetch_add(size);
    if (is_counted(before))
      counter_->on_change(before & ~flags, (before & ~flags) + size);
  }

  /// Records that the peer has taken messages of so many bytes, or that they were not written.
  void remove(std::size_t size) {
    auto before = state_.load();
    auto after = before;
    do
      after = before - std::min(size, before & ~flags);
    while (!state_.compare_exchange_weak(before, after));
    if (is_counted(before))
      counter_->on_change(before & ~flags, after & ~flags);
  }

  /// Counts in `counter` from now on, and what is pending now, too. To be called once, by the peer.
  void count_in(std::shared_ptr<byte_counter> counter) {
    counter_ = std::move(counter);
    auto before = state_.fetch_or(counted);
    if ((before & closed) == 0)
      counter_->on_change(0, before & ~flags);
  }

  /// Records that the peer takes nothing any more: nothing counts from now on.
  void close() {
    auto before = state_.exchange(closed);
    if (is_counted(before))
      counter_->on_change(before & ~flags, 0);
  }

  /// Returns true iff a handler must let the peer catch up.
  [[nodiscard]] bool are_too_many() const {
    auto now = state_.load();
    return (now & closed) == 0 && (now & ~flags) >= most_if_scarce &&
           ((now & ~flags) >= most || (is_counted(now) && counter_->is_scarce()));
  }

  /// The number of pending bytes at which a handler stops.
  static constexpr std::size_t most = std::size_t{1} << 20;
  /// The number at which it stops while memory is scarce.
  static constexpr std::size_t most_if_scarce = std::size_t{64} << 10;

private:
  // The state has the number of bytes, and two bits that no such number reaches. So each change
  // finds out in one step whether it counts.
  static constexpr std::size_t closed = ~(~std::size_t{0} >> 1);
  static constexpr std::size_t counted = closed >> 1;
  static constexpr std::size_t flags = closed | counted;

  static bool is_counted(std::size_t state) { return (state & flags) == counted; }

  std::atomic<std::size_t> state_{0};
  /// Set before `counted` is, and never again.
  std::shared_ptr<byte_counter> counter_;
};

/// Returns the number of bytes for which messages count while they are pending.
[[nodiscard]] inline std::size_t pending_size(const packet& message) {
  return message.payload.size() + pending_writes::overhead;
}
[[nodiscard]] inline std::size_t pending_size(std::span<const packet> messages) {
  std::size_t out = 0;
  for (const auto& x : messages)
    out += pending_size(x);
  return out;
}

} // namespace devp2p
