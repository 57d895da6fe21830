// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <utility>

namespace devp2p::net {

/// Work of an application on a thread that others need, too: it may take long, or never end. The
/// functions are called while the work goes on, by another thread, and return at once.
class borrower {
public:
  /// The loop has lost its thread to this work, and goes on with another.
  virtual void on_taken() noexcept = 0;

  /// The work has lasted for longer than `patience`. `stuck` is the number of threads of which that
  /// is true; 0 if the work is on the thread of a loop. Returns false to be called again a little
  /// later.
  virtual bool on_overdue(std::size_t stuck) noexcept = 0;

  [[nodiscard]] virtual std::chrono::nanoseconds patience() const noexcept = 0;

protected:
  ~borrower() = default;
};

/// The place in which a thread says what it works on, so that a monitor can look at it. Neither
/// reads a clock here. The thread waits for the monitor only while that calls the borrower.
class workplace {
public:
  using time_point = std::chrono::steady_clock::time_point;

  // For the thread that works.

  /// Returns false if the place is in use.
  [[nodiscard]] bool begin(borrower& who) {
    auto expected = state::free;
    if (!state_.compare_exchange_strong(expected, state::beginning, std::memory_order_acquire))
      return false;
    who_ = &who;
    taken_.store(false, std::memory_order_relaxed);
    renew();
    // In one order with the monitor's going to sleep.
    state_.store(state::at_work, std::memory_order_seq_cst);
    return true;
  }

  /// Says that the work has come a step further, from which on it is measured anew.
  void renew() {
    overdue_.store(false, std::memory_order_relaxed);
    steps_.store(steps_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }

  /// Returns false iff the loop is taken: the caller must then not use it.
  [[nodiscard]] bool end() {
    auto expected = state::at_work;
    while (!state_.compare_exchange_weak(expected, state::free, std::memory_order_acq_rel)) {
      expected = state::at_work;
      std::this_thread::yield();
    }
    return !is_taken();
  }

  /// Returns true iff the loop goes on with another thread.
  [[nodiscard]] bool is_taken() const { return taken_.load(std::memory_order_relaxed); }
  /// Returns true iff the borrower was told that it is overdue, in this step.
  [[nodiscard]] bool is_overdue() const { return overdue_.load(std::memory_order_relaxed); }

  // For the monitor.

  [[nodiscard]] bool is_free() const { return state_.load() == state::free; }

  /// Calls `look(borrower, how_long)` if there is work, which does not end meanwhile. Returns true
  /// iff there is, or was since the last look.
  template <class Look>
  bool look(time_point now, const Look& look) {
    auto expected = state::at_work;
    auto busy =
      state_.compare_exchange_strong(expected, state::looked_at, std::memory_order_acquire);
    auto before = std::exchange(seen_, steps_.load(std::memory_order_relaxed));
    if (before != seen_)
      seen_at_ = now;
    if (busy) {
      look(*who_, now - seen_at_);
      state_.store(state::at_work, std::memory_order_release);
    }
    return busy || before != seen_;
  }

  // For the monitor, while it looks at work.

  /// Tells `who` that its loop is taken.
  void take(borrower& who) {
    who.on_taken();
    taken_.store(true, std::memory_order_relaxed);
  }
  /// Tells `who`, once for each step, that it is overdue.
  void tell_overdue(borrower& who, std::size_t stuck) {
    if (!is_overdue())
      overdue_.store(who.on_overdue(stuck), std::memory_order_relaxed);
  }

private:
  enum class state : std::uint8_t { free, beginning, at_work, looked_at };

  std::atomic<state> state_ = state::free;
  std::atomic<bool> taken_ = false;
  std::atomic<bool> overdue_ = false;
  /// Only the thread that works writes it.
  std::atomic<std::uint32_t> steps_ = 0;
  borrower* who_ = nullptr;
  /// What the monitor has seen of `steps_`, and when for the first time.
  std::uint32_t seen_ = 0;
  time_point seen_at_{};
};

} // namespace devp2p::net
