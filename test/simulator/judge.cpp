// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/judge.hpp"

#include "devp2p/simulator/player.hpp"

#include <algorithm>
#include <chrono>
#include <iomanip>
#include <sstream>
#include <utility>

namespace devp2p::simulator {

namespace {

verdict verdict_of(const any_check& what, const finding& found, const std::string& when = "") {
  if (found.sentence.empty())
    return {what, ""};
  return {what, what.name() + ": " + when + found.sentence, found.nodes};
}

/// `after 1.5 s, `
std::string after(caf::timespan when) {
  std::ostringstream out;
  out << "after " << std::setprecision(12) << std::chrono::duration<double>{when}.count() << " s, ";
  return out.str();
}

} // namespace

judge::judge(const scenario& what)
  : what_(what.checks.empty() ? nullptr : std::make_unique<scenario>(what)),
    seen_(what_ ? what_->network.links : topology{}) {
  for (const auto& x : what.checks)
    checks_.push_back({x, x.watch_in(*what_)});
  judges_always_ = std::any_of(what.checks.begin(), what.checks.end(),
                               [](const any_check& x) { return x.time() == always; });
}

bool judge::add(const event& x) {
  if (checks_.empty())
    return true;
  pass(x.when);
  if (stopped_)
    return false;
  latest_ = x.when;
  seen_.add(x);
  for (const auto& each : checks_)
    each.by->add(x, seen_);
  return true;
}

void judge::pass(caf::timespan now) {
  // The events of a moment are in the order of the nodes, and not in that in which they happened.
  // So only their outcome is judged.
  if (!judges_always_ || stopped_ || now <= latest_ || judged_ == latest_)
    return;
  judged_ = latest_;
  if (!breaches().empty())
    stopped_ = latest_;
}

std::vector<verdict> judge::verdicts(caf::timespan end) const {
  if (stopped_)
    return breaches();
  std::vector<verdict> out;
  for (const auto& x : checks_)
    out.push_back(x.what.time() == always ? judge_now(x)
                                          : verdict_of(x.what, x.by->complaint(seen_, end)));
  return out;
}

verdict judge::judge_now(const watched& x) const {
  return verdict_of(x.what, x.by->complaint(seen_, latest_), after(latest_));
}

std::vector<verdict> judge::breaches() const {
  std::vector<verdict> out;
  for (const auto& x : checks_)
    if (x.what.time() == always)
      if (auto found = judge_now(x); !found.complaint.empty())
        out.push_back(std::move(found));
  return out;
}

std::optional<std::vector<verdict>> try_out(const scenario& what,
                                            const std::function<bool()>& go_on) {
  judge watching{what};
  player run{what, [&](const event& x) { watching.add(x); }};
  while (!run.done() && !watching.stopped()) {
    if (!go_on())
      return std::nullopt;
    run.run_for(std::chrono::seconds{1});
    watching.pass(run.network().now());
  }
  return watching.verdicts(run.network().now());
}

} // namespace devp2p::simulator
