// SPDX-License-Identifier: BSL-1.0
//
// How soon is a simulated network linked, how large is it, and how many messages a second go
// through it, on one core?
#include "benchmark.hpp"
#include "stopwatch.hpp"
#include "usage.hpp"

#include "devp2p/kit/gossip.hpp"
#include "devp2p/kit/simulation.hpp"

#include <caf/send.hpp>

#include <malloc.h>

#include <optional>
#include <stdexcept>

namespace devp2p::bench {

namespace {

/// Rumours that are under way at once, and how large they are.
constexpr std::size_t rumours_at_once = 100;
constexpr std::size_t rumour_size = 32;

/// A network in which rumours spread.
class gossips {
public:
  gossips(kit::topology links, bool cleartext) : links_(links.links.size()) {
    gossip_.resize(links.nodes);
    auto protocols = [this](caf::actor_system& system, std::size_t number) {
      gossip_[number] = kit::spawn_gossip(system, [this](auto, auto) { ++heard_; });
      return std::vector{kit::gossip_protocol(gossip_[number])};
    };
    run_.emplace(kit::simulation_options{
      .links = std::move(links), .cleartext = cleartext, .protocols = protocols});
    if (!run_->run_until_linked(std::chrono::minutes{1}))
      throw std::runtime_error("not all links have come up");
  }

  // Handles must not outlive their system.
  ~gossips() { gossip_.clear(); }
  gossips(const gossips&) = delete;
  gossips& operator=(const gossips&) = delete;

  /// Messages a second. Each rumour goes once over each link, and a second time over those that did
  /// not bring news.
  double spread(double seconds) {
    stopwatch elapsed;
    double messages = 0;
    do {
      auto before = heard_;
      for (std::size_t i = 0; i < rumours_at_once; ++i, ++rumour_)
        caf::anon_send(gossip_[rumour_ % gossip_.size()], write_atom::value, rumour_,
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
  std::vector<kit::gossip_actor> gossip_;
  std::size_t heard_ = 0;
  std::uint64_t rumour_ = 0;
  std::optional<kit::simulation> run_;
};

figures measure(const kit::topology& links, bool cleartext, double seconds) {
  auto nodes = static_cast<double>(links.nodes);
  malloc_trim(0); // What the last network has left.
  auto before = static_cast<double>(resident_octets());
  stopwatch elapsed;
  gossips network{links, cleartext};
  auto linked = elapsed.seconds();
  auto octets = static_cast<double>(resident_octets()) - before;
  return {{"linked_seconds", linked},
          {"octets_per_node", octets / nodes},
          {"messages_per_second", network.spread(seconds)}};
}

} // namespace

void sim(const options& chosen, report& out) {
  struct network {
    std::string_view name;
    kit::topology links;
    bool cleartext;
  };
  auto nodes = chosen.nodes;
  const network networks[] = {{"8-regular", *kit::random_regular(nodes, 8, 1), false},
                              {"8-regular", *kit::random_regular(nodes, 8, 1), true},
                              {"ring", *kit::ring(100 * nodes), true}};
  for (const auto& [name, links, cleartext] : networks) {
    parameters which{
      {"nodes", links.nodes}, {"topology", name}, {"crypto", cleartext ? "none" : "rlpx"}};
    out.announce("sim", which);
    std::vector<figures> found;
    while (found.size() < chosen.repetitions)
      found.push_back(measure(links, cleartext, chosen.seconds));
    out.add("sim", which, found);
  }
}

} // namespace devp2p::bench
