// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/program/sweep_command.hpp"

#include "child_process.hpp"

#include "devp2p/simulator/player.hpp"
#include "devp2p/simulator/program/failure.hpp"
#include "devp2p/simulator/program/page.hpp"
#include "devp2p/simulator/program/progress_bar.hpp"
#include "devp2p/simulator/program/scenario_file.hpp"
#include "devp2p/simulator/program/simulate_command.hpp"
#include "devp2p/simulator/program/simulation_output.hpp"
#include "devp2p/simulator/program/status_line.hpp"
#include "devp2p/simulator/program/stop_watch.hpp"
#include "devp2p/simulator/program/sweep_log.hpp"
#include "devp2p/version.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <list>
#include <set>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>

namespace devp2p::tool {

namespace {

using clock = std::chrono::steady_clock;
using namespace std::chrono_literals;
using json = nlohmann::ordered_json;

/// The time between two looks at each process.
constexpr auto look_interval = 10ms;
/// The number of combinations that are read before any runs, so that mistakes are told at once.
constexpr std::size_t max_tried = 1000;
/// The time limit for a process that has printed its summary.
constexpr auto end_limit = 10min;

/// A process that runs a scenario once.
struct worker {
  worker(const sweep_run& what, const std::vector<std::string>& command)
    : what(what),
      process(command) {}

  sweep_run what;
  child_process process;
};

class sweep {
public:
  sweep(const sweep_options& options, const simulator_call& call)
    : options_(options),
      call_(call),
      file_(options.file, call.known, options.set),
      table_(options.fields) {}

  int run() {
    auto what = file_.read();
    if (!what)
      return fail(what.error(), wrong_arguments);
    const auto own = what->network.seed;
    seeds_ = options_.seeds.value_or(seed_range{own, own});
    if (auto wrong = refuse())
      return fail(*wrong, wrong_arguments);
    std::optional<sweep_log> log;
    if (!options_.out.empty())
      log.emplace(options_.out, head(),
                  [this](const auto& set, auto seed, const json& x) { on_found(set, seed, x); });
    if (!done_.empty())
      note(program_name() + ": " + std::to_string(done_.size()) + " of " +
           std::to_string(all_runs()) + " runs were there already");
    if (auto wrong = play_all(log))
      return fail(*wrong);
    return finish();
  }

private:
  [[nodiscard]] std::uint64_t seeds() const { return seeds_.last - seeds_.first + 1; }
  [[nodiscard]] std::uint64_t all_runs() const { return table_.cells().size() * seeds(); }

  /// Returns what is wrong with the sweep as a whole, before it begins.
  [[nodiscard]] std::optional<std::string> refuse() const {
    if (seeds() > max_sweep_runs || all_runs() > max_sweep_runs)
      return "--sweep: at most " + std::to_string(max_sweep_runs) + " runs are possible, not " +
             std::to_string(table_.cells().size()) + " combinations with " +
             std::to_string(seeds()) + " seeds each";
    for (const auto& field : options_.fields) {
      if (field.name == "seed")
        return std::string{"--sweep: --seeds says with which seeds to run"};
      if (std::any_of(options_.set.begin(), options_.set.end(),
                      [&](const auto& x) { return x.field == field.name; }))
        return "--sweep: " + field.name + " has one value by --set";
    }
    const auto& cells = table_.cells();
    for (std::size_t i = 0; i < std::min(cells.size(), max_tried); ++i) {
      auto set = options_.set;
      set.insert(set.end(), cells[i].set.begin(), cells[i].set.end());
      if (auto read = scenario_file{options_.file, call_.known, set}.read(seeds_.first); !read)
        return read.error();
    }
    return std::nullopt;
  }

  /// The values and the text that all runs have in common.
  [[nodiscard]] json head() const {
    auto set = json::object();
    for (const auto& x : options_.set)
      set[x.field] = x.value;
    struct ::stat program {};
    // Another build of the same program may have other results.
    if (::stat("/proc/self/exe", &program) != 0)
      throw std::system_error{errno, std::generic_category(), "/proc/self/exe"};
    return {{"program", program_name()},
            {"version", DEVP2P_VERSION},
            {"built", {program.st_size, program.st_mtim.tv_sec, program.st_mtim.tv_nsec}},
            {"set", std::move(set)},
            {"scenario", file_.text()}};
  }

  void on_found(const std::vector<simulator::field_value>& set, std::uint64_t seed,
                const json& summary) {
    const auto& cells = table_.cells();
    auto cell = std::find_if(cells.begin(), cells.end(), [&](const sweep_table::cell& x) {
      return std::equal(
        x.set.begin(), x.set.end(), set.begin(), set.end(),
        [](const auto& a, const auto& b) { return a.field == b.field && a.value == b.value; });
    });
    if (cell == cells.end() || seed < seeds_.first || seed > seeds_.last)
      return;
    const sweep_run which{static_cast<std::size_t>(cell - cells.begin()), seed};
    if (done_.insert({which.cell, which.seed}).second)
      table_.add(which, summary);
  }

  /// Returns the next run that is missing, or `nullopt` if all have begun.
  std::optional<sweep_run> next() {
    for (; next_ < all_runs(); ++next_)
      // All combinations have their first seed before any has its second.
      if (sweep_run out{next_ % table_.cells().size(),
                        seeds_.first + next_ / table_.cells().size()};
          !done_.contains({out.cell, out.seed})) {
        ++next_;
        return out;
      }
    return std::nullopt;
  }

  std::optional<std::string> play_all(std::optional<sweep_log>& log) {
    const auto jobs =
      options_.jobs > 0 ? options_.jobs : std::max(1U, std::thread::hardware_concurrency());
    std::list<worker> running;
    for (;;) {
      while (running.size() < jobs) {
        auto what = next();
        if (!what)
          break;
        running.emplace_back(*what, command(*what));
      }
      if (running.empty())
        return std::nullopt;
      show();
      for (auto i = running.begin(); i != running.end();) {
        if (stop_.stopped())
          return "stopped after " + std::to_string(done_.size()) + " of " +
                 std::to_string(all_runs()) + " runs" +
                 (options_.out.empty() ? "" : "; the same call goes on with the rest");
        auto line = i->process.read_line(clock::now() + look_interval);
        if (!line && !i->process.wait(clock::now())) {
          ++i;
          continue;
        }
        if (!line) // It may have printed it just before its end.
          line = i->process.read_line(clock::now());
        if (auto wrong = end(*i, line, log))
          return wrong;
        i = running.erase(i);
      }
    }
  }

  /// Takes the summary of a process that ends. Returns what is wrong with it.
  std::optional<std::string> end(worker& which, const std::optional<std::string>& line,
                                 std::optional<sweep_log>& log) {
    auto summary = line ? json::parse(*line, nullptr, false) : json{};
    const auto& set = table_.cells().at(which.what.cell).set;
    if (auto status = which.process.wait(clock::now() + end_limit);
        status != succeeded || !summary.is_object()) {
      std::string values;
      for (const auto& x : set)
        values += x.field + '=' + x.value + ", ";
      return "the run with " + values + "seed " + std::to_string(which.what.seed) +
             " has failed: its process ended with status " + std::to_string(status.value_or(-1));
    }
    done_.insert({which.what.cell, which.what.seed});
    table_.add(which.what, summary);
    if (log)
      log->add(set, which.what.seed, summary);
    ++ended_;
    return std::nullopt;
  }

  [[nodiscard]] std::vector<std::string> command(const sweep_run& what) const {
    auto out = call_.words;
    out.front() = "/proc/self/exe";
    out.push_back(options_.file);
    auto set = options_.set;
    const auto& values = table_.cells().at(what.cell).set;
    set.insert(set.end(), values.begin(), values.end());
    for (const auto& x : set)
      out.insert(out.end(), {"--set", x.field + '=' + x.value});
    out.insert(out.end(), {"--seed", std::to_string(what.seed), "--swept"});
    return out;
  }

  void show() const {
    const auto seconds = std::chrono::duration<double>(clock::now() - begin_).count();
    const auto left = static_cast<double>(all_runs() - done_.size());
    auto text = progress_bar(static_cast<double>(done_.size()) / static_cast<double>(all_runs())) +
                ' ' + std::to_string(done_.size()) + " of " + std::to_string(all_runs()) + " runs";
    if (ended_ > 0)
      text += ", about " +
              std::to_string(std::llround(seconds / static_cast<double>(ended_) * left)) +
              " s left";
    status_.show(text);
  }

  int finish() {
    status_.show("");
    auto printed = print(table_.text(), stop_);
    if (!options_.out.empty()) {
      write("sweep.csv", table_.csv());
      write("sweep.html", page());
    }
    for (const auto& cell : table_.cells())
      if (!cell.failed.empty()) {
        auto set = options_.set;
        set.insert(set.end(), cell.set.begin(), cell.set.end());
        note(program_name() + ": a check fails: " + call_.text() + ' ' +
             scenario_file{options_.file, call_.known, set}.arguments() + " --seed " +
             std::to_string(cell.failed.front()));
        return printed == succeeded ? check_failed : printed;
      }
    return printed;
  }

  [[nodiscard]] std::string page() const {
    json data{{"title", title_of(file_.name())},
              {"program", program_name()},
              {"version", DEVP2P_VERSION},
              {"seeds", {seeds_.first, seeds_.last}}};
    data.update(table_.to_json());
    return filled(sweep_page(), data);
  }

  void write(const std::string& name, const std::string& what) const {
    output_file out{options_.out + '/' + name};
    out << what;
    out.close();
    out.check();
  }

  const sweep_options& options_;
  const simulator_call& call_;
  stop_watch stop_;
  const scenario_file file_;
  status_line status_;
  const clock::time_point begin_ = clock::now();
  seed_range seeds_;
  sweep_table table_;
  /// The runs that have ended, by their cell and seed.
  std::set<std::pair<std::size_t, std::uint64_t>> done_;
  /// The number of those that have ended here.
  std::size_t ended_ = 0;
  std::uint64_t next_ = 0;
};

} // namespace

int run_sweep(const sweep_options& options, const simulator_call& call) {
  if (count_of_combinations(options.fields) > max_sweep_runs)
    return fail("--sweep: at most " + std::to_string(max_sweep_runs) +
                  " runs are possible, and there are more combinations",
                wrong_arguments);
  return sweep{options, call}.run();
}

int run_for_sweep(const std::string& file, const std::vector<simulator::field_value>& set,
                  std::optional<std::uint64_t> seed, const simulator_call& call) {
  auto what = scenario_file{file, call.known, set}.read(seed);
  if (!what)
    return fail(what.error(), wrong_arguments);
  // A Ctrl-C in the terminal interrupts this process, too: the sweep decides what it means.
  const stop_watch stop;
  simulation_output written{*what, title_of(file), ""};
  simulator::player played{std::move(*what), [&](const simulator::event& x) { written.add(x); }};
  std::optional<std::string> wrong;
  while (!played.done() && !written.should_stop() && !wrong) {
    wrong = played.go_on(10ms);
    written.sample(played);
  }
  return wrong ? fail(*wrong) : print(written.conclude(played).dump() + '\n', stop);
}

} // namespace devp2p::tool
