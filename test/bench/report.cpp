// SPDX-License-Identifier: BSL-1.0
#include "report.hpp"

#include "percentile.hpp"

#include <nlohmann/json.hpp>

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>

namespace devp2p::bench {

namespace {

using json = nlohmann::ordered_json;

json to_json(std::string_view name, const parameters& which) {
  json out{{"case", name}};
  for (const auto& [key, value] : which)
    std::visit([&, &key = key](auto x) { out[std::string{key}] = x; }, value);
  return out;
}

/// Returns the number with five digits, which are more than any repetition confirms.
double rounded(double x) {
  char text[32];
  std::snprintf(text, sizeof text, "%.5g", x);
  return std::strtod(text, nullptr);
}

} // namespace

void report::announce(std::string_view name, const parameters& which) const {
  static const bool watched = isatty(STDERR_FILENO) == 1;
  if (watched)
    std::cerr << to_json(name, which).dump() << " ...\n";
}

void report::add(std::string_view name, const parameters& which,
                 const std::vector<figures>& repetitions) const {
  auto out = to_json(name, which);
  json min;
  json max;
  for (std::size_t i = 0; i < repetitions.front().size(); ++i) {
    std::vector<double> values;
    for (const auto& x : repetitions)
      values.push_back(x[i].second);
    std::sort(values.begin(), values.end());
    std::string key{repetitions.front()[i].first};
    out[key] = rounded(percentile(values, 50));
    min[key] = rounded(values.front());
    max[key] = rounded(values.back());
  }
  out["min"] = std::move(min);
  out["max"] = std::move(max);
  std::cout << out.dump() << std::endl;
}

} // namespace devp2p::bench
