// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/churn.hpp"

#include "devp2p/net/sim/distribution.hpp"
#include "devp2p/net/sim/seeded_rng.hpp"

#include <algorithm>

namespace devp2p::simulator {

namespace {

/// Constants mixed into the seed: neither kind of disturbance draws the numbers of the other, or of
/// the network.
constexpr std::uint64_t churn_stream = 0x636875726e;
constexpr std::uint64_t flaky_stream = 0x666c616b79;

caf::timespan draw(net::seeded_rng& random, const net::distribution::quantiles& from) {
  constexpr auto all = std::size_t{1} << 32;
  auto out = net::distribution::at(from, static_cast<std::uint32_t>(random.below(all)));
  return std::chrono::floor<std::chrono::microseconds>(out);
}

} // namespace

std::optional<std::vector<scenario::step>> steps_of(const churn& what, std::uint64_t seed,
                                                    std::size_t most) {
  net::seeded_rng random{seed ^ churn_stream};
  const auto up = net::distribution::exponential(what.mean_up);
  const auto down = net::distribution::exponential(what.mean_down);
  std::vector<scenario::step> out;
  for (auto node : what.nodes)
    for (auto at = what.from + draw(random, up); at < what.to; at += draw(random, up)) {
      if (out.size() + 2 > most)
        return std::nullopt;
      out.push_back({at, action::crash{node}});
      at += draw(random, down);
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
    for (auto at = what.from + draw(random, between); at < what.to; at += draw(random, between)) {
      if (out.size() == most)
        return std::nullopt;
      out.push_back({at, action::cut{x.first, x.second}});
    }
  return out;
}

} // namespace devp2p::simulator
