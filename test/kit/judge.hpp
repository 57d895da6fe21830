// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/kit/happening.hpp"
#include "devp2p/kit/link_index.hpp"
#include "devp2p/kit/nat_links.hpp"
#include "devp2p/kit/scenario.hpp"

#include <caf/timespan.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace devp2p::kit {

/// What became of one check.
struct verdict {
  check what;
  /// What does not hold, as one line that begins with the check's name; empty if it holds.
  std::string complaint;
};

/// Watches what happens in a scenario, and says in the end which of its checks hold.
class judge {
public:
  explicit judge(const scenario& what);

  /// To be told everything, in the order of time.
  void add(const happening& x);

  /// At that time, which is the end; one for each check.
  [[nodiscard]] std::vector<verdict> verdicts(caf::timespan end) const;

private:
  struct resident {
    bool is_up = false;
    /// What it has heard, and when, in its latest life.
    std::map<std::uint64_t, caf::timespan> heard;
  };
  /// What is known of a link, by its place in the topology.
  struct line {
    /// A bit for each end at which its session runs.
    unsigned running = 0;
    /// The latest change of that.
    caf::timespan since{0};
  };

  void set_running(const happening& x, bool running);
  void crash(const happening& x);

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
  /// By reason, as often as a node has told it.
  std::map<disconnect_reason, std::size_t> ended_;
};

/// Plays the scenario to its end, and judges. Nothing if `go_on`, which is asked now and then, says
/// no before.
[[nodiscard]] std::optional<std::vector<verdict>> try_out(const scenario& what,
                                                          const std::function<bool()>& go_on);

} // namespace devp2p::kit
