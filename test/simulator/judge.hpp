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
};

/// Watches the events of a scenario, and says in the end which of its checks hold.
class judge {
public:
  explicit judge(const scenario& what);

  /// Takes an event. All events must be added, in the order of time.
  void add(const event& x);

  /// Returns one verdict for each check, at the time `end`, which is the end of the run.
  [[nodiscard]] std::vector<verdict> verdicts(caf::timespan end) const;

private:
  struct watched {
    any_check what;
    std::unique_ptr<watcher> by;
  };

  network_view seen_;
  std::vector<watched> checks_;
};

/// Plays the scenario to its end, and judges it. Returns `nullopt` if `go_on` returns false before;
/// it is called once a second of virtual time.
[[nodiscard]] std::optional<std::vector<verdict>> try_out(const scenario& what,
                                                          const std::function<bool()>& go_on);

} // namespace devp2p::simulator
