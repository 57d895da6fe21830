// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/info.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace devp2p {

/// The counters of one protocol of one session. One actor counts, and any thread may read. As only
/// one writes, counting takes no locked instruction: it costs what a plain integer costs.
class live_traffic {
public:
  void on_received(std::uint64_t size) {
    add(messages_in_, 1);
    add(bytes_in_, size);
  }
  void on_sent(std::uint64_t size) {
    add(messages_out_, 1);
    add(bytes_out_, size);
  }
  void on_discarded(std::uint64_t messages) { add(messages_discarded_, messages); }

  [[nodiscard]] traffic read() const {
    constexpr auto relaxed = std::memory_order_relaxed;
    return {messages_in_.load(relaxed), bytes_in_.load(relaxed), messages_out_.load(relaxed),
            bytes_out_.load(relaxed), messages_discarded_.load(relaxed)};
  }

private:
  using counter = std::atomic<std::uint64_t>;

  static void add(counter& to, std::uint64_t more) {
    to.store(to.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
  }

  counter messages_in_{0};
  counter bytes_in_{0};
  counter messages_out_{0};
  counter bytes_out_{0};
  counter messages_discarded_{0};
};

/// The counts of one session while it runs. The peer counts, and the supervisor reads: also at
/// the end, when it is too late to ask the peer. Thread-safe for one that counts and any that read.
class session_counts {
public:
  explicit session_counts(std::size_t protocols) : protocols_(protocols) {}

  [[nodiscard]] std::size_t size() const { return protocols_.size(); }
  [[nodiscard]] live_traffic& operator[](std::size_t index) { return protocols_[index]; }
  [[nodiscard]] const live_traffic& operator[](std::size_t index) const {
    return protocols_[index];
  }

  void set_ping(const round_trip& times) {
    last_ = times.last.count();
    min_ = times.min.count();
    smoothed_ = times.smoothed.count();
  }
  [[nodiscard]] round_trip ping() const {
    using std::chrono::nanoseconds;
    return {nanoseconds{last_}, nanoseconds{min_}, nanoseconds{smoothed_}};
  }

private:
  using time = std::atomic<std::chrono::nanoseconds::rep>;

  std::vector<live_traffic> protocols_;
  time last_{0};
  time min_{0};
  time smoothed_{0};
};

} // namespace devp2p
