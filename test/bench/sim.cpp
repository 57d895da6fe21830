// SPDX-License-Identifier: BSL-1.0
//
// The case `sim`: how soon a simulated network is linked, how large it is, and how many messages a
// second go through it, on one core.
#include "benchmark.hpp"
#include "stopwatch.hpp"
#include "usage.hpp"

#include "devp2p/messages/caf.hpp"
#include "devp2p/simulator/gossip.hpp"
#include "devp2p/simulator/simulation.hpp"

#include <malloc.h>

#include <optional>
#include <stdexcept>

namespace devp2p::bench {

namespace {

constexpr std::size_t rumour_size = 32;

/// A network in which rumours spread.
class gossips {
public:
  gossips(simulator::topology links, bool cleartext) : links_(links.links.size()) {
    gossip_.resize(links.nodes);
    auto protocols = [this](caf::actor_system& system, std::size_t number) {
      gossip_[number] = simulator::spawn_gossip(system, [this](auto, auto) { ++heard_; });
      return std::vector{simulator::gossip_protocol(gossip_[number])};
    };
    run_.emplace(simulator::simulation_options{
      .links = std::move(links), .cleartext = cleartext, .protocols = protocols});
    if (!run_->run_until_linked(std::chrono::minutes{1}))
      throw std::runtime_error("not all links have come up");
  }

  // Handles must not outlive their system.
  ~gossips() { gossip_.clear(); }
  gossips(const gossips&) = delete;
  gossips& operator=(const gossips&) = delete;

  /// Returns the messages per second, with `rumours_at_once` rumours under way at once. Each rumour
  /// goes once over each link, and a second time over those that did not bring news.
  double spread(std::size_t rumours_at_once, double seconds) {
    stopwatch elapsed;
    double messages = 0;
    do {
      auto before = heard_;
      for (std::size_t i = 0; i < rumours_at_once; ++i, ++rumour_)
        anon_send_to(gossip_[rumour_ % gossip_.size()].actor, write_atom_v, rumour_,
                     blob{bytes(rumour_size)});
      run_->run_for(std::chrono::seconds{1});
      if (heard_ - before != rumours_at_once * gossip_.size())
        throw std::runtime_error("not all nodes have heard all rumours");
      messages += static_cast<double>(rumours_at_once * (2 * links_ - gossip_.size() + 1));
    } while (elapsed.seconds() < seconds);
    return messages / elapsed.seconds();
  }

private:
  std::size_t links_;
  std::vector<simulator::gossip_node> gossip_;
  std::size_t heard_ = 0;
  std::uint64_t rumour_ = 0;
  std::optional<simulator::simulation> run_;
};

struct network {
  std::string_view name;
  simulator::topology links;
  bool cleartext;
  std::size_t rumours;
};

figures measure(const network& what, double seconds) {
  const auto& links = what.links;
  auto nodes = static_cast<double>(links.nodes);
  malloc_trim(0); // Gives back what the last network has left.
  auto before = static_cast<double>(resident_bytes());
  stopwatch elapsed;
  gossips running{links, what.cleartext};
  auto linked = elapsed.seconds();
  auto growth = static_cast<double>(resident_bytes()) - before;
  return {{"linked_seconds", linked},
          {"bytes_per_node", growth / nodes},
          {"messages_per_second", running.spread(what.rumours, seconds)}};
}

} // namespace

void sim(const options& chosen, report& out) {
  auto nodes = chosen.nodes;
  const network networks[] = {{"8-regular", *simulator::random_regular(nodes, 8, 1), false, 1000},
                              {"8-regular", *simulator::random_regular(nodes, 8, 1), true, 100},
                              {"8-regular", *simulator::random_regular(nodes, 8, 1), true, 1000},
                              {"ring", *simulator::ring(100 * nodes), true, 100}};
  for (const auto& x : networks) {
    parameters which{{"nodes", x.links.nodes},
                     {"topology", x.name},
                     {"crypto", x.cleartext ? "none" : "rlpx"},
                     {"rumours", x.rumours}};
    out.announce("sim", which);
    std::vector<figures> found;
    while (found.size() < chosen.repetitions)
      found.push_back(measure(x, chosen.seconds));
    out.add("sim", which, found);
  }
}

} // namespace devp2p::bench
