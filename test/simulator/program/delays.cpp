// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/program/delays.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace devp2p::tool {

using json = nlohmann::ordered_json;

namespace {

/// Returns the bin of a number of nanoseconds. Numbers below 4 have a bin each.
std::size_t bin_of(std::uint64_t x) {
  if (x < 4)
    return static_cast<std::size_t>(x);
  auto octave = static_cast<std::size_t>(std::bit_width(x)) - 1;
  return 4 * (octave - 1) + ((x >> (octave - 2)) & 3);
}

/// Returns the first number of the bin, in seconds.
double begin_of(std::size_t bin) {
  auto x = bin < 4 ? static_cast<double>(bin)
                   : static_cast<double>(4 + bin % 4) *
                       static_cast<double>(std::uint64_t{1} << (bin / 4 - 1));
  return x / 1e9;
}

} // namespace

void delays::add(std::chrono::nanoseconds x) {
  ++counts_[std::min(bin_of(static_cast<std::uint64_t>(std::max<std::int64_t>(x.count(), 0))),
                     bins - 1)];
  ++count_;
}

json delays::write() const {
  auto out = json::array();
  std::uint64_t before = 0;
  for (std::size_t i = 0; i < bins && before < count_; ++i) {
    before += counts_[i];
    if (before > 0)
      out.push_back({begin_of(i), counts_[i]});
  }
  return {
    {"count", count_}, {"bins", std::move(out)}, {"half", quantile(50)}, {"most", quantile(99)}};
}

double delays::quantile(std::uint64_t percent) const {
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < bins; ++i) {
    below += counts_[i];
    if (below > 0 && below * 100 >= count_ * percent)
      return begin_of(i + 1);
  }
  return 0;
}

} // namespace devp2p::tool
