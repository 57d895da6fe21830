// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <caf/timespan.hpp>

#include <cstddef>
#include <vector>

namespace devp2p::tool {

/// Figures over time in at most `max_buckets` buckets of one width. The width doubles when a run is
/// longer than all of them together. `Bucket` has a `merge(const Bucket& next)`.
template <class Bucket>
class time_series {
public:
  static constexpr std::size_t max_buckets = 200;

  explicit time_series(caf::timespan first_width) : width_(first_width) {}

  /// Returns the bucket of that moment, for figures of the time before it: a bucket includes its
  /// end and not its beginning. Only the first one includes the beginning of the run.
  Bucket& at(caf::timespan when) {
    while (index(when) >= max_buckets)
      halve();
    if (index(when) >= buckets_.size())
      buckets_.resize(index(when) + 1);
    return buckets_[index(when)];
  }

  /// Whether both moments are in the same bucket, as wide as these are now.
  [[nodiscard]] bool same(caf::timespan one, caf::timespan other) const {
    return index(one) == index(other);
  }

  [[nodiscard]] caf::timespan width() const { return width_; }
  [[nodiscard]] const std::vector<Bucket>& buckets() const { return buckets_; }

private:
  [[nodiscard]] std::size_t index(caf::timespan when) const {
    return when.count() <= 0 ? 0 : static_cast<std::size_t>((when.count() - 1) / width_.count());
  }

  void halve() {
    for (std::size_t i = 0; i < buckets_.size(); i += 2) {
      auto both = buckets_[i];
      if (i + 1 < buckets_.size())
        both.merge(buckets_[i + 1]);
      buckets_[i / 2] = both;
    }
    buckets_.resize((buckets_.size() + 1) / 2);
    width_ *= 2;
  }

  caf::timespan width_;
  std::vector<Bucket> buckets_;
};

} // namespace devp2p::tool
