// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <utility>

namespace devp2p::test {

/// Values from other threads for the thread of the test, in order. Thread-safe.
template <class T>
class inbox {
public:
  void push(T x) {
    std::lock_guard guard{mutex_};
    all_.push_back(std::move(x));
    arrived_.notify_one();
  }

  /// Waits for the next.
  T next() {
    std::unique_lock lock{mutex_};
    BOOST_REQUIRE(
      arrived_.wait_for(lock, std::chrono::seconds{20}, [this] { return !all_.empty(); }));
    auto out = std::move(all_.front());
    all_.pop_front();
    return out;
  }

private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<T> all_;
};

} // namespace devp2p::test
