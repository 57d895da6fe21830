// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/line_reader.hpp"

#include "devp2p/net/sim/distribution.hpp"
#include "devp2p/simulator/json_fields.hpp"
#include "devp2p/simulator/scenario_times.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace devp2p::simulator {

namespace {

/// The largest quantile, in milliseconds.
constexpr double max_quantile = 12 * max_milliseconds;
constexpr std::size_t max_quantiles = 1000;
constexpr std::uint64_t max_bandwidth = 1'000'000'000'000;
/// The largest loss in percent. More would be a line that carries nothing.
constexpr std::uint64_t max_loss = 99;

net::distribution::quantiles read_jitter(json_fields& line) {
  json_fields in{line, "jitter"};
  auto ms = [&](std::string_view name) {
    return milliseconds(in.number(name, 0, max_milliseconds));
  };
  net::distribution::quantiles out;
  auto kind = in.word("kind", {"uniform", "exponential", "log_normal", "quantiles"});
  if (kind == "uniform") {
    auto low = ms("low_ms");
    auto high = ms("high_ms");
    if (low > high)
      in.complain("high_ms", "it must not be less than low_ms");
    out = net::distribution::uniform(low, high);
  } else if (kind == "exponential") {
    out = net::distribution::exponential(ms("mean_ms"));
  } else if (kind == "log_normal") {
    auto median = ms("median_ms");
    auto spread = ms("spread_ms");
    if (spread > median)
      in.complain("spread_ms", "it must not be more than median_ms");
    out = net::distribution::log_normal(median, spread);
  } else {
    for (auto x : in.numbers("ms", 0, max_quantile, max_quantiles))
      out.push_back(milliseconds(x));
    if (!std::is_sorted(out.begin(), out.end()))
      in.complain("ms", "they must not descend");
  }
  in.expect_no_more();
  return out;
}

} // namespace

net::line_conditions read_line(json_fields& outer, std::string_view name) {
  json_fields in{outer, name};
  net::line_conditions out;
  out.latency = milliseconds(in.number("latency_ms", 0, max_milliseconds, 0));
  if (in.find("jitter"))
    out.jitter = read_jitter(in);
  out.bandwidth = in.whole("bytes_per_second", 1, max_bandwidth, 0);
  out.loss = static_cast<unsigned>(in.whole("loss_percent", 0, max_loss, 0));
  in.expect_no_more();
  return out;
}

line_change read_line_change(json_fields& outer, std::string_view name) {
  json_fields in{outer, name};
  line_change out;
  if (in.find("latency_ms"))
    out.latency = milliseconds(in.number("latency_ms", 0, max_milliseconds));
  out.added = milliseconds(in.number("added_latency_ms", 0, max_milliseconds, 0));
  if (in.find("jitter"))
    out.jitter = read_jitter(in);
  if (in.find("bytes_per_second"))
    out.bandwidth = in.whole("bytes_per_second", 0, max_bandwidth);
  if (in.find("loss_percent"))
    out.loss = static_cast<unsigned>(in.whole("loss_percent", 0, max_loss));
  in.expect_no_more();
  return out;
}

} // namespace devp2p::simulator
