// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/node_id.hpp"
#include "devp2p/simulator/event.hpp"
#include "devp2p/simulator/random_numbers.hpp"
#include "devp2p/simulator/record.hpp"

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/fwd.hpp>

#include <any>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace devp2p::simulator {

class simulation;

/// The place at which a protocol runs: one node, from its start until it crashes. A value that the
/// protocol's actors may keep; after the crash nothing that they tell here counts.
///
/// For the thread of the simulation, on which all of its actors run.
class place {
public:
  /// Data that outlives a crash of the node.
  using disk = std::shared_ptr<std::any>;

  /// `network` outlives the place and its copies.
  place(simulation& network, std::size_t node, any_record settings, disk kept);

  [[nodiscard]] std::size_t node() const { return life_->node; }
  /// The actor system of all nodes. Its clock is that of this node for the protocol's actors, which
  /// a scenario may skew.
  [[nodiscard]] caf::actor_system& system() const;
  /// The number of nodes in the network.
  [[nodiscard]] std::size_t nodes() const;
  /// Returns the nodes to which the topology links this one, up or down, in ascending order.
  [[nodiscard]] std::vector<std::size_t> neighbours() const;
  /// Returns the id of this node or of a neighbour.
  [[nodiscard]] node_id id_of(std::size_t node) const;
  /// A seed for what is random here: another one for each run, each node and each of its lives.
  [[nodiscard]] std::uint64_t seed() const;
  /// Returns the random numbers of that seed, from their beginning: keep them.
  [[nodiscard]] random_numbers random() const { return random_numbers{seed()}; }

  /// The settings of the protocol, if the type of its settings is `T`.
  template <class T>
  [[nodiscard]] const T& settings() const {
    return *life_->settings.as<T>();
  }

  /// Returns what the protocol has stored at this node; at first `T{}`. It outlives a crash, as a
  /// disk would: the next life has a copy, and what is written here after the crash is lost. All
  /// calls must have the same `T`.
  template <class T>
  [[nodiscard]] T& stored() const {
    auto& kept = *life_->kept;
    return kept.has_value() ? *std::any_cast<T>(&kept) : kept.emplace<T>();
  }

  /// Kills the actor when the node crashes, or the simulation ends: for an actor that would go on
  /// by itself, because it has timers. Returns it.
  template <class Handle>
  Handle adopt(Handle actor) const {
    add_actor(caf::actor_cast<caf::actor>(actor));
    return actor;
  }

  /// Adds an event at this node, with the name `what`, which the model declares.
  void tell(std::string what, std::string detail = {},
            std::optional<std::size_t> peer = std::nullopt) const;

  /// Adds an event with fields, numbers and texts, which a check reads by `event::get`:
  ///
  ///     where.tell_with("voted", {{"term", 3}, {"for", "node 4"}});
  ///
  /// If there are more or longer ones than an `event_field` allows, or two of one name, the run
  /// ends with an error that says so.
  void tell_with(std::string what, std::vector<event_field> fields,
                 std::optional<std::size_t> peer = std::nullopt) const;

  /// Adds an observation: an event with that name and value, which `network_view::number` then has.
  void observe(std::string what, std::int64_t value) const;

  /// Ends the life that runs here: kills its actors. Called by the simulation, before the crash.
  void end() const;

private:
  struct life {
    simulation& network;
    std::size_t node;
    any_record settings;
    disk kept;
    bool over = false;
    std::vector<caf::actor> actors = {};
  };

  void add_actor(caf::actor x) const;

  std::shared_ptr<life> life_;
};

/// An action that is done now.
struct occasion {
  /// The node that does it.
  place where;
  /// The number of actions of this name that the schedule has before it, also at other nodes.
  std::uint64_t number;
};

} // namespace devp2p::simulator
