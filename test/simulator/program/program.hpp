// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/model.hpp"

#include <string>
#include <utility>

namespace devp2p::simulator {

/// A program that simulates a user's protocols, as `devp2p simulate` does its own: it runs scenario
/// files, searches seeds, shrinks what fails, and runs in several processes.
///
///     int main(int argc, char** argv) {
///       simulator::program mine{"raft-sim"};
///       mine.add(raft);                            // A `simulated_protocol`.
///       mine.check("one_leader", simulator::always, has_one_leader, "two nodes lead");
///       return mine.run(argc, argv);
///     }
class program : public model {
public:
  /// `name` is the program's name in its messages.
  explicit program(std::string name) : name_(std::move(name)) {}

  /// Does what the arguments say, and reports on stderr what goes wrong. Returns the exit status:
  /// 0; 3 if a check has failed; 2 for wrong arguments and mistakes in a scenario; otherwise 1. To
  /// be called once, by `main`.
  int run(int argc, char** argv) const;

private:
  std::string name_;
};

} // namespace devp2p::simulator
