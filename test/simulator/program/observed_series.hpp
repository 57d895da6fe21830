// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/event.hpp"
#include "devp2p/simulator/program/time_series.hpp"

#include <caf/timespan.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace devp2p::tool {

/// A number that protocols observe at their nodes, over time: its least, middle and largest value
/// over all nodes that have one, and the values of each node if there are few.
///
/// Holds one value for each node, and figures of at most `time_series::max_buckets` spans.
class observed_series {
public:
  /// The maximum number of nodes of which each is shown.
  static constexpr std::size_t max_each = 10;

  observed_series(std::string name, std::size_t nodes, bool adds_up);

  /// The node has this value from now on, or none. Calls are in the order of time.
  void set(std::size_t node, caf::timespan when, std::optional<std::int64_t> value);

  /// Returns the number's name, and its values over all nodes as they are now.
  [[nodiscard]] nlohmann::ordered_json last() const;
  /// Returns the number over time until `end`, one entry a span. A span's least and largest value
  /// are those of any moment in it; the others are those at its end.
  [[nodiscard]] nlohmann::ordered_json write(caf::timespan end) const;

  [[nodiscard]] const std::string& name() const { return name_; }

private:
  static constexpr caf::timespan first_width = std::chrono::milliseconds{10};

  /// The values of all nodes at one moment; null without any, and the sum if it is too large.
  struct figures {
    std::optional<std::int64_t> least = {};
    std::optional<std::int64_t> middle = {};
    std::optional<std::int64_t> largest = {};
    std::optional<std::int64_t> sum = {};
    std::size_t nodes = 0;
  };
  struct bucket {
    /// Whether a value was set in it.
    bool any = false;
    /// The values at its end.
    figures all = {};
    std::vector<std::optional<std::int64_t>> each = {};
    /// The least and the largest value at any moment in it.
    std::optional<std::int64_t> least = {};
    std::optional<std::int64_t> largest = {};

    void merge(const bucket& next);
  };

  [[nodiscard]] figures now() const;
  /// Puts the values of now into the bucket of the latest moment.
  void note(time_series<bucket>& to) const;

  std::string name_;
  bool adds_up_;
  std::vector<std::optional<std::int64_t>> values_;
  time_series<bucket> series_{first_width};
  caf::timespan latest_{0};
  /// The least and the largest value in the bucket of the latest moment.
  std::optional<std::int64_t> least_;
  std::optional<std::int64_t> largest_;
};

} // namespace devp2p::tool
