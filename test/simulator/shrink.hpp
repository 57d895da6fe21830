// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/scenario.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace devp2p::simulator {

/// Makes a failing scenario smaller as long as it still fails: leaves out steps, nodes, links, NATs
/// and byzantine nodes, merges neighbours, and makes lines simpler and the scenario shorter. At
/// last it makes the times of single steps rounder or earlier.
///
/// Uses delta debugging (Zeller and Hildebrandt 2002, "Simplifying and Isolating Failure-Inducing
/// Input"): leaves out halves first, then quarters, in the end each item alone. Then it starts
/// again, until nothing can be left out.
///
/// Leaving a step out changes the random times of all that follows. So each scenario that is small
/// already is tried with some other seeds, too.
class shrinker {
public:
  /// Returns whether the scenario fails in the same way, with the same answer at each call. Also
  /// returns false if it was stopped meanwhile.
  using still_fails = std::function<bool(const scenario&)>;

  /// `failing` is known to fail. At most `max_runs` other scenarios are tried; small ones each with
  /// the seeds 1 to `other_seeds`.
  shrinker(scenario failing, still_fails fails, std::size_t max_runs,
           std::uint64_t other_seeds = 8);

  /// Tries smaller scenarios until nothing can be left out any more, `max_runs` are used up, or
  /// `go_on` returns false. `go_on` is called before each run.
  void run(const std::function<bool()>& go_on);

  /// The smallest scenario that has failed.
  [[nodiscard]] const scenario& smallest() const { return smallest_; }
  /// The number of scenarios tried.
  [[nodiscard]] std::size_t runs() const { return runs_; }
  /// Whether nothing can be left out of `smallest` any more.
  [[nodiscard]] bool finished() const { return finished_; }

private:
  bool attempt(scenario candidate);
  bool try_one(const scenario& candidate);
  void leave_out_all();
  template <class T, class Build>
  bool leave_out(std::vector<T> all, Build build);
  bool leave_out_steps();
  bool leave_out_nodes();
  bool leave_out_links();
  bool leave_out_nats();
  bool leave_out_byzantine();
  bool merge_nodes();
  bool simplify();
  bool shorten();
  bool simplify_times();
  bool round_step(std::size_t which);
  bool advance_steps(std::size_t first);

  scenario smallest_;
  still_fails fails_;
  std::size_t max_runs_;
  std::uint64_t other_seeds_;
  /// The number of other seeds with which a scenario is tried now.
  std::uint64_t reseeds_ = 0;
  std::function<bool()> go_on_;
  std::size_t runs_ = 0;
  bool stopped_ = false;
  bool finished_ = false;
};

} // namespace devp2p::simulator
