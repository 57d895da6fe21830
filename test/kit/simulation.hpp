// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/node_config.hpp"
#include "devp2p/kit/happening.hpp"
#include "devp2p/kit/link_keeper.hpp"
#include "devp2p/kit/topology.hpp"
#include "devp2p/kit/world.hpp"
#include "devp2p/net/sim/memory_network.hpp"
#include "devp2p/net/sim/trace.hpp"

#include <caf/timespan.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace devp2p::kit {

/// What a simulated network is made of.
struct simulation_options {
  /// The same options with the same seed: the same happenings, to the octet.
  std::uint64_t seed = 1;
  /// Of each link, the first node dials the second.
  topology links;
  /// Without cryptography a node is smaller, and its messages several times faster.
  bool cleartext = false;
  /// Of all nodes; each has room for all of its links in any case.
  settings limits = {};
  /// Of all links, in both directions.
  net::line_conditions conditions = {};
  /// What the node with that number offers; called whenever it starts, with the system that its
  /// actors may live in.
  std::function<std::vector<protocol>(caf::actor_system&, std::size_t node)> protocols = {};
  /// How long a node that has lost a link, or failed to make it, waits before it dials again.
  caf::timespan redial_after = std::chrono::seconds{5};
  /// Is told what happens, at once; may be null.
  std::function<void(const happening&)> on_happening = {};
};

/// Many whole nodes, as they are shipped, in one world of virtual time, linked as a topology says.
/// Nothing happens but in `run_for` and `run_until_linked`, on the caller's thread.
///
/// Nodes are numbered from 0, and so named in what is told. They listen at port 30303
/// of 10.0.0.0/8.
class simulation {
public:
  /// All nodes start and dial; nothing of it has happened yet.
  explicit simulation(simulation_options options);
  simulation(const simulation&) = delete;
  simulation& operator=(const simulation&) = delete;
  ~simulation();

  [[nodiscard]] std::size_t size() const { return residents_.size(); }
  [[nodiscard]] world& where() { return world_; }
  [[nodiscard]] caf::timespan now() const { return world_.now(); }

  /// Empty while the node is down.
  [[nodiscard]] const node_actor& node(std::size_t number) const;
  [[nodiscard]] enode url(std::size_t number) const;

  /// Handles what is due within that time.
  void run_for(caf::timespan time) { world_.advance(time); }
  /// Runs until both ends of each link say that its session runs. False if `limit` has passed
  /// before.
  bool run_until_linked(caf::timespan limit);
  /// Links of which both ends say so.
  [[nodiscard]] std::size_t linked() const { return running_ / 2; }

  // Faults. They take effect at once; a node's neighbours are those of the topology.

  /// The node's process dies: its connections are reset, its state is lost. Nothing if it is down.
  void crash(std::size_t number);
  /// It comes back with the same key and dials its links again. Nothing if it is up.
  void start(std::size_t number);
  /// From now on nothing that `from` sends arrives at `to`, which need not be neighbours, nor is it
  /// lost; the other way goes on.
  void stall(std::size_t from, std::size_t to);
  /// What `from` sends to `to` arrives again.
  void resume(std::size_t from, std::size_t to);
  /// Nothing goes in or out of the node while it lasts: as if it were frozen.
  void freeze(std::size_t number);
  void thaw(std::size_t number);
  /// Stalls, both ways, each link between one of these nodes and another node.
  void separate(const std::vector<std::size_t>& nodes);
  /// Ends what `stall`, `freeze` and `separate` have done.
  void heal();

  /// Of all happenings so far, as they are written.
  [[nodiscard]] std::uint64_t hash() const { return record_.hash(); }

  /// Adds what a protocol has to tell of its node to what happens; its `when` becomes now.
  void tell(happening what);

private:
  /// A node, up or down.
  struct resident {
    crypto::private_key key;
    /// Of its own, so that what one node draws does not depend on what others do.
    std::unique_ptr<net::random_source> random;
    node_actor node = {};
    /// How often it was started; what is told by an earlier life does not count.
    std::uint32_t life = 0;
    /// Sessions that run.
    std::size_t running = 0;
  };

  node_config configure(std::size_t number);
  node_observer observe(std::size_t number);
  happening about(std::size_t number, happening_kind what, const node_id& peer) const;
  void set_stalled(std::size_t from, std::size_t to, bool stalled);

  simulation_options options_;
  net::trace record_;
  /// By node; in the topology's order.
  std::vector<std::vector<std::uint32_t>> neighbours_;
  std::vector<resident> residents_;
  std::map<node_id, std::uint32_t> numbers_;
  /// Of all nodes.
  std::size_t running_ = 0;
  world world_;
};

} // namespace devp2p::kit
