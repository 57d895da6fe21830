// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/kit/scenario.hpp"

#include <cstddef>
#include <functional>
#include <vector>

namespace devp2p::kit {

/// Makes a scenario that fails smaller, as long as it still fails: without steps, nodes, links and
/// NATs, with neighbours made one, with simpler lines and shorter. Delta debugging (Zeller and
/// Hildebrandt 2002, "Simplifying and Isolating Failure-Inducing Input"): halves are left out
/// first, then quarters, in the end each alone; and all of it again, until there is nothing that
/// could be left out.
class shrinker {
public:
  /// Whether that scenario fails in the same way; the same answer whenever it is asked. False as
  /// well if it has been stopped meanwhile.
  using still_fails = std::function<bool(const scenario&)>;

  /// `failing` is known to fail. At most `max_runs` others are tried.
  shrinker(scenario failing, still_fails fails, std::size_t max_runs);

  /// Tries, until nothing can be left out any more, the runs are used up, or `go_on`, asked before
  /// each run, says no.
  void run(const std::function<bool()>& go_on);

  /// That has failed.
  [[nodiscard]] const scenario& smallest() const { return smallest_; }
  [[nodiscard]] std::size_t runs() const { return runs_; }
  /// Whether nothing can be left out of it.
  [[nodiscard]] bool finished() const { return finished_; }

private:
  bool attempt(scenario candidate);
  template <class T, class Build>
  bool leave_out(std::vector<T> all, Build build);
  bool leave_out_steps();
  bool leave_out_nodes();
  bool leave_out_links();
  bool leave_out_nats();
  bool merge_nodes();
  bool simplify();
  bool shorten();

  scenario smallest_;
  still_fails fails_;
  std::size_t max_runs_;
  std::function<bool()> go_on_;
  std::size_t runs_ = 0;
  bool stopped_ = false;
  bool finished_ = false;
};

} // namespace devp2p::kit
