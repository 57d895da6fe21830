// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/place.hpp"
#include "devp2p/simulator/run.hpp"
#include "devp2p/simulator/scenario.hpp"

#include <any>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace devp2p::simulator {

/// Runs a scenario: its nodes offer the protocols of the scenario, and do its actions.
class player : public run {
public:
  /// `on_event` is called as `simulation_options::on_event` is; may be null.
  player(scenario what, std::function<void(const event&)> on_event);
  ~player() override;

  /// Lets `time` pass, but not beyond the scenario's end.
  void run_for(caf::timespan time);
  [[nodiscard]] std::optional<std::string> go_on(caf::timespan at_most) override;
  [[nodiscard]] bool done() const override {
    return ran_ && network_.now() >= length_ && !action_is_due();
  }

  /// Does the actions that are due now, and lets time pass until `until`, which is not beyond
  /// `next_stop`. For a caller that has to give the network what comes from other shards before any
  /// action is done.
  void run_to(caf::timespan until);
  /// Whether an action is due now.
  [[nodiscard]] bool action_is_due() const {
    return next_step_ < schedule_.size() && schedule_[next_step_].at <= network_.now();
  }
  /// The time of the next action, or the scenario's end if that is earlier.
  [[nodiscard]] caf::timespan next_stop() const;

  [[nodiscard]] caf::timespan now() const override { return network_.now(); }
  [[nodiscard]] caf::timespan length() const override { return length_; }
  [[nodiscard]] std::size_t size() const override { return network_.size(); }
  [[nodiscard]] std::size_t linked() const override { return network_.linked(); }
  [[nodiscard]] simulation_traffic traffic() const override { return network_.traffic(); }
  [[nodiscard]] std::uint64_t hash() const override { return network_.hash(); }
  [[nodiscard]] run_details details() override;

  [[nodiscard]] simulation& network() { return network_; }

private:
  /// A protocol at one node.
  struct seat {
    /// The data that outlives a crash.
    place::disk kept = nullptr;
    /// The latest life of the node, if it has lived here, and its state.
    std::optional<place> where = std::nullopt;
    std::any state = {};
    /// The numbers that were last observed.
    std::vector<std::optional<std::int64_t>> numbers = {};
  };
  /// A protocol, and its seats at all nodes.
  struct cast {
    offered_protocol what;
    std::vector<seat> seats;
    /// Whether each node offers the protocol.
    std::vector<bool> offered;
  };
  /// An action, and the place of its protocol in `casts_`.
  struct known_action {
    std::size_t cast;
    const protocol_kind::action* kind;
    /// The number of those that were done, or should have been.
    std::uint64_t done = 0;
  };

  simulation_options with_protocols(const scenario& what);
  void add_cast(const offered_protocol& what, std::vector<bool> offered);
  std::vector<protocol> host(std::size_t node);
  void act(const any_action& what);
  void act(const any_record& what);
  void crash(std::size_t node, bool loses_disk);
  void touch(std::size_t node);
  void forget_actors(std::size_t node);
  /// Makes the actors that were spawned since the last call those of `node`.
  void claim_actors(std::optional<std::size_t> node);
  void on_turn(const kit::turn& x);
  [[nodiscard]] std::optional<std::size_t> owner_of(caf::actor_id actor) const;
  /// Tells of the numbers that have changed at the nodes that were touched.
  void observe();

  std::vector<cast> casts_;
  std::map<std::string, known_action, std::less<>> actions_;
  /// Whether anything is observed.
  bool observes_ = false;
  // If so, or if clocks are skewed: the nodes of the actors of protocols, the latest actor that
  // there is, and the nodes at which these have had turns in this moment.
  bool follows_actors_ = false;
  std::unordered_map<caf::actor_id, std::size_t> owners_;
  caf::actor_id latest_actor_ = 0;
  std::set<std::size_t> touched_;
  std::vector<scenario::step> schedule_;
  std::size_t next_step_ = 0;
  /// Whether `run_to` was called. The network's own events at time zero come before the actions of
  /// that time.
  bool ran_ = false;
  caf::timespan length_;
  simulation network_;
};

} // namespace devp2p::simulator
