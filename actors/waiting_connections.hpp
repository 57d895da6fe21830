// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/nat/fair_pool.hpp"
#include "devp2p/net/network.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <utility>

namespace devp2p {

/// Accepted connections that wait for a place among the pending sessions. A connection that is
/// dropped is closed. A value: its owner decides who goes on, and tells it the time.
class waiting_connections {
public:
  using shared_stream = std::shared_ptr<net::stream>;
  using time_point = std::chrono::steady_clock::time_point;

  /// If it throws, the connection is closed, and nothing else has changed.
  void add(shared_stream stream, const nat::source& from, time_point now) {
    auto number = next_++;
    all_.emplace(number, waiting_stream{std::move(stream), now});
    try {
      by_source_.add(number, from);
    } catch (...) {
      all_.erase(number);
      throw;
    }
  }

  /// Removes and returns a connection, by its number. Precondition: it waits.
  shared_stream take(std::uint64_t number) {
    by_source_.serve(number);
    return std::move(all_.extract(number).mapped().stream);
  }

  /// Drops the connection that has waited longest among those of the source that has most.
  /// Precondition: not empty.
  void drop_one() { drop(*by_source_.oldest_of_fullest()); }

  /// Drops the connections that were accepted at `limit` or before.
  void drop_since(time_point limit) {
    // Earlier numbers are older.
    while (!all_.empty() && all_.begin()->second.since <= limit)
      drop(all_.begin()->first);
  }

  /// Drops the connections with a remote for which `is_unwanted` returns true.
  template <class Predicate>
  void drop_if(Predicate is_unwanted) {
    for (auto i = all_.begin(); i != all_.end();) {
      const auto number = i->first;
      const auto drops = is_unwanted(i->second.stream->remote());
      ++i;
      if (drops)
        drop(number);
    }
  }

  void clear() {
    all_.clear();
    by_source_ = {};
  }

  [[nodiscard]] bool empty() const { return all_.empty(); }
  [[nodiscard]] std::size_t size() const { return all_.size(); }
  /// Returns the numbers of the connections that wait.
  [[nodiscard]] const nat::fair_pool<std::uint64_t>& by_source() const { return by_source_; }

private:
  struct waiting_stream {
    shared_stream stream;
    time_point since;
  };

  void drop(std::uint64_t number) {
    by_source_.remove(number);
    all_.erase(number);
  }

  std::uint64_t next_ = 0;
  std::map<std::uint64_t, waiting_stream> all_;
  nat::fair_pool<std::uint64_t> by_source_;
};

} // namespace devp2p
