// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/memory_account.hpp"
#include "devp2p/messages/bytes.hpp"

#include <algorithm>
#include <atomic>
#include <memory>
#include <memory_resource>

namespace devp2p {

/// The amount of one protocol's incoming data that is still referenced. Payloads in a mailbox and
/// payloads that a handler keeps count alike, because a payload gives its bytes back when its last
/// reference goes. Counting costs no message.
///
/// Payloads may be released on any thread. Must be held by a `std::shared_ptr`.
class read_window : public std::enable_shared_from_this<read_window> {
public:
  /// The cost of a message beyond its payload, in bytes: its place in a mailbox and its
  /// bookkeeping.
  static constexpr std::size_t overhead = 256;

  /// `limit` is in bytes. Payloads are allocated from `memory`, and count in `account`, which is
  /// woken, on any thread, when a window that `must_wait` has found full has room again.
  read_window(std::size_t limit, std::shared_ptr<std::pmr::memory_resource> memory,
              std::shared_ptr<memory_account> account)
    : limit_(std::max<std::size_t>(limit, 1)),
      memory_(std::move(memory)),
      account_(std::move(account)) {}

  /// Returns memory for a payload, which counts until its last reference goes.
  [[nodiscard]] std::shared_ptr<std::uint8_t[]> allocate(std::size_t size) {
    return std::allocate_shared_for_overwrite<std::uint8_t[]>(
      counting_allocator<std::uint8_t>{shared_from_this()}, size);
  }

  /// Returns true iff no more messages should come in.
  [[nodiscard]] bool is_full() const { return held_.load() >= limit_; }

  /// Returns true iff the window is full. The account will then be woken once.
  [[nodiscard]] bool must_wait() {
    if (!is_full())
      return false;
    waiting_ = true;
    // The window may have emptied before `waiting_` was set.
    return is_full() || !waiting_.exchange(false);
  }

  /// The number of bytes held, each message's overhead included.
  [[nodiscard]] std::size_t held() const { return held_.load(); }
  /// The total number of bytes that were given back. Only for the thread that allocates.
  [[nodiscard]] std::uint64_t given_back() const { return allocated_ - held_.load(); }

private:
  /// An allocator that lives in the payload's control block, and so frees the payload last of all.
  template <class T>
  struct counting_allocator {
    using value_type = T;

    explicit counting_allocator(std::shared_ptr<read_window> window) : window(std::move(window)) {}
    template <class U>
    counting_allocator(const counting_allocator<U>& other) : window(other.window) {}

    T* allocate(std::size_t n) {
      auto* out = static_cast<T*>(window->memory_->allocate(n * sizeof(T), alignof(T)));
      window->take(n * sizeof(T) + overhead);
      return out;
    }

    void deallocate(T* p, std::size_t n) {
      window->memory_->deallocate(p, n * sizeof(T), alignof(T));
      window->give_back(n * sizeof(T) + overhead);
    }

    friend bool operator==(const counting_allocator& x, const counting_allocator& y) {
      return x.window == y.window;
    }

    std::shared_ptr<read_window> window;
  };

  void take(std::size_t size) {
    allocated_ += size;
    auto before = held_.fetch_add(size);
    account_->on_change(before, before + size);
  }

  void give_back(std::size_t size) {
    auto before = held_.fetch_sub(size);
    auto left = before - size;
    if (left < limit_ && waiting_ && waiting_.exchange(false))
      account_->wake();
    account_->on_change(before, left);
  }

  const std::size_t limit_;
  const std::shared_ptr<std::pmr::memory_resource> memory_;
  const std::shared_ptr<memory_account> account_;
  std::uint64_t allocated_ = 0;
  std::atomic<std::size_t> held_{0};
  std::atomic<bool> waiting_{false};
};

} // namespace devp2p
