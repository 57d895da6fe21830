// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/program/simulate_options.hpp"

#include "devp2p/simulator/program/check_command.hpp"
#include "devp2p/simulator/program/compare_command.hpp"
#include "devp2p/simulator/program/failure.hpp"
#include "devp2p/simulator/program/search_command.hpp"
#include "devp2p/simulator/program/shard_command.hpp"
#include "devp2p/simulator/program/simulate_command.hpp"
#include "devp2p/simulator/program/sweep_command.hpp"

#include <algorithm>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <vector>

namespace devp2p::tool {

namespace {

/// The parts of the help of `simulate`.
constexpr auto search_heading = "Search for a seed that fails, in one process";
constexpr auto sweep_heading = "Many runs: each combination of values, with each seed";
constexpr auto shards_heading = "Several processes";
constexpr auto compare_heading = "Comparison of two runs; without FILE";
constexpr auto certificates_heading = "Certificates, for processes on several hosts; all or none";

void add_search_options(CLI::App& simulate, search_options& options) {
  auto take = [&options](const std::string& text) {
    options.seeds = seed_range::parse(text);
    if (!options.seeds)
      throw CLI::ValidationError("--seeds", "must be N or A..B, whole numbers up to 2^53");
  };
  simulate
    .add_option_function<std::string>("--seeds", take,
                                      "Run the scenario with the seeds 1 to N, or A to B, until "
                                      "a check of the file fails; not with --seed")
    ->type_name("N|A..B")
    ->group(search_heading)
    ->excludes("--seed");
  auto* shrink =
    simulate
      .add_flag("--shrink", options.shrink,
                "Print the smallest scenario that still fails; with --out, also write it to "
                "smallest.json")
      ->group(search_heading);
  add_seconds(simulate, "--shrink-time", options.shrink_time, "The time limit for --shrink")
    ->group(search_heading)
    ->needs(shrink);
}

void add_sweep_options(CLI::App& simulate, sweep_options& options, bool& swept) {
  auto take = [&options](const std::vector<std::string>& all) {
    for (const auto& x : all) {
      auto field = swept_field::parse(x);
      if (!field)
        throw CLI::ValidationError(
          "--sweep", x + " must be FIELD=VALUE,VALUE..., such as line.latency_ms=10,50,200, with "
                         "different values");
      if (std::any_of(options.fields.begin(), options.fields.end(),
                      [&](const swept_field& y) { return y.name == field->name; }))
        throw CLI::ValidationError("--sweep", field->name + " is there twice");
      options.fields.push_back(std::move(*field));
    }
  };
  auto* sweep =
    simulate
      .add_option_function<std::vector<std::string>>(
        "--sweep", take,
        "Run the scenario with each of these values, and print the median and the range "
        "of each figure; may be given several times. --seeds says with which seeds. "
        "With --out, also write runs.jsonl, sweep.csv and sweep.html; the same call "
        "goes on with a sweep that was stopped")
      ->type_name("FIELD=VALUE,...")
      ->allow_extra_args(false)
      ->group(sweep_heading)
      ->excludes("--shrink");
  constexpr std::size_t most = 256;
  simulate
    .add_option("--jobs", options.jobs,
                "The number of processes, 1 to 256; without it, one for each processor")
    ->type_name("N")
    ->group(sweep_heading)
    ->check(decimal())
    ->check(between(std::size_t{1}, most))
    ->needs(sweep);
  // An option for processes, not for people: the help leaves it out.
  simulate.add_flag("--swept", swept)->group("")->excludes(sweep);
}

void add_compare_options(CLI::App& simulate, compare_options& options) {
  auto take = [&options](const std::vector<std::string>& folders) {
    options.first = folders.at(0);
    options.second = folders.at(1);
  };
  auto* compare = simulate
                    .add_option_function<std::vector<std::string>>(
                      "--compare", take,
                      "Print what differs between two runs, whose --out folders are A and B, and "
                      "the first event that does")
                    ->type_name("A B")
                    ->expected(2)
                    ->group(compare_heading);
  for (const auto* other : {"FILE", "--seed", "--set", "--out", "--seeds", "--shrink", "--sweep",
                            "--shards", "--shard", "--check", "--schema"})
    compare->excludes(other);
  simulate.add_flag("--json", options.json, "Print it as JSON")
    ->group(compare_heading)
    ->needs(compare);
}

void add_certificate_options(CLI::App& simulate, std::optional<certificates>& out) {
  auto add = [&](const char* name, std::string certificates::*member, const char* text) {
    return simulate
      .add_option_function<std::string>(
        name,
        [&out, member](const std::string& file) {
          if (!out)
            out.emplace();
          (*out).*member = file;
        },
        text)
      ->type_name("FILE")
      ->group(certificates_heading);
  };
  auto* certificate = add("--certificate", &certificates::certificate,
                          "The certificate that this process shows to the others, in PEM");
  auto* key = add("--key", &certificates::key, "The key of the certificate, in PEM");
  auto* authorities = add("--authorities", &certificates::authorities,
                          "The authorities that certify the others, in PEM");
  certificate->needs(key)->needs(authorities);
  key->needs(certificate);
  authorities->needs(certificate);
}

CLI::Option* add_endpoint(CLI::App& app, const std::string& name, std::optional<endpoint>& out,
                          const std::string& help) {
  return app
    .add_option_function<endpoint>(
      name, [&out](const endpoint& x) { out = x; }, help)
    ->type_name("HOST:PORT")
    ->group(shards_heading);
}

void add_shard_options(CLI::App& simulate, shard_options& options) {
  constexpr std::size_t most = 64;
  auto* shards = simulate
                   .add_option("--shards", options.count,
                               "Run the scenario in N processes on this host, 1 to 64; the outcome "
                               "is the same")
                   ->type_name("N")
                   ->group(shards_heading)
                   ->check(decimal())
                   ->check(between(std::size_t{1}, most))
                   ->excludes("--seeds")
                   ->excludes("--shrink")
                   ->excludes("--sweep");
  add_endpoint(simulate, "--listen", options.listen,
               "With --shards: start no process; wait at this address for those that are "
               "started by hand")
    ->needs(shards);
  auto* shard = simulate
                  .add_option("--shard", options.index,
                              "Run shard I, counted from 0, of the same file and seed; needs "
                              "--coordinator, and writes no --out")
                  ->type_name("I")
                  ->group(shards_heading)
                  ->check(decimal())
                  ->excludes(shards)
                  ->excludes("--seeds")
                  ->excludes("--shrink")
                  ->excludes("--sweep")
                  ->excludes("--out");
  auto* coordinator = add_endpoint(simulate, "--coordinator", options.coordinator,
                                   "With --shard: the address at which the process with --shards "
                                   "waits")
                        ->needs(shard);
  shard->needs(coordinator);
  add_seconds(simulate, "--silence", options.silence,
              "With --shards: the time after which a shard that says nothing ends the run")
    ->group(shards_heading)
    ->needs(shards);
  // An option for processes, not for people: the help leaves it out.
  simulate.add_flag("--started", options.started)->needs(shard)->group("");
  add_certificate_options(simulate, options.certified);
}

/// The commands that run nothing.
struct inspection {
  bool check = false;
  bool schema = false;
};

void add_file_options(CLI::App& simulate, simulate_options& options, inspection& instead) {
  auto set = [&options](const std::vector<std::string>& all) {
    for (const auto& x : all) {
      auto equals = x.find('=');
      if (equals == x.npos || equals == 0)
        throw CLI::ValidationError("--set", x + " must be FIELD=VALUE, such as line.latency_ms=10");
      options.set.push_back({x.substr(0, equals), x.substr(equals + 1)});
    }
  };
  simulate
    .add_option_function<std::vector<std::string>>(
      "--set", set,
      "Use this value instead of the one in the file, such as line.latency_ms=10, "
      "schedule[0].at_s=5 or variables.NAME=3; may be given several times")
    ->type_name("FIELD=VALUE")
    ->allow_extra_args(false);
  simulate.add_flag("--check", instead.check,
                    "Only read the scenario, and say what it is or what is wrong with it");
  simulate
    .add_flag("--schema", instead.schema,
              "Print the JSON Schema of scenario files, for editors; needs no FILE")
    ->excludes("FILE");
}

/// Refuses options that a run has.
void exclude_runs(CLI::App& simulate) {
  for (const auto* inspection : {"--check", "--schema"})
    for (const auto* other : {"--out", "--seeds", "--shrink", "--sweep", "--shards", "--shard"})
      simulate.get_option(inspection)->excludes(other);
  for (const auto* other : {"--check", "--seed", "--set"})
    simulate.get_option("--schema")->excludes(other);
}

} // namespace

void add_simulate_options(CLI::App& simulate, const simulator_call& call, command& chosen) {
  auto swept = std::make_shared<sweep_options>();
  auto is_swept = std::make_shared<bool>(false);
  auto instead = std::make_shared<inspection>();
  auto shards = std::make_shared<shard_options>();
  auto searched = std::make_shared<search_options>();
  auto compared = std::make_shared<compare_options>();
  auto& options = shards->simulate;
  simulate.add_option("FILE", options.file, "The scenario file, in JSON; - is stdin")
    ->type_name("");
  simulate
    .add_option("--seed", options.seed, "The seed of the run, instead of the one in the file")
    ->type_name("N")
    ->check(decimal())
    ->check(between(std::uint64_t{0}, seed_range::most));
  add_file_options(simulate, options, *instead);
  simulate
    .add_option("--out", options.out,
                "The folder for events.jsonl (every event), summary.json, report.html and, if a "
                "check fails, trace.txt; with --seeds, those of the run that failed")
    ->type_name("FOLDER");
  add_search_options(simulate, *searched);
  add_sweep_options(simulate, *swept, *is_swept);
  add_shard_options(simulate, *shards);
  add_compare_options(simulate, *compared);
  exclude_runs(simulate);
  simulate.callback([=, &chosen] {
    if (!compared->first.empty()) {
      chosen = [=] { return run_compare(*compared); };
      return;
    }
    if (shards->simulate.file.empty() && !instead->schema)
      throw CLI::RequiredError("FILE");
    if (shards->simulate.file == scenario_file::stdin_name && shards->count > 0 && !shards->listen)
      throw CLI::ValidationError("--shards", "needs a FILE that each process can read, not stdin");
    if (shards->simulate.file == scenario_file::stdin_name && !swept->fields.empty())
      throw CLI::ValidationError("--sweep", "needs a FILE that each process can read, not stdin");
    if (shards->certified && !shards->index && shards->count == 0)
      throw CLI::ValidationError("--certificate", "needs --shards or --shard");
    // A simulation takes as much memory as its file wants, in code that cannot go on without it.
    std::set_new_handler(fail_out_of_memory);
    if (instead->schema) {
      chosen = [=] { return run_schema(call.known); };
    } else if (instead->check) {
      chosen = [=] {
        const auto& given = shards->simulate;
        return run_check({given.file, call.known, given.set}, given.seed);
      };
    } else if (shards->index) {
      chosen = [=] { return run_shard(*shards, call); };
    } else if (shards->count > 0) {
      chosen = [=] { return run_shards(*shards, call); };
    } else if (*is_swept) {
      chosen = [=] {
        const auto& given = shards->simulate;
        return run_for_sweep(given.file, given.set, given.seed, call);
      };
    } else if (!swept->fields.empty()) {
      const auto& given = shards->simulate;
      swept->file = given.file;
      swept->set = given.set;
      swept->out = given.out;
      swept->seeds = searched->seeds;
      if (auto seed = given.seed)
        swept->seeds = seed_range{*seed, *seed};
      chosen = [=] { return run_sweep(*swept, call); };
    } else if (searched->seeds || searched->shrink) {
      searched->file = shards->simulate.file;
      searched->out = shards->simulate.out;
      searched->set = shards->simulate.set;
      if (auto seed = shards->simulate.seed)
        searched->seeds = seed_range{*seed, *seed};
      chosen = [=] { return run_search(*searched, call); };
    } else {
      chosen = [=] {
        const auto& [file, seed, out, set] = shards->simulate;
        return run_simulate({file, call.known, set}, seed, out);
      };
    }
  });
}

} // namespace devp2p::tool
