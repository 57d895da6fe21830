// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/kit/run.hpp"
#include "devp2p/kit/shard.hpp"
#include "devp2p/kit/shard_report.hpp"

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace devp2p::kit {

/// Runs a scenario in several parts, each of them a `shard`, which may be in another process: the
/// outcome is that of one `player`, to the octet.
///
/// Conservative (Chandy and Misra, 1979, "Distributed Simulation"; here with a barrier): all parts
/// let time pass in windows so short that nothing that is sent in a window arrives in it, as it is
/// under way for the smallest latency between two nodes at least. So no part has to take anything
/// back, and what arrives is known before its time has come.
///
/// For one thread. A part that is lost ends the run: its nodes cannot be had back.
class shard_group : public run {
public:
  /// `what` needs a latency. `on_happening` is told what a simulation tells; may be null. The
  /// system outlives the group.
  shard_group(caf::actor_system& system, const scenario& what, std::size_t count,
              std::function<void(const happening&)> on_happening);
  /// Ends the parts.
  ~shard_group() override;

  /// Where they have to ask for their place.
  [[nodiscard]] const shard_door_actor& door() const { return door_; }

  /// Waits until all parts are there, but not longer than `patience`; may be called again then.
  /// Returns what went wrong, as a line for people. If a part is `lost`, nothing more can be done.
  [[nodiscard]] std::optional<std::string> gather(caf::timespan patience);
  /// Whether all parts are there, and whether one that had come is not any more.
  [[nodiscard]] bool complete() const { return missing() == 0; }
  [[nodiscard]] bool lost() const { return lost_.has_value(); }

  /// Lets one window of time pass, whatever `at_most` is. Not before all parts are there.
  [[nodiscard]] std::optional<std::string> go_on(caf::timespan at_most) override;
  [[nodiscard]] bool done() const override { return done_; }
  [[nodiscard]] caf::timespan now() const override { return now_; }
  [[nodiscard]] caf::timespan length() const override { return length_; }
  [[nodiscard]] std::size_t size() const override { return size_; }
  [[nodiscard]] std::size_t linked() const override;
  [[nodiscard]] simulation_traffic traffic() const override;
  [[nodiscard]] std::uint64_t hash() const override;
  /// Those of the parts that still answer.
  [[nodiscard]] run_details details() override;

private:
  struct part {
    shard_actor actor;
    shard_report last;
  };

  [[nodiscard]] std::size_t missing() const;
  /// For people.
  [[nodiscard]] std::string name(std::size_t index) const;
  [[nodiscard]] std::string nonsense(const part& from, errc why) const;
  std::string lose(const caf::down_msg& gone);
  [[nodiscard]] std::optional<std::size_t> index_of(const caf::actor_addr& who) const;
  [[nodiscard]] caf::timespan window_end() const;
  void send_window(caf::timespan until);
  /// One from each part: hands it to `take`, which returns what is wrong with it.
  std::optional<std::string>
  receive(const std::function<std::optional<std::string>(part& from, const blob& what)>& take);
  void tell_happenings();

  caf::scoped_actor self_;
  shard_door_actor door_;
  std::vector<part> parts_;
  std::function<void(const happening&)> on_happening_;
  caf::timespan latency_;
  caf::timespan length_;
  std::size_t size_;
  caf::timespan now_{0};
  /// Why.
  std::optional<std::string> lost_ = std::nullopt;
  bool began_ = false;
  bool done_ = false;
};

} // namespace devp2p::kit
