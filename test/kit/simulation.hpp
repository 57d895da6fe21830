// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/node_config.hpp"
#include "devp2p/kit/happening.hpp"
#include "devp2p/kit/link_keeper.hpp"
#include "devp2p/kit/nat_links.hpp"
#include "devp2p/kit/topology.hpp"
#include "devp2p/kit/turn_times.hpp"
#include "devp2p/kit/world.hpp"
#include "devp2p/net/sim/memory_network.hpp"
#include "devp2p/net/sim/trace.hpp"

#include <caf/timespan.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace devp2p::kit {

/// Which part of a simulated network a process runs: nodes of successive numbers.
struct shard_place {
  /// Below `count`.
  std::size_t index = 0;
  std::size_t count = 1;

  /// Which part has that node, of so many.
  [[nodiscard]] std::size_t of(std::size_t node, std::size_t nodes) const {
    return node * count / nodes;
  }
};

/// What a simulated network is made of.
struct simulation_options {
  /// The same options with the same seed: the same happenings, to the octet.
  std::uint64_t seed = 1;
  /// Of each link, the first node dials the second; or the one that is behind a NAT, or both at
  /// once if both are.
  topology links;
  /// Without cryptography a node is smaller, and its messages several times faster.
  bool cleartext = false;
  /// Of all nodes; each has room for all of its links in any case.
  settings limits = {};
  /// Of all links, in both directions.
  net::line_conditions conditions = {};
  /// Which nodes are behind NATs. Where both ends of a link are, a rendezvous introduces them to
  /// each other, which is part of the simulation and no node of it.
  std::map<std::uint32_t, net::nat_kind> nats = {};
  /// What the node with that number offers; called whenever it starts, with the system that its
  /// actors may live in.
  std::function<std::vector<protocol>(caf::actor_system&, std::size_t node)> protocols = {};
  /// How long a node that has lost a link, or failed to make it, waits before it dials again.
  caf::timespan redial_after = std::chrono::seconds{5};
  /// Is told what has happened when its moment is over, in the order of time, and within a moment
  /// in that of the nodes; may be null.
  std::function<void(const happening&)> on_happening = {};
  /// Which of the nodes are here. Of more than one part each has to be given what the others have
  /// for it, by `where().network()`; `conditions` must have a latency then.
  shard_place here = {};
  /// Whether it is measured who takes how much real time; changes nothing of what happens.
  bool timed = false;
};

/// Messages of all sub-protocols at all nodes.
struct simulation_traffic {
  /// Written to a link.
  std::uint64_t sent = 0;
  /// Given to their handlers, and their payloads' octets, uncompressed.
  std::uint64_t handled = 0;
  std::uint64_t payload = 0;
  /// What all nodes have given to all lines: frames, handshakes and pings, as they are on the wire.
  std::uint64_t octets = 0;

  simulation_traffic& operator+=(const simulation_traffic& other);
  friend bool operator==(const simulation_traffic&, const simulation_traffic&) = default;
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
  [[nodiscard]] const topology& links() const { return options_.links; }
  [[nodiscard]] world& where() { return world_; }
  [[nodiscard]] caf::timespan now() const { return world_.now(); }

  /// Whether it is one of ours.
  [[nodiscard]] bool is_here(std::size_t number) const {
    return options_.here.of(number, size()) == options_.here.index;
  }
  /// Empty while the node is down, or elsewhere.
  [[nodiscard]] const node_actor& node(std::size_t number) const;
  [[nodiscard]] enode url(std::size_t number) const;

  /// Handles what is due within that time.
  void run_for(caf::timespan time);
  /// Runs until both ends of each link say that its session runs. False if `limit` has passed
  /// before.
  bool run_until_linked(caf::timespan limit);
  /// Links of which both ends say so.
  [[nodiscard]] std::size_t linked() const { return running_ / 2; }
  /// Ends, here, that do.
  [[nodiscard]] std::size_t linked_ends() const { return running_; }

  [[nodiscard]] simulation_traffic traffic() const;
  /// Who has taken how much real time; nobody unless the options say `timed`.
  [[nodiscard]] actor_times times() const { return times_.so_far(); }

  // Faults. They take effect at once; a node's neighbours are those of the topology.

  /// The node's process dies: its connections are reset, its state is lost; its NAT goes on.
  /// Nothing if it is down.
  void crash(std::size_t number);
  /// It comes back with the same key and dials its links again. Nothing if it is up.
  void start(std::size_t number);
  /// The connection between these two is reset: both lose the session, and dial again.
  void cut(std::size_t one, std::size_t other);
  /// From now on nothing that `from` sends arrives at `to`, which need not be neighbours, nor is it
  /// lost; the other way goes on.
  void stall(std::size_t from, std::size_t to);
  /// What `from` sends to `to` arrives again.
  void resume(std::size_t from, std::size_t to);
  /// From which node to which nothing that is sent arrives now; of neighbours that are here.
  [[nodiscard]] std::set<std::pair<std::size_t, std::size_t>> stalled_ways() const;
  /// Nothing goes in or out of the node while it lasts: as if it were frozen.
  void freeze(std::size_t number);
  void thaw(std::size_t number);
  /// Stalls, both ways, each link between one of these nodes and another node, or the rendezvous.
  void separate(const std::vector<std::size_t>& nodes);
  /// Ends what `stall`, `freeze` and `separate` have done.
  void heal();

  /// The NAT in front of the node, if there is one, forgets all that it knows.
  void restart_nat(std::size_t number);

  /// Of all happenings so far, as they are written: the sum of what each node has to tell, so that
  /// of the hashes of all parts it is the sum, modulo its range.
  [[nodiscard]] std::uint64_t hash() const;

  /// Adds what a protocol has to tell of its node to what happens; its `when` becomes now.
  void tell(happening what);

private:
  /// A node, up or down.
  struct resident {
    bool up = false;
    // The others are empty if it is elsewhere.
    std::optional<crypto::private_key> key = std::nullopt;
    /// Of its own, so that what one node draws does not depend on what others do.
    std::unique_ptr<net::random_source> random = nullptr;
    node_actor node = {};
    /// Of what has happened there.
    net::trace record = {};
    /// How often it was started; what is told by an earlier life does not count.
    std::uint32_t life = 0;
    /// Sessions that run.
    std::size_t running = 0;
  };

  class meter;

  node_config configure(std::size_t number);
  handler_factory timed(std::size_t number, handler_factory spawn);
  node_observer observe(std::size_t number);
  happening about(std::size_t number, happening_kind what, const node_id& peer) const;
  puncher_actor make_puncher(std::size_t number);
  [[nodiscard]] std::vector<kept_link> links_to_keep(std::size_t number) const;
  void set_stalled(std::size_t from, std::size_t to, bool stalled);
  /// The same of the lines between a node and the rendezvous.
  void set_apart(std::size_t number, bool stalled);
  void set_line_stalled(const std::string& from, const std::string& to, bool stalled);
  /// Whether one of the ends of a link is here.
  [[nodiscard]] bool concerns_us(std::size_t one, std::size_t other) const {
    return is_here(one) || is_here(other);
  }
  [[nodiscard]] bool is_middle_here() const { return options_.here.index == 0; }
  /// Whether it uses the rendezvous, and one of both is here.
  [[nodiscard]] bool meets_here(std::size_t number) const {
    return nat_links_.meets(number) && (is_here(number) || is_middle_here());
  }
  void make_nodes();
  void make_lines();
  void make_nats();
  /// Hands over what has happened.
  void report();

  simulation_options options_;
  /// What has happened in this moment.
  std::vector<happening> recent_;
  /// Of messages; all nodes share it.
  std::shared_ptr<meter> meter_;
  turn_times times_;
  /// By node; in the topology's order.
  std::vector<std::vector<std::uint32_t>> neighbours_;
  nat_links nat_links_;
  std::unique_ptr<net::random_source> middle_random_;
  /// Of those that meet others, are here, and are up.
  std::map<std::size_t, puncher_actor> punchers_;
  std::vector<resident> residents_;
  /// Of those that are here, and of their neighbours.
  std::map<node_id, std::uint32_t> numbers_;
  std::map<std::uint32_t, node_id> ids_elsewhere_;
  /// Of all nodes.
  std::size_t running_ = 0;
  world world_;
};

} // namespace devp2p::kit
