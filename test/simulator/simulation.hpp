// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/node_config.hpp"
#include "devp2p/kit/world.hpp"
#include "devp2p/kit/world_clock.hpp"
#include "devp2p/net/sim/memory_network.hpp"
#include "devp2p/net/sim/trace.hpp"
#include "devp2p/simulator/event.hpp"
#include "devp2p/simulator/handler_paces.hpp"
#include "devp2p/simulator/line_change.hpp"
#include "devp2p/simulator/link_keeper.hpp"
#include "devp2p/simulator/nat_links.hpp"
#include "devp2p/simulator/regions.hpp"
#include "devp2p/simulator/topology.hpp"
#include "devp2p/simulator/turn_times.hpp"
#include "devp2p/simulator/ways.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/fwd.hpp>
#include <caf/timespan.hpp>

#include <algorithm>
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

namespace devp2p::simulator {

class message_disorder;

/// The part of a simulated network that a process runs: nodes of successive numbers.
struct shard_place {
  /// The number of the part, below `count`.
  std::size_t index = 0;
  /// The number of parts.
  std::size_t count = 1;

  /// Returns the number of the part that has `node`, one of `nodes` nodes.
  [[nodiscard]] std::size_t of(std::size_t node, std::size_t nodes) const {
    return node * count / nodes;
  }
};

/// The properties of a simulated network.
struct simulation_options {
  /// The seed of all that is random. The same options with the same seed have the same events, to
  /// the byte.
  std::uint64_t seed = 1;
  /// The links. The first node of a link dials the second. If one end is behind a NAT, that end
  /// dials; if both are, both dial at once.
  topology links;
  /// Whether there is no cryptography: a node is smaller then, and its messages several times
  /// faster.
  bool cleartext = false;
  /// The settings of all nodes. Each node has room for all of its links in any case.
  settings limits = {};
  /// The conditions of all links, in both directions; those of lines to the rendezvous, too.
  net::line_conditions conditions = {};
  /// The regions of nodes, whose latencies replace that of `conditions`.
  regions places = {};
  /// The nodes that are behind NATs. Where both ends of a link are, a rendezvous introduces them to
  /// each other. It is part of the simulation, but not one of its nodes.
  std::map<std::uint32_t, net::nat_kind> nats = {};
  /// Returns the protocols that the node with this number offers. Called whenever the node starts,
  /// with the system that its actors may live in.
  std::function<std::vector<protocol>(caf::actor_system&, std::size_t node)> protocols = {};
  /// Changes the configuration of the actor system before it begins, as `kit::world_options` says;
  /// may be null.
  std::function<void(caf::actor_system_config&)> configure = {};
  /// The time that a node waits after it has lost a link, or failed to make it, until it dials
  /// again.
  caf::timespan redial_after = std::chrono::seconds{5};
  /// Called with each event when its moment is over, in the order of time, and within a moment in
  /// the order of the nodes; may be null.
  std::function<void(const event&)> on_event = {};
  /// The part of the network that is here. If there is more than one part, each has to be given
  /// what the others have for it, by `where().network()`; then `conditions` must have a latency.
  shard_place here = {};
  /// Called after each turn of an actor; may be null.
  kit::turn_observer on_turn = {};
  /// Called when a moment is over in which something may have happened, while it is still now; may
  /// be null. It may `tell` of events.
  std::function<void()> on_moment = {};
  /// Whether the real time that each actor takes is measured. Does not change what happens.
  bool timed = false;
  /// Whether handlers may be slow. Each turn takes a little more time then.
  bool paced = false;
  /// Whether the messages of protocols may come in disorder. Each takes a turn more then.
  bool disordered = false;
  /// Returns the node on whose clock an actor goes, `nullopt` for that of the simulation. Without
  /// it, all go on that, and no clock can be skewed. Called for each turn.
  std::function<std::optional<std::size_t>(caf::actor_id)> clock_owner = {};
};

/// Counts of the messages of all sub-protocols at all nodes.
struct simulation_traffic {
  /// Messages written to a link.
  std::uint64_t sent = 0;
  /// Messages given to their handlers.
  std::uint64_t handled = 0;
  /// Bytes of the payloads of those messages, uncompressed.
  std::uint64_t payload = 0;
  /// Bytes that all nodes have given to all lines: frames, handshakes and pings, as they are on the
  /// wire.
  std::uint64_t carried = 0;

  simulation_traffic& operator+=(const simulation_traffic& other);
  friend bool operator==(const simulation_traffic&, const simulation_traffic&) = default;
};

/// Many complete nodes, as users run them, in one world of virtual time, linked as a topology says.
/// Everything happens in `run_for` and `run_until_linked`, on the caller's thread.
///
/// Nodes are numbered from 0, and events name them by their number. They listen at port 30303 of
/// 10.0.0.0/8.
class simulation {
public:
  /// Starts all nodes, which then dial; none of this happens before time passes.
  explicit simulation(simulation_options options);
  simulation(const simulation&) = delete;
  simulation& operator=(const simulation&) = delete;
  ~simulation();

  [[nodiscard]] std::size_t size() const { return residents_.size(); }
  [[nodiscard]] const topology& links() const { return options_.links; }
  [[nodiscard]] kit::world& where() { return world_; }
  [[nodiscard]] caf::timespan now() const { return world_.now(); }

  /// Whether the node runs in this part of the network.
  [[nodiscard]] bool is_here(std::size_t number) const {
    return options_.here.of(number, size()) == options_.here.index;
  }
  /// The node's actor; null while the node is down, or if it runs in another part.
  [[nodiscard]] const node_actor& node(std::size_t number) const;
  [[nodiscard]] enode url(std::size_t number) const;
  /// The nodes to which the topology links this one, in ascending order.
  [[nodiscard]] std::vector<std::size_t> neighbours_of(std::size_t number) const;
  /// A seed for what is random at the node: another one for each node and each of its lives.
  [[nodiscard]] std::uint64_t seed_of(std::size_t number) const;

  /// Lets `time` pass, and handles all that is due meanwhile. Throws `std::invalid_argument`, whose
  /// text is one line, if a protocol has told of an event that has no such fields: the run is then
  /// worth nothing.
  void run_for(caf::timespan time);
  /// Runs until both ends of each link say that its session runs. Returns false if `limit` has
  /// passed before. Throws as `run_for` does.
  bool run_until_linked(caf::timespan limit);
  /// The number of links of which both ends say that their session runs.
  [[nodiscard]] std::size_t linked() const { return running_ / 2; }
  /// The number of ends, in this part, that say so.
  [[nodiscard]] std::size_t linked_ends() const { return running_; }

  [[nodiscard]] simulation_traffic traffic() const;
  /// The real time that actors have taken; empty unless the options say `timed`.
  [[nodiscard]] actor_times times() const { return times_.so_far(); }

  // Faults. They take effect at once; a node's neighbours are those of the topology.

  /// The node's process dies: its connections are reset and its state is lost, but its NAT goes on.
  /// Does nothing if the node is down.
  void crash(std::size_t number);
  /// The node comes back with the same key and dials its links again. Does nothing if it is up.
  void start(std::size_t number);
  /// The connection between these two is reset: both lose the session, and dial again.
  void cut(std::size_t one, std::size_t other);
  /// From now on data from `from` does not arrive at `to`, but is not lost either; the other
  /// direction goes on. The two need not be neighbours.
  void stall(std::size_t from, std::size_t to);
  /// Data from `from` to `to` arrives again.
  void resume(std::size_t from, std::size_t to);
  /// The directions between neighbours that are stalled now, as pairs (from, to). At least one end
  /// of each is here.
  [[nodiscard]] std::set<std::pair<std::size_t, std::size_t>> stalled_ways() const;
  /// Stalls all links of the node in both directions, as if its process were frozen.
  void freeze(std::size_t number);
  /// Ends `freeze`.
  void thaw(std::size_t number);
  /// Stalls each link between one of these nodes and one of `others`, in that direction. If
  /// `others` is empty, these are all other nodes and the rendezvous.
  void separate(const std::vector<std::size_t>& nodes, const std::vector<std::size_t>& others = {},
                direction which = direction::both);
  /// Changes each line from one of these nodes to one of `others`, or back; `nullopt` ends earlier
  /// changes. Empty `nodes` or `others` are all nodes, and the rendezvous. What is stalled remains
  /// so.
  void set_line(const std::vector<std::size_t>& nodes, const std::vector<std::size_t>& others,
                direction which, const std::optional<line_change>& change);
  /// Ends all that `stall`, `freeze`, `separate` and `set_line` have done to links of the topology
  /// and to lines to the rendezvous, and all disorder.
  void heal();

  /// From now on the clock of the node is `shift` ahead of that of the simulation, or behind it if
  /// that is negative, and gains `drift_ppm` microseconds in a second, or loses them. Timers go by
  /// the clock as it is when they are set. Crashes do not change the clock. Does nothing without
  /// `clock_owner`.
  void skew_clock(std::size_t number, caf::timespan shift, std::int64_t drift_ppm);
  /// The clock of the node is right again.
  void reset_clock(std::size_t number);
  /// Calls `what()`, in which the clock of the actor system is that of the node, and returns the
  /// result.
  template <class Function>
  auto on_clock_of(std::size_t number, Function what) {
    return world_.with_skew(skew_of(number), std::move(what));
  }

  // Disorder, which no link of devp2p makes: a protocol need not bear it. Requires `disordered`.

  /// From now on, of the messages of protocols that come to these nodes, `percent` of a hundred are
  /// handed to their handlers twice; 0 ends that. Empty `nodes` are all.
  void duplicate_messages(const std::vector<std::size_t>& nodes, unsigned percent);
  /// From now on, `percent` of a hundred of them are handed over after the next one of the same
  /// session, or after a second if there is none; 0 ends that. Empty `nodes` are all.
  void reorder_messages(const std::vector<std::size_t>& nodes, unsigned percent);

  /// From now on all handlers of the node together take `each` for a message, and what they are
  /// sent waits; `nullopt` ends that. The node stays slow when it crashes and starts. Requires
  /// `paced`.
  void set_pace(std::size_t number, std::optional<caf::timespan> each);

  /// The NAT in front of the node, if there is one, forgets all of its state.
  void restart_nat(std::size_t number);

  /// A hash of all events so far, as they are written. It is the sum of the nodes' hashes, modulo
  /// its range. So the hash of the whole network is the sum of the hashes of its parts.
  [[nodiscard]] std::uint64_t hash() const;

  /// Adds an event that a protocol reports of its node; `when` becomes now. If its fields are
  /// refused (`refuse_fields`), leaves it out, and says so when the run goes on.
  void tell(event what);

private:
  /// A node, up or down.
  struct resident {
    bool up = false;
    // `key`, `random` and `node` are empty if the node is in another part.
    std::optional<crypto::private_key> key = std::nullopt;
    /// The node's own source, so that its draws do not depend on those of other nodes.
    std::unique_ptr<random_source> random = nullptr;
    node_actor node = {};
    /// The trace of the events at the node.
    net::trace record = {};
    /// Changes with each start and crash; events of an earlier life do not count.
    std::uint32_t life = 0;
    /// The number of sessions that run.
    std::size_t running = 0;
  };

  class meter;

  node_config configure(std::size_t number);
  handler_factory timed(std::size_t number, handler_factory spawn);
  handler_factory paced(std::size_t number, handler_factory spawn);
  handler_factory with_disorder(std::size_t number, handler_factory spawn);
  /// Calls `change` with the disorder of each of these nodes that is here.
  void for_each_disorder(const std::vector<std::size_t>& nodes,
                         const std::function<void(message_disorder&)>& change);
  node_observer observe(std::size_t number);
  event about(std::size_t number, event_kind what, const node_id& peer) const;
  puncher_actor make_puncher(std::size_t number);
  [[nodiscard]] std::vector<kept_link> links_to_keep(std::size_t number) const;
  /// The number that stands for the rendezvous.
  [[nodiscard]] std::size_t middle() const { return size(); }
  [[nodiscard]] std::string address_of(std::size_t number) const;
  /// Calls `change(from, to)` for each of those ways on which a link leads, and, if `nodes` has all
  /// ends on one side, for those between its nodes and the rendezvous.
  void for_each_way(const std::vector<std::size_t>& nodes, const ways& which, bool with_middle,
                    const std::function<void(std::size_t, std::size_t)>& change);
  void set_stalled(std::size_t from, std::size_t to, bool stalled);
  /// The conditions of the line in the beginning.
  [[nodiscard]] net::line_conditions conditions_of(std::size_t from, std::size_t to) const {
    return options_.places.between(from, to, options_.conditions);
  }
  void change_line(std::size_t from, std::size_t to, const std::optional<line_change>& change);
  /// Whether at least one end of a link is here. One end may be the rendezvous.
  [[nodiscard]] bool concerns_us(std::size_t one, std::size_t other) const {
    if (one == middle() || other == middle())
      return meets_here(std::min(one, other));
    return is_here(one) || is_here(other);
  }
  [[nodiscard]] bool is_middle_here() const { return options_.here.index == 0; }
  /// Whether the node uses the rendezvous, and at least one of the two is here.
  [[nodiscard]] bool meets_here(std::size_t number) const {
    return nat_links_.meets(number) && (is_here(number) || is_middle_here());
  }
  void make_nodes();
  void make_lines();
  void make_nats();
  [[nodiscard]] kit::turn_observer observe_turns();
  [[nodiscard]] kit::turn_pace pace_turns();
  [[nodiscard]] kit::turn_clock skew_turns();
  [[nodiscard]] std::optional<kit::clock_skew> skew_of(std::size_t number) const;
  /// Passes the events of this moment to `on_event`.
  void pass_on();
  /// Does so, and throws if an event was refused.
  void report();

  simulation_options options_;
  /// The events of this moment.
  std::vector<event> recent_;
  /// The mistake of the first event that was refused.
  std::optional<std::string> wrong_;
  /// Counts messages; shared by all nodes.
  std::shared_ptr<meter> meter_;
  turn_times times_;
  handler_paces paces_;
  /// The clocks that are not right.
  std::map<std::size_t, kit::clock_skew> clocks_;
  /// The disorder of each node that is here, if there may be any.
  std::map<std::size_t, std::unique_ptr<message_disorder>> disorders_;
  /// The neighbours of each node, in the topology's order.
  std::vector<std::vector<std::uint32_t>> neighbours_;
  nat_links nat_links_;
  std::unique_ptr<random_source> middle_random_;
  /// The punchers of the nodes that meet others, are here, and are up.
  std::map<std::size_t, puncher_actor> punchers_;
  std::vector<resident> residents_;
  /// The numbers of the nodes that are here, and of their neighbours.
  std::map<node_id, std::uint32_t> numbers_;
  /// The ids of neighbours that are in other parts.
  std::map<std::uint32_t, node_id> ids_elsewhere_;
  /// The number of ends, at all nodes here, whose session runs.
  std::size_t running_ = 0;
  /// The ways, as pairs (from, to), whose conditions are not those of the beginning.
  std::set<std::pair<std::size_t, std::size_t>> altered_;
  kit::world world_;
};

} // namespace devp2p::simulator
