// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/run.hpp"
#include "devp2p/simulator/shard.hpp"
#include "devp2p/simulator/shard_report.hpp"

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace devp2p::simulator {

/// Runs a scenario in several parts. Each part is a `shard`, which may be in another process. The
/// outcome is that of one `player`, to the byte.
///
/// The simulation is conservative (Chandy and Misra, 1979, "Distributed Simulation"; here with a
/// barrier). All parts let time pass in windows so short that nothing sent in a window arrives in
/// it: it is under way for at least the smallest latency between two nodes. So no part has to undo
/// anything, and what arrives is known before its time has come.
///
/// For one thread. The loss of a part ends the run, because its nodes cannot be had back.
class shard_group : public run {
public:
  /// The real time that a part may take for a window, if nothing else is chosen.
  static constexpr caf::timespan usual_silence = std::chrono::minutes{10};

  /// `what` needs a latency. `on_event` is called as by a simulation; may be null. A part that says
  /// nothing for longer than `silence`, in real time, ends the run. `system` outlives the group.
  shard_group(caf::actor_system& system, const scenario& what, std::size_t count,
              std::function<void(const event&)> on_event, caf::timespan silence = usual_silence);
  /// Ends the parts.
  ~shard_group() override;

  /// The actor that shards ask for their place.
  [[nodiscard]] const shard_door_actor& door() const { return door_; }

  /// Waits until all parts are there, but at most `patience` of real time; may be called again
  /// then. Returns an error as a line for a person. If a part is `lost`, the run cannot go on.
  [[nodiscard]] std::optional<std::string> gather(caf::timespan patience);
  /// Whether all parts are there.
  [[nodiscard]] bool complete() const { return missing() == 0; }
  /// Whether a part that had come is gone.
  [[nodiscard]] bool lost() const { return lost_.has_value(); }

  /// Lets one window of time pass, whatever `at_most` is; or, if the parts need more than 100 ms of
  /// real time for it, none yet, so that the caller may do something else. All parts must be there.
  [[nodiscard]] std::optional<std::string> go_on(caf::timespan at_most) override;
  [[nodiscard]] bool done() const override { return done_; }
  [[nodiscard]] caf::timespan now() const override { return now_; }
  [[nodiscard]] caf::timespan length() const override { return length_; }
  [[nodiscard]] std::size_t size() const override { return size_; }
  [[nodiscard]] std::size_t linked() const override;
  [[nodiscard]] simulation_traffic traffic() const override;
  [[nodiscard]] std::uint64_t hash() const override;
  /// The details of the parts that still answer.
  [[nodiscard]] run_details details() override;

private:
  using clock = std::chrono::steady_clock;

  struct part {
    shard_actor actor;
    shard_report last;
  };

  [[nodiscard]] std::size_t missing() const;
  /// The name of a part in messages for people.
  [[nodiscard]] std::string name(std::size_t index) const;
  [[nodiscard]] std::string nonsense(const part& from, errc why) const;
  std::string lose(const caf::down_msg& gone);
  [[nodiscard]] std::optional<std::size_t> index_of(const caf::actor_addr& who) const;
  [[nodiscard]] caf::timespan window_end() const;
  void send_window(caf::timespan until);
  /// Records that each part was asked for a message just now.
  void expect_answers();
  /// Receives one message from each part, and hands it to `take`, which returns what is wrong with
  /// it. Returns the first error. Returns early if that takes long: `asked_` is then still set.
  std::optional<std::string>
  receive(const std::function<std::optional<std::string>(part& from, const blob& what)>& take);
  [[nodiscard]] std::string silent() const;
  void tell_events();

  caf::scoped_actor self_;
  shard_door_actor door_;
  std::vector<part> parts_;
  std::function<void(const event&)> on_event_;
  caf::timespan silence_;
  caf::timespan latency_;
  caf::timespan length_;
  std::size_t size_;
  caf::timespan now_{0};
  /// The reason for which a part is lost.
  std::optional<std::string> lost_ = std::nullopt;
  /// The time at which all parts were asked, if some have not answered; and those that have.
  std::optional<clock::time_point> asked_ = std::nullopt;
  std::set<std::size_t> heard_ = {};
  /// The end of the window that they play.
  caf::timespan window_{0};
  bool began_ = false;
  bool done_ = false;
};

} // namespace devp2p::simulator
