// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

namespace devp2p {

class memory_account;

/// The memory of all sessions of a node, or of several nodes that are given the same object:
/// payloads that were read and not released, messages to be written, and buffers. Each session has
/// a `memory_account`. A payload that several sessions write counts for each of them.
///
/// Above the soft mark, three quarters of the limit, a session that holds more than its share of it
/// reads no more. A session's share is the same for all that hold memory. A large frame has its
/// memory before it is read. While others wait, a session whose frame does not come gives that
/// back, and reads the frame as far as there is memory.
/// If that does not suffice, the session that holds most is told to end, then the next: first those
/// with such frames, while they hold more than a quarter of the limit together. A session that
/// would itself hold most is refused what it asks for. One that has waited for long gets the memory
/// that comes free before those that need less.
///
/// Counts to the nearest `grain`, for each read window and for the rest of a session. Thread-safe.
class memory_budget {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// The number of bytes to whose multiples all numbers are rounded.
  static constexpr std::size_t grain = std::size_t{4} << 10;
  /// The number of bytes that a session may hold whatever the others hold, unless there are so many
  /// sessions that a quarter of the limit has less for each.
  static constexpr std::size_t max_allowance = std::size_t{64} << 10;
  /// The time between two looks at the frames that do not come. In it, at least an eighth of what
  /// is outstanding must come, and `max_allowance` of it.
  static constexpr auto look_interval = std::chrono::seconds{1};

  /// `limit` is in bytes; 0: no limit.
  explicit memory_budget(std::size_t limit);
  memory_budget(const memory_budget&) = delete;
  memory_budget& operator=(const memory_budget&) = delete;

  /// The limit in bytes; 0: no limit.
  [[nodiscard]] std::size_t limit() const { return limit_ == unlimited ? 0 : limit_; }
  /// The number of bytes that all sessions hold.
  [[nodiscard]] std::size_t held() const { return total_.read(); }

private:
  friend memory_account;

  static constexpr std::size_t unlimited = ~std::size_t{0};

  /// A number of bytes that several threads change. Below zero for a moment if a release is
  /// recorded before what it releases; read as zero then.
  class counter {
  public:
    [[nodiscard]] std::size_t read() const {
      return static_cast<std::size_t>(std::max<std::ptrdiff_t>(value_.load(), 0));
    }
    /// Adds `size`. Returns true iff the counter is above zero now, and was not before.
    bool add(std::size_t size) {
      auto before = value_.fetch_add(static_cast<std::ptrdiff_t>(size));
      return before <= 0 && before + static_cast<std::ptrdiff_t>(size) > 0;
    }
    /// Subtracts `size`. Returns true iff the counter was above zero, and is not any more.
    bool subtract(std::size_t size) {
      auto before = value_.fetch_sub(static_cast<std::ptrdiff_t>(size));
      return before > 0 && before - static_cast<std::ptrdiff_t>(size) <= 0;
    }

  private:
    std::atomic<std::ptrdiff_t> value_{0};
  };

  /// Sessions that wait, by a number of bytes. Each has a node of its own, so that it needs no
  /// memory to be moved.
  using queue = std::multimap<std::size_t, memory_account*>;

  [[nodiscard]] std::size_t allowance() const {
    return std::min((limit_ - soft_mark_) / std::max<std::size_t>(accounts_, 1), max_allowance);
  }

  // The state of scarcity. None of these functions is called while there is memory.
  [[nodiscard]] std::size_t share() const;
  [[nodiscard]] bool fits(std::size_t more, std::size_t total) const {
    return more <= limit_ - std::min(limit_, total);
  }
  [[nodiscard]] bool may_go_on(const memory_account& who, std::size_t more,
                               std::size_t total) const;
  [[nodiscard]] bool has_room_for(const memory_account& who, std::size_t more,
                                  std::size_t total) const;
  [[nodiscard]] bool is_greedy(const memory_account& who, std::size_t total) const;
  [[nodiscard]] bool begin_wait(memory_account& who, std::size_t more);
  void end_wait(memory_account& who);
  void claim(memory_account& by);
  void end_claim(const memory_account& of);
  void place(memory_account& who, bool greedy);
  [[nodiscard]] memory_account* first_to_go_on(std::size_t total);
  [[nodiscard]] std::shared_ptr<memory_account> next_to_wake(std::size_t& promised);
  void wake_waiting(std::size_t promised = 0);
  void on_release(memory_account& by);
  [[nodiscard]] std::size_t promised_total() const;
  [[nodiscard]] memory_account* largest_but(const memory_account* who, bool slow,
                                            std::size_t& sum) const;
  [[nodiscard]] memory_account* largest_but(const memory_account* who, bool slow = false) const;
  [[nodiscard]] memory_account* slow_to_end_for(const memory_account& by) const;
  [[nodiscard]] memory_account* any_to_end_for(const memory_account& by) const;
  void tell_to_end(memory_account& who);
  [[nodiscard]] bool make_room(const memory_account& by, std::size_t more, std::size_t passing);
  [[nodiscard]] bool can_make_room(const memory_account& by, std::size_t more,
                                   std::size_t passing) const;
  [[nodiscard]] bool press(memory_account& by);
  void press_slow(const memory_account& by, time_point now);
  void call_in(time_point now);
  [[nodiscard]] static bool is_overdue(memory_account& who, bool looked_lately);

  // The list of all accounts. Those that were told to end, and have not, come first. Needs the
  // lock.
  void link(memory_account& who, bool first);
  void unlink(memory_account& who);

  const std::size_t limit_;
  const std::size_t soft_mark_;
  counter total_;
  /// The number of accounts that hold memory. Below zero for a moment, if threads overtake each
  /// other.
  std::atomic<std::ptrdiff_t> holders_{0};
  std::atomic<std::size_t> waiting_{0};
  std::atomic<std::size_t> accounts_{0};
  /// The session that has waited for long, and the number of bytes that are kept for it. Changed
  /// under the lock.
  std::atomic<memory_account*> claimant_{nullptr};
  std::atomic<std::size_t> claimed_{0};
  mutable std::mutex mutex_;

  // Guarded by the lock:

  /// Sessions that wait for room, by the bytes that they need. One that fits may be greedy by now.
  queue wait_for_room_;
  /// Greedy sessions, by the bytes that they hold, or by fewer if they hold more by now.
  queue wait_for_share_;
  memory_account* first_ = nullptr;
  memory_account* last_ = nullptr;
  std::optional<time_point> last_look_;
  std::optional<time_point> last_press_slow_;
};

} // namespace devp2p
