// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "report.hpp"

#include "devp2p/messages/settings.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace devp2p::bench {

/// The choices of the command line.
struct options {
  /// The time of one repetition. The warm-up before the first takes a quarter of it.
  double seconds = 2;
  unsigned repetitions = 3;
  /// The number of loops of the network at each end.
  std::size_t loops = 1;
  /// The number of threads of CAF's scheduler, on which handlers run.
  std::size_t threads = 1;
  /// The number of sessions of the case `memory`.
  std::size_t peers = 1000;
  /// The time in seconds for which the case `memory` watches idle sessions; by default a ping
  /// interval.
  double idle = 15;
  /// Whether that case has no session send anything.
  bool only_idle = false;
  /// Whether nodes have metrics, which look at them once a second.
  bool metrics = false;
  /// The limit of the memory of the hub of the case `budget`, in bytes.
  std::size_t budget = settings{}.max_memory;
  /// The number of remotes that misbehave in the case `budget`.
  std::size_t budget_remotes = 33;
  /// The size of a message of the case `budget`, in bytes.
  std::size_t budget_message = 16'000'000;
  /// The content of the messages that the hub of the case `budget` writes; set in its process.
  std::string budget_data = {};
  /// The number of peers of the case `loops`.
  std::size_t senders = 64;
  /// The content of the messages that these send; set in their process.
  std::string senders_data = {};
  /// The number of nodes of the case `sim`; its ring has a hundred times as many.
  std::size_t nodes = 1000;
  /// The sizes of payloads, in bytes. If it is empty, each case measures its default sizes.
  std::vector<std::size_t> payloads = {};
  /// The threads on which handlers run: `loop`, that of their session, or `scheduler`, those of
  /// CAF.
  std::vector<std::string> handlers{"loop", "scheduler"};
};

/// A case. Throws `std::runtime_error` if the measured operation fails.
using benchmark = void(const options&, report&);

benchmark budget;
benchmark codec;
benchmark fairness;
benchmark handshake;
benchmark loops;
benchmark memory;
benchmark oneway;
benchmark overload;
benchmark peers64;
benchmark pingpong;
benchmark placement;
benchmark primitives;
benchmark protocols8;
benchmark sim;
benchmark typed;

/// Runs the other process of the case `memory`, which the case talks to over standard input and
/// output.
void run_memory_hub(const options& chosen);

/// Runs the other process of the case `budget`, likewise.
void run_budget_hub(const options& chosen);

/// Run the hub, and the peers, of the case `loops`, likewise. `target` is the hub's URL.
void run_loops_hub(const options& chosen);
void run_loops_senders(const options& chosen, const std::string& target);

} // namespace devp2p::bench
