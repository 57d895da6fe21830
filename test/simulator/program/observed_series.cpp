// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/program/observed_series.hpp"

#include "devp2p/simulator/program/seconds.hpp"

#include <algorithm>
#include <utility>

namespace devp2p::tool {

using json = nlohmann::ordered_json;

namespace {

json number(const std::optional<std::int64_t>& x) {
  return x ? json(*x) : json(nullptr);
}

std::optional<std::int64_t> least_of(std::optional<std::int64_t> x, std::optional<std::int64_t> y) {
  return x && y ? std::min(*x, *y) : x ? x : y;
}

std::optional<std::int64_t> largest_of(std::optional<std::int64_t> x,
                                       std::optional<std::int64_t> y) {
  return x && y ? std::max(*x, *y) : x ? x : y;
}

} // namespace

observed_series::observed_series(std::string name, std::size_t nodes, bool adds_up)
  : name_(std::move(name)),
    adds_up_(adds_up),
    values_(nodes) {}

void observed_series::set(std::size_t node, caf::timespan when, std::optional<std::int64_t> value) {
  // Make room first: the buckets may become wider.
  (void)series_.at(when);
  if (!series_.same(latest_, when)) {
    note(series_);
    // The new bucket begins with what the last one ends with.
    auto standing = now();
    least_ = standing.least;
    largest_ = standing.largest;
  }
  latest_ = when;
  values_.at(node) = value;
  if (value) {
    least_ = least_of(least_, value);
    largest_ = largest_of(largest_, value);
  }
}

json observed_series::last() const {
  auto all = now();
  json out{{"nodes", all.nodes},
           {"least", number(all.least)},
           {"middle", number(all.middle)},
           {"largest", number(all.largest)}};
  if (adds_up_)
    out["sum"] = number(all.sum);
  return out;
}

json observed_series::write(caf::timespan end) const {
  auto series = series_;
  note(series);
  (void)series.at(end);
  json out{{"name", name_}, {"adds_up", adds_up_}, {"seconds_each", in_seconds(series.width())}};
  for (const auto* name : {"least", "middle", "largest", "sum", "nodes"})
    out[name] = json::array();
  const auto few = values_.size() <= max_each;
  if (few)
    out["each"] = json(values_.size(), json::array());
  bucket last;
  last.each.resize(few ? values_.size() : 0);
  for (const auto& x : series.buckets()) {
    if (x.any) {
      last = x;
    } else {
      last.least = last.all.least;
      last.largest = last.all.largest;
    }
    out["least"].push_back(number(last.least));
    out["middle"].push_back(number(last.all.middle));
    out["largest"].push_back(number(last.largest));
    out["sum"].push_back(number(last.all.sum));
    out["nodes"].push_back(last.all.nodes);
    for (std::size_t i = 0; i < last.each.size(); ++i)
      out["each"][i].push_back(number(last.each[i]));
  }
  return out;
}

void observed_series::bucket::merge(const bucket& next) {
  if (!next.any)
    return;
  auto lower = least_of(least, next.least);
  auto upper = largest_of(largest, next.largest);
  *this = next;
  least = lower;
  largest = upper;
}

void observed_series::note(time_series<bucket>& to) const {
  bucket latest{.any = true, .all = now(), .least = least_, .largest = largest_};
  if (values_.size() <= max_each)
    latest.each = values_;
  to.at(latest_).merge(latest);
}

observed_series::figures observed_series::now() const {
  figures out;
  std::vector<std::int64_t> all;
  std::int64_t sum = 0;
  auto fits = true;
  for (const auto& x : values_)
    if (x) {
      all.push_back(*x);
      fits = fits && !__builtin_add_overflow(sum, *x, &sum);
    }
  out.nodes = all.size();
  if (all.empty())
    return out;
  auto middle = all.begin() + static_cast<std::ptrdiff_t>((all.size() - 1) / 2);
  std::nth_element(all.begin(), middle, all.end());
  out.middle = *middle;
  out.least = *std::min_element(all.begin(), all.end());
  out.largest = *std::max_element(all.begin(), all.end());
  if (fits)
    out.sum = sum;
  return out;
}

} // namespace devp2p::tool
