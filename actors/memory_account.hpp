// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/memory_budget.hpp"
#include "devp2p/messages/pending_writes.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace devp2p {

/// The part of a `memory_budget` that one session holds. Outlives the session as long as a payload
/// of it lives, and counts until then.
///
/// Functions are for the session's thread unless they say otherwise. Must be held by a
/// `std::shared_ptr`.
class memory_account : public byte_counter, public std::enable_shared_from_this<memory_account> {
public:
  explicit memory_account(std::shared_ptr<memory_budget> budget);
  virtual ~memory_account();
  memory_account(const memory_account&) = delete;
  memory_account& operator=(const memory_account&) = delete;

  /// Makes the session look again: it may go on reading, or must end. Called on any thread, with no
  /// lock held.
  virtual void wake() noexcept = 0;

  // Counting.

  /// Records that one of several counters of bytes has changed. On any thread. The changes of a
  /// counter may be recorded in any order.
  void on_change(std::size_t before, std::size_t after) final {
    if (auto from = rounded(before), to = rounded(after); from != to)
      move(from, to);
  }
  /// Records the size of all buffers of the session: what it holds beside payloads.
  void set_buffers(std::size_t now) { on_change(std::exchange(buffers_, now), now); }
  /// The size of all buffers, as recorded last.
  [[nodiscard]] std::size_t buffers() const { return buffers_; }

  /// Records how many bytes of its remote the session has read, and how many it holds for the part
  /// of a frame that has yet to come; whether the frame is read slowly, since these were taken
  /// back.
  void set_intake(std::uint64_t read, std::size_t outstanding, bool is_slow) {
    read_.store(static_cast<std::uint32_t>(read), std::memory_order_relaxed);
    outstanding_.store(static_cast<std::uint32_t>(outstanding), std::memory_order_relaxed);
    is_slow_.store(is_slow, std::memory_order_relaxed);
  }

  /// The number of bytes that the session holds. On any thread.
  [[nodiscard]] std::size_t held() const { return held_.read(); }
  [[nodiscard]] const memory_budget& budget() const { return *budget_; }

  // Asking, before memory is allocated.

  /// Returns true iff the session must not read now: it would need `more` bytes that are not there,
  /// or holds more than its share. It will then be woken once, unless it asks again before that, or
  /// ends its wait.
  [[nodiscard]] bool must_wait(std::size_t more) {
    auto now = budget_->held();
    auto there_is =
      now <= budget_->soft_mark_ && more <= budget_->soft_mark_ - now && budget_->claimed_ == 0;
    return (!there_is || asked_) && ask(more);
  }

  /// Records that the session, if it waits, will not read. It is not woken any more.
  void end_wait();

  /// Returns true iff that many bytes are within the limit. On any thread.
  [[nodiscard]] bool is_possible(std::size_t more) const { return more <= budget_->limit_; }

  /// Returns true iff `more` bytes are left, or the session then still holds no more than it may
  /// whatever the others hold. On any thread.
  [[nodiscard]] bool is_allowed(std::size_t more) const {
    return held() + more <= budget_->allowance() || budget_->fits(more, budget_->held());
  }

  /// Returns true iff the session may hold `more` bytes, of which it soon gives back `passing`. If
  /// too few are left, sessions that hold more are told to end. Returns false if there are none.
  [[nodiscard]] bool take(std::size_t more, std::size_t passing = 0) {
    return is_allowed(more) || budget_->make_room(*this, more, passing);
  }

  /// Returns true iff the soft mark is passed. On any thread.
  [[nodiscard]] bool is_scarce() const final { return budget_->held() > budget_->soft_mark_; }

  /// Returns true iff it is passed, and the session holds more than its share.
  [[nodiscard]] bool is_greedy() const { return budget_->is_greedy(*this, budget_->held()); }

  /// Called while the session waits, at `now`. Other sessions are told to give back what they hold
  /// for frames that do not come.
  void call_in(memory_budget::time_point now) { budget_->call_in(now); }

  /// Returns true once if the session was told to give back what it holds for a frame that does not
  /// come.
  [[nodiscard]] bool must_give_back() {
    return must_give_back_.load(std::memory_order_relaxed) && must_give_back_.exchange(false);
  }

  /// Called when the session has waited for long. Tells the session that holds most to end: of
  /// those that read a frame slowly, if they hold much together. Returns true if it is this one.
  [[nodiscard]] bool press() { return budget_->press(*this); }
  /// Tells no session to end that does not read a frame slowly, and only one in each
  /// `memory_budget::look_interval`, for all that wait. `now` is the time.
  void press_slow(memory_budget::time_point now) { budget_->press_slow(*this, now); }

  /// Returns true iff the session was told to end.
  [[nodiscard]] bool must_end() const { return must_end_.load(std::memory_order_relaxed); }

  /// Records that the session has released what it could. Payloads of it may live on.
  void close();

private:
  friend memory_budget;

  static std::size_t rounded(std::size_t x) {
    constexpr auto grain = memory_budget::grain;
    return (x + grain / 2) / grain * grain;
  }

  void move(std::size_t from, std::size_t to);
  [[nodiscard]] bool ask(std::size_t more);

  const std::shared_ptr<memory_budget> budget_;
  memory_budget::counter held_;
  std::size_t buffers_ = 0;
  /// The last digits of the number: only differences count. An idle session should be small.
  std::atomic<std::uint32_t> read_{0};
  std::atomic<std::uint32_t> outstanding_{0};
  std::atomic<bool> is_slow_{false};
  std::atomic<bool> must_give_back_{false};
  /// Whether the session was told to wait when it asked last.
  bool asked_ = false;

  // Guarded by the budget's lock:

  bool is_closed_ = false;
  std::atomic<bool> must_end_{false};
  /// The two numbers when `call_in` looked at the session last.
  std::uint32_t read_before_ = 0;
  std::uint32_t outstanding_before_ = 0;
  memory_account* previous_ = nullptr;
  memory_account* next_ = nullptr;
  /// The number of bytes for which the session waits.
  std::size_t needed_ = 0;
  /// The queue in which the session waits, and its place there; null if it does not wait.
  memory_budget::queue* waits_in_ = nullptr;
  memory_budget::queue::iterator place_;
  /// The node for the next wait, unless it is in a queue. Empty before the first one.
  memory_budget::queue::node_type node_;
};

} // namespace devp2p
