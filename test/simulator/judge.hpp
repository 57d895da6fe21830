// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/check.hpp"
#include "devp2p/simulator/event.hpp"
#include "devp2p/simulator/network_view.hpp"
#include "devp2p/simulator/scenario.hpp"

#include <caf/timespan.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace devp2p::simulator {

/// The outcome of one check.
struct verdict {
  any_check what;
  /// Says in one line, which begins with the check's name, what does not hold; empty if the check
  /// holds.
  std::string complaint;
  /// The nodes that the complaint is about, if the check knows them.
  std::vector<std::size_t> nodes = {};
};

/// Watches the events of a scenario, and says which of its checks hold: at once if a check that
/// must hold always does not, else in the end.
class judge {
public:
  explicit judge(const scenario& what);

  /// Takes an event. All events must be added, in the order of time. Returns false if the run
  /// should have stopped before: the event is then ignored.
  bool add(const event& x);

  /// Takes the time that has passed: all events before `now` were added. Without it a run goes on
  /// to the event after the one that should have stopped it.
  void pass(caf::timespan now);

  /// The time at which the run should have stopped, because a check did not hold then.
  [[nodiscard]] std::optional<caf::timespan> stopped() const { return stopped_; }

  /// Returns one verdict for each check, at the time `end`, which is the end of the run. If the run
  /// should have `stopped`, returns the verdicts of the checks for which it should.
  [[nodiscard]] std::vector<verdict> verdicts(caf::timespan end) const;

private:
  struct watched {
    any_check what;
    std::unique_ptr<watcher> by;
  };

  /// Returns the verdict of a check that must hold always, after the latest moment.
  [[nodiscard]] verdict judge_now(const watched& x) const;
  /// Returns the verdicts of those that do not hold.
  [[nodiscard]] std::vector<verdict> breaches() const;

  /// Null without a check, since networks are large.
  std::unique_ptr<const scenario> what_;
  network_view seen_;
  std::vector<watched> checks_;
  bool judges_always_;
  /// The time of the latest event.
  caf::timespan latest_{0};
  /// The latest moment that was judged.
  std::optional<caf::timespan> judged_;
  std::optional<caf::timespan> stopped_;
};

/// Plays the scenario to its end, and judges it. Returns `nullopt` if `go_on` returns false before;
/// it is called once a second of virtual time.
[[nodiscard]] std::optional<std::vector<verdict>> try_out(const scenario& what,
                                                          const std::function<bool()>& go_on);

} // namespace devp2p::simulator
