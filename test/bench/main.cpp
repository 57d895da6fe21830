// SPDX-License-Identifier: BSL-1.0
//
// devp2p-bench: measures the library; README.md says what each case means.
#include "benchmark.hpp"

#include "devp2p/actors/protocol.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

namespace devp2p::bench {

namespace {

struct entry {
  std::string_view name;
  std::string_view question;
  benchmark* run;
};

constexpr auto entries = std::to_array<entry>({
  {"primitives", "hashes, ciphers, curve and compression, each alone", primitives},
  {"codec", "sealing and opening frames in memory, against its primitives", codec},
  {"oneway", "messages one way over one link", oneway},
  {"pingpong", "one small message to and fro", pingpong},
  {"typed", "typed messages against packets written and read by hand", typed},
  {"protocols8", "eight protocols one way over one link", protocols8},
  {"fairness", "what a flood leaves to seven others on its link", fairness},
  {"peers64", "64 peers one way to one hub", peers64},
  {"loops", "64 peers one way to a hub with one loop, and with several", loops},
  {"overload", "round trips of a quiet session beside others that load its loop", overload},
  {"placement", "handlers on the loop and off it, and what a slow one costs others", placement},
  {"handshake", "sessions set up and ended", handshake},
  {"memory", "what a hub with idle peers needs", memory},
  {"budget", "what a hub with greedy peers takes, and what it ends", budget},
  {"sim", "simulated networks, on one core", sim},
});

struct arguments {
  options chosen;
  std::vector<std::string> cases;
  bool list = false;
  bool memory_hub = false;
  bool loops_hub = false;
  std::string loops_target;
};

bool names(const std::vector<std::string>& cases, std::string_view name) {
  return std::find(cases.begin(), cases.end(), name) != cases.end();
}

void run(const arguments& given) {
  if (given.memory_hub)
    return run_memory_hub(given.chosen);
  if (!given.chosen.budget_data.empty())
    return run_budget_hub(given.chosen);
  if (given.loops_hub)
    return run_loops_hub(given.chosen);
  if (!given.loops_target.empty())
    return run_loops_senders(given.chosen, given.loops_target);
  report out;
  for (const auto& x : entries) {
    if (given.list)
      std::cout << x.name << ": " << x.question << '\n';
    else if (names(given.cases, "all") || names(given.cases, x.name))
      x.run(given.chosen, out);
  }
}

int parse_and_run(int argc, char** argv) {
  CLI::App app{"Measures caf-devp2p; prints one JSON object a line", "devp2p-bench"};
  arguments given;
  std::vector<std::string> known{"all"};
  for (const auto& x : entries)
    known.emplace_back(x.name);
  auto& chosen = given.chosen;
  app.add_option("CASE", given.cases, "What to measure; everything, if nothing is named")
    ->check(CLI::IsMember(known));
  auto* seconds =
    app
      .add_option("--seconds", chosen.seconds,
                  "How long one repetition takes; 2, or 0.5 if everything is measured")
      ->check(CLI::Range(0.001, 3600.0));
  auto add_count = [&](const char* name, auto& into, int most, const char* what) {
    app.add_option(name, into, what)->check(CLI::Range(1, most))->capture_default_str();
  };
  add_count("--reps", chosen.repetitions, 1000, "Repetitions, of which the median is printed");
  add_count("--loops", chosen.loops, 64, "Threads of the network at each end");
  add_count("--threads", chosen.threads, 64, "Threads of CAF's scheduler, where handlers run");
  add_count("--peers", chosen.peers, 50'000, "Sessions of the case memory");
  app
    .add_option("--nodes", chosen.nodes,
                "Nodes of the case sim; a hundred times as many in its ring")
    ->check(CLI::Range(10, 10'000));
  app.add_option("--idle", chosen.idle, "Seconds for which the case memory watches idle peers")
    ->check(CLI::Range(0.001, 3600.0))
    ->capture_default_str();
  app.add_flag("--only-idle", chosen.only_idle,
               "Have no peer of the case memory send anything: for very many, or very long");
  app.add_option("--payload", chosen.payloads, "Bytes of a message, in the cases codec and oneway")
    ->check(CLI::Range(std::size_t{1}, protocol::max_payload_size));
  app
    .add_option("--handlers", chosen.handlers,
                "Where handlers run, in all cases but placement, handshake and memory")
    ->check(CLI::IsMember({"loop", "scheduler"}))
    ->capture_default_str();
  app.add_flag("--metrics", chosen.metrics,
               "Keep metrics of all nodes, with a look at each once a second");
  app.add_flag("--list", given.list, "List the cases");
  app.add_option("--budget", chosen.budget, "Bytes that sessions may hold in the case budget")
    ->capture_default_str();
  add_count("--budget-remotes", chosen.budget_remotes, 1000, "Remotes in the case budget");
  app
    .add_option("--budget-message", chosen.budget_message, "Bytes of a message in the case budget")
    ->check(CLI::Range(std::size_t{1}, protocol::max_payload_size))
    ->capture_default_str();
  // The case budget starts its other process with this option.
  app.add_option("--budget-hub", chosen.budget_data)->group("");
  // The case loops starts its other processes with these options.
  add_count("--senders", chosen.senders, 1000, "Peers of the case loops");
  app.add_flag("--loops-hub", given.loops_hub)->group("");
  app.add_option("--loops-senders", given.loops_target)->group("");
  app.add_option("--senders-data", chosen.senders_data)->group("");
  // The case memory starts its other process with this flag.
  app.add_flag("--memory-hub", given.memory_hub)->group("");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& x) {
    return app.exit(x);
  }
  if (given.cases.empty())
    given.cases.emplace_back("all");
  if (seconds->empty() && names(given.cases, "all"))
    chosen.seconds = 0.5;
  run(given);
  return 0;
}

} // namespace
} // namespace devp2p::bench

int main(int argc, char** argv) {
  try {
    return devp2p::bench::parse_and_run(argc, argv);
  } catch (const std::exception& failure) {
    std::cerr << "devp2p-bench: " << failure.what() << '\n';
    return 1;
  }
}
