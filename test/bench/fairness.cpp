// SPDX-License-Identifier: BSL-1.0
//
// The case `fairness`: what a protocol that floods leaves to seven others on its link, and to the
// pings; and whether a rate is kept.
#include "devp2p/messages/caf.hpp"

#include "load.hpp"
#include "percentile.hpp"
#include "repeat.hpp"
#include "stopwatch.hpp"
#include "waiting.hpp"

#include <algorithm>
#include <array>

namespace devp2p::bench {

namespace {

constexpr std::size_t protocols = 8;

/// Returns the size of a protocol's messages, in bytes. The first protocol floods; all have more to
/// send than there is room for.
constexpr std::size_t size_of(std::size_t index) {
  return index == 0 ? std::size_t{64} << 10 : std::size_t{1} << 10;
}

using counts = std::array<message_count, protocols>;

std::array<double, protocols> bytes_of(const counts& arrived) {
  std::array<double, protocols> out{};
  for (std::size_t i = 0; i < protocols; ++i)
    out[i] = static_cast<double>(arrived[i] * size_of(i));
  return out;
}

figures observe(double seconds, double rate, arena& world, const counts& arrived) {
  auto before = bytes_of(arrived);
  std::vector<double> pings;
  stopwatch elapsed;
  while (elapsed.seconds() < seconds) {
    wait(
      0.02, [] { return true; }, "time to pass");
    for (const auto& x : world.peers())
      pings.push_back(std::chrono::duration<double>(x.ping.last).count());
  }
  auto taken = elapsed.seconds();
  auto after = bytes_of(arrived);
  double all = 0;
  for (std::size_t i = 0; i < protocols; ++i)
    all += after[i] -= before[i];
  std::sort(pings.begin(), pings.end());
  figures out{{"least_share", *std::min_element(after.begin() + 1, after.end()) * protocols / all},
              {"limit", 1},
              {"megabytes_per_second", all / taken / 1e6},
              {"flood_share", after[0] * protocols / all},
              {"ping_p50_ms", percentile(pings, 50) * 1e3},
              {"ping_p99_ms", percentile(pings, 99) * 1e3}};
  // The rate counts payloads here; a little more than that is on the wire.
  if (rate > 0)
    out.emplace_back("of_rate", all / taken / rate);
  return out;
}

} // namespace

void fairness(const options& chosen, report& out) {
  for (double rate : {0.0, 20e6}) {
    for (const auto& where : chosen.handlers) {
      parameters which{
        {"protocols", protocols}, {"rate", static_cast<std::size_t>(rate)}, {"handlers", where}};
      out.announce("fairness", which);
      counts arrived{};
      arena world{chosen};
      std::vector<protocol> receivers;
      std::vector<protocol> senders;
      for (std::size_t i = 0; i < protocols; ++i) {
        auto name = "load" + std::to_string(i);
        receivers.push_back(counting(name, where, arrived[i]));
        senders.push_back(sending(name, where, "random", size_of(i), world.handlers()));
      }
      auto config = make_node_config(senders);
      config.limits.max_rate_out = static_cast<std::uint64_t>(rate);
      config.limits.ping_interval = std::chrono::milliseconds{10};
      config.limits.max_missed_pings = 1000;
      world.dial(world.listen(receivers), std::move(config));
      for (const auto& x : world.handlers().wait_for(protocols))
        anon_send_to(x.handler, packet{});
      out.add("fairness", which, repeat(chosen, [&](double seconds) {
                return observe(seconds, rate, world, arrived);
              }));
    }
  }
}

} // namespace devp2p::bench
