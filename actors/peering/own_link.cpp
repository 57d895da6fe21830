// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/peering/own_link.hpp"

#include <algorithm>

namespace devp2p {

namespace {

/// Returns the number of different values that the members of those elements have which count.
/// There are few.
template <class T, class Predicate, class Member>
std::size_t distinct(const std::vector<T>& in, Predicate counts, Member T::*of) {
  std::size_t out = 0;
  for (auto i = in.begin(); i != in.end(); ++i)
    if (counts(*i) &&
        std::none_of(in.begin(), i, [&](const T& x) { return counts(x) && x.*of == (*i).*of; }))
      ++out;
  return out;
}

} // namespace

void own_link::on_failed(source_number source, const nat::address_key& network, time_point now) {
  failed_.reserve(max_remembered + 1);
  add_source(source);
  std::erase_if(failed_, [&](const auto& x) { return now - x.last > rules_.remembered; });
  auto found = std::find_if(failed_.begin(), failed_.end(), [&](const auto& x) {
    return x.network == network && x.source == source;
  });
  if (found == failed_.end()) {
    failed_.push_back({network, source, now, 1});
  } else {
    ++found->times;
    found->last = now;
  }
  if (failed_.size() > max_remembered)
    failed_.erase(std::min_element(failed_.begin(), failed_.end(),
                                   [](const auto& x, const auto& y) { return x.last < y.last; }));
  judge(now);
}

void own_link::on_heard(time_point now) {
  heard_at_ = now;
  down_since_.reset();
  failed_.clear();
}

void own_link::add_source(source_number source) {
  if (std::find(sources_.begin(), sources_.end(), source) != sources_.end())
    return;
  sources_.push_back(source);
  if (sources_.size() > max_remembered)
    sources_.erase(sources_.begin());
}

void own_link::forget_source(source_number source) {
  std::erase(sources_, source);
  std::erase_if(failed_, [&](const auto& x) { return x.source == source; });
}

void own_link::on_dialled(time_point now, double chance) {
  auto part =
    static_cast<double>((rules_.probe_interval / 2).count()) * std::clamp(chance, 0.0, 1.0);
  probe_at_ = now + rules_.probe_interval + duration{static_cast<duration::rep>(part)};
}

void own_link::judge(time_point now) {
  if (down_since_ || (heard_at_ && now - *heard_at_ < rules_.silence))
    return;
  auto needed = std::min(rules_.sources, sources_.size());
  auto is_fresh = [&](const failed_network& x) { return now - x.last <= rules_.at_once; };
  auto is_repeated = [](const failed_network& x) { return x.times > 1; };
  auto enough = [&](auto counts, std::size_t networks) {
    return distinct(failed_, counts, &failed_network::network) >= networks &&
           distinct(failed_, counts, &failed_network::source) >= needed;
  };
  if (enough(is_fresh, rules_.networks) || enough(is_repeated, rules_.few_networks)) {
    down_since_ = now;
    probe_at_ = std::max(probe_at_, now);
  }
}

} // namespace devp2p
