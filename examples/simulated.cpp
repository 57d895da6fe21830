// SPDX-License-Identifier: BSL-1.0
//
// An application's own protocol in a network of a thousand simulated nodes, half of them behind
// NATs. Measures how long a block takes to reach all nodes, and how many it reaches across a
// partition. Run it without arguments; each run prints the same.
#include "devp2p/messages/caf.hpp"
#include "devp2p/simulator/simulation.hpp"

#include <caf/all.hpp>

#include <cstring>
#include <iostream>
#include <map>
#include <numeric>

using namespace devp2p;
using namespace std::chrono_literals;

/// The state of one node: the height of its chain.
using chain_actor = caf::typed_actor<
  // From a handler, or from a miner: the height of another chain.
  reacts_to<std::uint64_t>,
  // From a handler: announce our height to this remote while that handler lives.
  reacts_to<handler_actor, channel>>;

/// Announces to every peer each height that exceeds all heights known before.
struct chain : chain_actor::base {
  chain(caf::actor_config& config, std::function<void(std::uint64_t)> on_growth)
    : chain_actor::base(config),
      on_growth(std::move(on_growth)) {
    // A session that has just ended refuses writes.
    set_error_handler([](caf::error&) {});
    set_down_handler([this](const caf::down_msg& gone) { peers.erase(gone.source.id()); });
  }

  behavior_type make_behavior() override {
    return {
      [this](std::uint64_t other) {
        if (other <= height)
          return;
        height = other;
        on_growth(height);
        for (const auto& [id, peer] : peers)
          tell(peer);
      },
      [this](const handler_actor& handler, const channel& link) {
        monitor(handler);
        tell(peers[handler.id()] = link);
      },
    };
  }

  void on_exit() override { peers.clear(); }

  void tell(const channel& peer) {
    auto raw = reinterpret_cast<const std::uint8_t*>(&height);
    peer.send(this, {0, blob{byte_view{raw, sizeof height}}});
  }

  std::function<void(std::uint64_t)> on_growth;
  std::uint64_t height = 0;
  std::map<caf::actor_id, channel> peers;
};

/// Reads the heights that one remote announces. Does not depend on the simulation.
handler_actor::behavior_type listen(handler_actor::pointer self, const channel& link,
                                    const chain_actor& ours) {
  anon_send_to(ours, handler_actor{self}, link);
  return {[=](const packet& message) {
    std::uint64_t height = 0;
    if (message.payload.size() != sizeof height)
      return self->quit(caf::make_error(errc::rlp_wrong_size));
    std::memcpy(&height, message.payload.data(), sizeof height);
    anon_send_to(ours, height);
  }};
}

int main() {
  constexpr std::size_t nodes = 1000;
  std::map<std::size_t, chain_actor> chains;
  std::map<std::uint64_t, std::size_t> heard; // Number of nodes, by height.
  simulator::simulation_options options{
    .seed = 7,
    .links = *simulator::random_regular(nodes, 6, 7),
    .cleartext = true,
    .conditions = {.latency = 40ms, .jitter = net::distribution::exponential(20ms)},
    .protocols = [&](caf::actor_system& system, std::size_t number) -> std::vector<protocol> {
      auto ours = system.spawn<chain>([&](std::uint64_t height) { ++heard[height]; });
      chains[number] = caf::actor_cast<chain_actor>(ours);
      return {{.name = "chain", .version = 1, .length = 1, .spawn = handled_by(listen, ours)}};
    }};
  for (std::uint32_t i = 0; i < nodes; i += 2)
    options.nats[i] = net::nat_kind::cone;
  simulator::simulation run{std::move(options)};

  std::cout << "all links up: " << run.run_until_linked(30s) << '\n';
  auto mine = [&](std::uint64_t height) {
    anon_send_to(chains.at(0), height);
    const auto begin = run.now();
    while (heard[height] < nodes && run.now() < begin + 10s)
      run.run_for(1ms);
    std::cout << "block " << height << ": " << heard[height] << " nodes within "
              << std::chrono::duration_cast<std::chrono::milliseconds>(run.now() - begin).count()
              << " ms\n";
  };
  mine(1);
  std::vector<std::size_t> half(nodes / 2);
  std::iota(half.begin(), half.end(), 0);
  run.separate(half);
  mine(2);
  run.heal();
  mine(3);
  std::cout << "hash " << run.hash() << '\n';
  chains.clear(); // Handles must not outlive their system.
  return heard[3] == nodes ? 0 : 1;
}
