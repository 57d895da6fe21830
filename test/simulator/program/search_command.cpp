// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/program/search_command.hpp"

#include "devp2p/simulator/judge.hpp"
#include "devp2p/simulator/program/decimal.hpp"
#include "devp2p/simulator/program/failure.hpp"
#include "devp2p/simulator/program/output_file.hpp"
#include "devp2p/simulator/program/scenario_file.hpp"
#include "devp2p/simulator/program/simulate_command.hpp"
#include "devp2p/simulator/program/status_line.hpp"
#include "devp2p/simulator/program/stop_watch.hpp"
#include "devp2p/simulator/shrink.hpp"

#include <algorithm>
#include <utility>

namespace devp2p::tool {

namespace {

using clock = std::chrono::steady_clock;

constexpr std::size_t max_shrink_runs = 2000;

std::string text(std::uint64_t number) {
  return std::to_string(number);
}

/// `1 link`, `2 links`
std::string counted(std::uint64_t number, const std::string& what) {
  return text(number) + ' ' + what + (number == 1 ? "" : "s");
}

/// Returns the first check that has failed, or `nullopt`.
std::optional<simulator::verdict> first_failure(const std::vector<simulator::verdict>& all) {
  auto found = std::find_if(all.begin(), all.end(),
                            [](const simulator::verdict& x) { return !x.complaint.empty(); });
  return found == all.end() ? std::nullopt : std::optional{*found};
}

/// A scenario with its seed, and a check that fails in it.
struct finding {
  simulator::scenario what;
  simulator::verdict failed;
};

class search {
public:
  search(const search_options& options, const simulator_call& call, const scenario_file& file)
    : options_(options),
      call_(call),
      file_(file) {}

  /// The seed with which a check has failed; `nullopt` if none has.
  [[nodiscard]] std::optional<std::uint64_t> seed_found() const { return found_; }

  int run() {
    auto what = file_.read();
    if (!what)
      return fail(what.error(), wrong_arguments);
    if (what->checks.empty())
      return fail(file_.name() + ": the scenario has no checks, so no seed can fail",
                  wrong_arguments);
    const auto own = what->network.seed;
    const auto seeds = options_.seeds.value_or(seed_range{own, own});
    for (auto seed = seeds.first;; ++seed) {
      status_.show("seed " + text(seed) + " of " + text(seeds.first) + " to " + text(seeds.last));
      // Another seed may make too many steps by chance.
      what = file_.read(seed);
      if (!what)
        return fail(what.error(), wrong_arguments);
      auto all = simulator::try_out(*what, [this] { return !stop_.stopped(); });
      if (!all)
        return fail("stopped at seed " + text(seed) + "; no check has failed so far");
      if (auto failed = first_failure(*all))
        return found({std::move(*what), std::move(*failed)});
      if (seed == seeds.last)
        break;
    }
    status_.show("");
    return print("all checks hold with the seeds " + text(seeds.first) + " to " + text(seeds.last) +
                   '\n',
                 stop_);
  }

private:
  int found(finding x) {
    const auto seed = x.what.network.seed;
    found_ = seed;
    status_.show("");
    fail("seed " + text(seed) + ": " + x.failed.complaint);
    auto printed = succeeded;
    if (options_.shrink)
      printed = shrink(std::move(x));
    else if (options_.out.empty())
      printed = print(call_.text() + " " + file_.arguments() + " --seed " + text(seed) +
                        " runs it again; --shrink looks for a smaller scenario\n",
                      stop_);
    return printed == succeeded ? check_failed : printed;
  }

  int shrink(finding x) {
    const auto end = clock::now() + options_.shrink_time;
    auto go_on = [&] { return !stop_.stopped() && clock::now() < end; };
    auto still_fails = [&](const simulator::scenario& smaller) {
      auto all = simulator::try_out(smaller, go_on);
      return all && std::any_of(all->begin(), all->end(), [&](const simulator::verdict& y) {
               return y.what == x.failed.what && !y.complaint.empty();
             });
    };
    x.what.checks = {x.failed.what};
    simulator::shrinker smaller{x.what, still_fails, max_shrink_runs};
    smaller.run([&] {
      status_.show(size_of(smaller.smallest()) + " after " + counted(smaller.runs(), "run"));
      return go_on();
    });
    status_.show("");
    auto out = simulator::write_scenario(smaller.smallest());
    const auto printed = print(out, stop_);
    write(out);
    note(program_name() + ": " + size_of(smaller.smallest()) + " still fail" +
         (smaller.finished() ? "" : "; a smaller scenario may exist"));
    return printed;
  }

  static std::string size_of(const simulator::scenario& x) {
    return counted(x.network.links.nodes, "node") + ", " +
           counted(x.network.links.links.size(), "link") + " and " +
           counted(x.schedule.size(), "step");
  }

  void write(const std::string& what) const {
    if (options_.out.empty())
      return;
    auto name = options_.out + "/smallest.json";
    output_file file{name};
    file << what;
    file.close();
    file.check();
  }

  const search_options& options_;
  const simulator_call& call_;
  stop_watch stop_;
  const scenario_file& file_;
  status_line status_;
  std::optional<std::uint64_t> found_;
};

} // namespace

std::optional<seed_range> seed_range::parse(const std::string& text) {
  auto dots = text.find("..");
  auto first =
    dots == text.npos ? std::optional<std::uint64_t>{1} : parse_decimal(text.substr(0, dots));
  auto last = parse_decimal(dots == text.npos ? text : text.substr(dots + 2));
  if (!first || !last || *first > *last || *last > most)
    return std::nullopt;
  return seed_range{*first, *last};
}

int run_search(const search_options& options, const simulator_call& call) {
  // Find out before the search whether the folder can be written.
  if (!options.out.empty())
    create_folder(options.out);
  // Read once: the file may be a pipe, or change meanwhile.
  const scenario_file file{options.file, call.known, options.set};
  auto [code, seed] = [&] {
    search running{options, call, file};
    auto code = running.run();
    return std::pair{code, running.seed_found()};
  }();
  // Repeat the run that has failed, for the files that every run writes.
  if (seed && !options.shrink && !options.out.empty())
    return run_simulate(file, seed, options.out);
  return code;
}

} // namespace devp2p::tool
