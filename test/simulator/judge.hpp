// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/event.hpp"
#include "devp2p/simulator/link_index.hpp"
#include "devp2p/simulator/nat_links.hpp"
#include "devp2p/simulator/scenario.hpp"

#include <caf/timespan.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace devp2p::simulator {

/// The outcome of one check.
struct verdict {
  check what;
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
  struct resident {
    bool is_up = false;
    /// The rumours that the node has heard in its latest life, and when.
    std::map<std::uint64_t, caf::timespan> heard;
  };
  /// The state of the link at the same place in the topology.
  struct line {
    /// One bit for each end at which the session runs.
    unsigned running = 0;
    /// The time of the latest change of `running`.
    caf::timespan since{0};
  };

  void set_running(const event& x, bool running);
  void crash(const event& x);

  [[nodiscard]] std::string complaint_of(const check& what, caf::timespan end) const;
  [[nodiscard]] std::string not_heard(caf::timespan since) const;
  [[nodiscard]] std::string not_linked(caf::timespan since) const;

  link_index links_;
  nat_links nats_;
  std::vector<scenario::step> schedule_;
  std::vector<check> checks_;
  bool remembers_rumours_;
  std::vector<resident> residents_;
  std::vector<line> lines_;
  std::size_t failed_ = 0;
  /// The number of ended sessions by reason, as the nodes have reported them.
  std::map<disconnect_reason, std::size_t> ended_;
};

/// Plays the scenario to its end, and judges it. Returns `nullopt` if `go_on` returns false before;
/// it is called once a second of virtual time.
[[nodiscard]] std::optional<std::vector<verdict>> try_out(const scenario& what,
                                                          const std::function<bool()>& go_on);

} // namespace devp2p::simulator
