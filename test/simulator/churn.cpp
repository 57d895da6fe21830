// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/churn.hpp"

#include "devp2p/net/sim/distribution.hpp"
#include "devp2p/net/sim/seeded_rng.hpp"
#include "devp2p/simulator/drawn_time.hpp"

#include <algorithm>

namespace devp2p::simulator {

namespace {

/// Constants mixed into the seed: neither kind of disturbance draws the numbers of the other, or of
/// the network.
constexpr std::uint64_t churn_stream = 0x636875726e;
constexpr std::uint64_t flaky_stream = 0x666c616b79;

} // namespace

std::optional<std::vector<scenario::step>> steps_of(const churn& what, std::uint64_t seed,
                                                    std::size_t most) {
  net::seeded_rng random{seed ^ churn_stream};
  const auto up = net::distribution::exponential(what.mean_up);
  const auto down = net::distribution::exponential(what.mean_down);
  std::vector<scenario::step> out;
  for (auto node : what.nodes)
    for (auto at = what.from + drawn_time(random, up); at < what.to; at += drawn_time(random, up)) {
      if (out.size() + 2 > most)
        return std::nullopt;
      out.push_back({at, action::crash{node}});
      at += drawn_time(random, down);
      out.push_back({std::min(at, what.to), action::start{node}});
    }
  return out;
}

std::optional<std::vector<scenario::step>> steps_of(const flaky_links& what, std::uint64_t seed,
                                                    std::size_t most) {
  net::seeded_rng random{seed ^ flaky_stream};
  const auto between = net::distribution::exponential(what.mean_between);
  std::vector<scenario::step> out;
  for (auto x : what.links)
    for (auto at = what.from + drawn_time(random, between); at < what.to;
         at += drawn_time(random, between)) {
      if (out.size() == most)
        return std::nullopt;
      out.push_back({at, action::cut{x.first, x.second}});
    }
  return out;
}

} // namespace devp2p::simulator
