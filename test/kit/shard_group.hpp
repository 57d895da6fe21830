// SPDX-License-Identifier: BSL-1.0
#pragma once

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
class shard_group {
public:
  /// `what` needs a latency. `on_happening` is told what a simulation tells; may be null. The
  /// system outlives the group.
  shard_group(caf::actor_system& system, const scenario& what, std::size_t count,
              std::function<void(const happening&)> on_happening);
  /// Ends the parts.
  ~shard_group();
  shard_group(const shard_group&) = delete;
  shard_group& operator=(const shard_group&) = delete;

  /// Where they have to ask for their place.
  [[nodiscard]] const shard_door_actor& door() const { return door_; }

  // Both return what went wrong, as a line for people; nothing more can be done then.

  /// Waits until all parts are there, but not longer than `patience`; may be called again then.
  [[nodiscard]] std::optional<std::string> gather(caf::timespan patience);
  /// Lets one window of time pass.
  [[nodiscard]] std::optional<std::string> run_window();

  /// Whether all parts are there.
  [[nodiscard]] bool complete() const;
  /// Whether all has happened.
  [[nodiscard]] bool done() const { return done_; }
  [[nodiscard]] caf::timespan now() const { return now_; }
  [[nodiscard]] caf::timespan length() const { return length_; }
  /// As of a simulation.
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t linked() const;
  [[nodiscard]] std::uint64_t hash() const;

private:
  struct part {
    shard_actor actor;
    shard_report last;
  };

  [[nodiscard]] std::size_t missing() const;
  /// For people.
  [[nodiscard]] std::string name(std::size_t index) const;
  std::string lose(const caf::down_msg& gone);
  [[nodiscard]] std::optional<std::size_t> index_of(const caf::actor_addr& who) const;
  [[nodiscard]] caf::timespan window_end() const;
  void send_window(caf::timespan until);
  std::optional<std::string> receive_reports();
  std::optional<std::string> take(std::size_t index, const blob& report);
  void tell_happenings();

  caf::scoped_actor self_;
  shard_door_actor door_;
  std::vector<part> parts_;
  std::function<void(const happening&)> on_happening_;
  caf::timespan latency_;
  caf::timespan length_;
  std::size_t size_;
  caf::timespan now_{0};
  bool began_ = false;
  bool done_ = false;
};

} // namespace devp2p::kit
