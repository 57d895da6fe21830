// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/judge.hpp"

#include "devp2p/simulator/player.hpp"

#include <utility>

namespace devp2p::simulator {

// Without a check, the judge keeps no state, since networks are large.
judge::judge(const scenario& what) : seen_(what.checks.empty() ? topology{} : what.network.links) {
  for (const auto& x : what.checks)
    checks_.push_back({x, x.watch_in(what)});
}

void judge::add(const event& x) {
  if (checks_.empty())
    return;
  seen_.add(x);
  for (const auto& each : checks_)
    each.by->add(x, seen_);
}

std::vector<verdict> judge::verdicts(caf::timespan end) const {
  std::vector<verdict> out;
  for (const auto& x : checks_) {
    auto complaint = x.by->complaint(seen_, end);
    out.push_back({x.what, complaint.empty() ? "" : x.what.name() + ": " + complaint});
  }
  return out;
}

std::optional<std::vector<verdict>> try_out(const scenario& what,
                                            const std::function<bool()>& go_on) {
  judge watching{what};
  player run{what, [&](const event& x) { watching.add(x); }};
  for (; !run.done(); run.run_for(std::chrono::seconds{1}))
    if (!go_on())
      return std::nullopt;
  return watching.verdicts(run.network().now());
}

} // namespace devp2p::simulator
