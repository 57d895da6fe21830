// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>

namespace devp2p::tool {

struct compare_options {
  /// The folders that two runs have written by `--out`.
  std::string first;
  std::string second;
  bool json = false;
};

/// `devp2p simulate --compare A B`: prints what differs between two runs: their parameters, checks,
/// figures and observations, and the first event that is not the same. Holds one line of each file
/// of events at a time. Returns the exit status: 0 if nothing differs, 3 if something does, 2 if a
/// folder is not that of a run.
int run_compare(const compare_options& options);

} // namespace devp2p::tool
