// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <cassert>
#include <chrono>
#include <cstdint>
#include <vector>

/// Distributions of times. All is integer arithmetic: the same on every platform.
namespace devp2p::net::distribution {

/// The quantiles of a distribution, evenly spaced in probability from 0 to 1. They do not descend,
/// and none is negative; between two of them the distribution is uniform. One value is a constant,
/// and no value is the constant 0.
using quantiles = std::vector<std::chrono::nanoseconds>;

/// Returns the quantile of the probability `place` / 2^32, rounded down.
inline std::chrono::nanoseconds at(const quantiles& values, std::uint32_t place) {
  if (values.empty())
    return {};
  constexpr std::uint64_t low_half = 0xffffffff;
  auto scaled = std::uint64_t{place} * (values.size() - 1);
  auto segment = static_cast<std::size_t>(scaled >> 32);
  auto part = scaled & low_half;
  if (part == 0)
    return values[segment];
  auto width = static_cast<std::uint64_t>((values[segment + 1] - values[segment]).count());
  // The product is computed by halves, as it may have 96 bits.
  auto beyond = (width >> 32) * part + ((width & low_half) * part >> 32);
  return values[segment] + std::chrono::nanoseconds{beyond};
}

/// The uniform distribution from `low`, which is not negative, to `high`.
inline quantiles uniform(std::chrono::nanoseconds low, std::chrono::nanoseconds high) {
  assert(low.count() >= 0 && low <= high);
  return {low, high};
}

/// Quantiles in thousandths of a unit, with the probabilities of 1 % and 99 % at the ends.
using table = std::array<std::int64_t, 33>;

/// Returns `base` plus `from` times `unit`, which is at most a day.
inline quantiles scaled(const table& from, std::chrono::nanoseconds base,
                        std::chrono::nanoseconds unit) {
  assert(unit.count() >= 0 && unit <= std::chrono::hours{24});
  quantiles out;
  out.reserve(from.size());
  for (auto x : from)
    out.push_back(base + unit * x / 1000);
  return out;
}

/// The exponential distribution, cut at 1 % and 99 %: mostly short, sometimes long, as the time
/// between independent events. It goes from 0.01 to 4.605 times `mean`, which is not negative, and
/// its own mean is 0.989 times `mean`.
///
/// The table: -ln(1 - p) for p = 0.01, 1/32, …, 31/32, 0.99, rounded to thousandths.
inline quantiles exponential(std::chrono::nanoseconds mean) {
  static constexpr table unit{10,   32,   65,   98,   134,  170,  208,  247,  288,  330,  375,
                              421,  470,  521,  575,  633,  693,  758,  827,  901,  981,  1068,
                              1163, 1269, 1386, 1520, 1674, 1856, 2079, 2367, 2773, 3466, 4605};
  return scaled(unit, {}, mean);
}

/// The log-normal distribution of sigma 1, cut at 1 % and 99 %: a heavy tail, as delays in the
/// Internet have. It is stretched by `spread`, from 0 to `median`, and moved to `median`. So it
/// goes from 0.902 times `spread` below the median to 9.24 times above it, and its mean is 0.597
/// times `spread` above.
///
/// The table: exp(z) for the quantiles z of the standard normal distribution at p = 0.01, 1/32, …,
/// 31/32, 0.99, rounded to thousandths.
inline quantiles log_normal(std::chrono::nanoseconds median, std::chrono::nanoseconds spread) {
  static constexpr table unit{98,   155,  216,  268,  317,  364,  412,  460,  509,  560,  613,
                              669,  727,  789,  854,  925,  1000, 1082, 1170, 1268, 1375, 1495,
                              1630, 1784, 1963, 2174, 2428, 2746, 3159, 3736, 4637, 6441, 10240};
  assert(spread <= median);
  return scaled(unit, median - spread, spread);
}

} // namespace devp2p::net::distribution
