// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/protocol.hpp"
#include "devp2p/actors/restarts.hpp"
#include "devp2p/messages/events.hpp"
#include "devp2p/messages/session.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace devp2p {

/// The protocols that both ends of a session share, in the order of their places on the link, and
/// what has become of their handlers. Decides what follows from the failure of a handler. A value:
/// the caller passes the time, and a random number from 0 to 1.
class supervised_protocols {
public:
  using duration = settings::duration;
  using time_point = std::chrono::steady_clock::time_point;

  supervised_protocols() = default;
  /// Matches the protocols of this node, which must outlive this object, with those of the remote.
  supervised_protocols(const std::vector<protocol>& own, const std::vector<capability>& remote);

  [[nodiscard]] bool empty() const { return shared_.empty(); }
  [[nodiscard]] std::size_t size() const { return shared_.size(); }
  [[nodiscard]] const protocol& operator[](std::size_t index) const { return *shared_[index].what; }
  [[nodiscard]] capability name(std::size_t index) const { return shared_[index].name(); }
  /// Returns the number of handlers that were replaced, or are to be.
  [[nodiscard]] std::uint32_t restarts(std::size_t index) const { return shared_[index].restarts; }
  /// Returns true iff the session goes on without a handler of that protocol.
  [[nodiscard]] bool is_detached(std::size_t index) const { return shared_[index].detached; }

  [[nodiscard]] std::vector<route> routes() const;
  /// Returns the protocols without their counters.
  [[nodiscard]] std::vector<shared_protocol> describe() const;

  void on_spawned(std::size_t index);
  void on_stalled(std::size_t index) { ++shared_[index].stalls; }
  /// Records that no handler could be spawned. Returns true iff that has happened too often in a
  /// row: a factory that fails slowly would never use up the restart budget.
  [[nodiscard]] bool on_not_spawned(std::size_t index);

  /// Records that a handler has ended; `end` is what that would mean as the end of the session.
  /// Returns what follows.
  [[nodiscard]] supervision::strategy on_handler_end(std::size_t index, const session_end& end,
                                                     const settings& limits, time_point now);
  /// Returns the pause before the restart that was decided on, or `nullopt` if it comes at once.
  [[nodiscard]] std::optional<duration> pause(std::size_t index, time_point now, double spread);

  /// Records a failure for the log, which has at most one line a second for each protocol: a
  /// handler may fail repeatedly. Returns `nullopt` if there is to be no line now, or else the
  /// number of failures since the last line that have none.
  [[nodiscard]] std::optional<unsigned> log_failure(std::size_t index, time_point now);

private:
  /// The failures of the handlers of one protocol.
  struct failures {
    restart_budget budget;
    restart_pause pause;
    /// The number of consecutive handlers that could not be spawned.
    unsigned not_spawned = 0;
    /// The time of the last failure that was logged.
    std::optional<time_point> logged;
    /// The number of failures since then that were not logged.
    unsigned not_logged = 0;
  };

  struct shared {
    const protocol* what;
    std::uint64_t offset;
    std::uint32_t restarts = 0;
    std::uint32_t stalls = 0;
    bool detached = false;
    /// Null until the first failure: few sessions ever need the memory.
    std::unique_ptr<failures> past = {};

    [[nodiscard]] capability name() const { return {what->name, what->version}; }
  };

  failures& past(std::size_t index);

  std::vector<shared> shared_;
};

} // namespace devp2p
