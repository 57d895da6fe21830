// SPDX-License-Identifier: BSL-1.0
//
// A simulator of Raft clusters. README.md beside it says what it can find.
//
//     raft sound.json --seeds 100                # All checks hold.
//     raft stale_read.json --seeds 100 --shrink  # A planted defect, made small.
#include "raft/raft_model.hpp"

#include "devp2p/simulator/program/program.hpp"

int main(int argc, char** argv) {
  devp2p::simulator::program mine{"raft"};
  devp2p::raft::add_raft(mine);
  return mine.run(argc, argv);
}
