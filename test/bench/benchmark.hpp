// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "report.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace devp2p::bench {

/// What the command line decides.
struct options {
  /// Of one repetition; the warm-up before the first takes a quarter of it.
  double seconds = 2;
  unsigned repetitions = 3;
  /// Of the network at each end.
  std::size_t loops = 1;
  /// Of CAF's scheduler, on which handlers run.
  std::size_t threads = 1;
  /// Sessions of the case `memory`.
  std::size_t peers = 1000;
  /// For so many seconds it watches them do nothing: a ping interval, if that is not said.
  double idle = 15;
  /// Of the case `sim`; its ring has a hundred times as many.
  std::size_t nodes = 1000;
  /// Octets; none: what the case measures by default.
  std::vector<std::size_t> payloads = {};
  /// `loop`, that of their session, or `scheduler`, CAF's.
  std::vector<std::string> handlers{"loop", "scheduler"};
};

/// A case. Throws `std::runtime_error` if what it measures does not work.
using benchmark = void(const options&, report&);

benchmark codec;
benchmark fairness;
benchmark handshake;
benchmark memory;
benchmark oneway;
benchmark peers64;
benchmark pingpong;
benchmark primitives;
benchmark protocols8;
benchmark sim;

/// The other process of the case `memory`: what the case talks to over standard input and output.
void run_memory_hub(const options& chosen);

} // namespace devp2p::bench
