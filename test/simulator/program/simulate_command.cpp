// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/program/simulate_command.hpp"

#include "devp2p/simulator/player.hpp"
#include "devp2p/simulator/program/failure.hpp"
#include "devp2p/simulator/program/progress_bar.hpp"
#include "devp2p/simulator/program/status_line.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iomanip>
#include <sstream>
#include <utility>

namespace devp2p::tool {

namespace {

using clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

/// The virtual time that passes between two looks at the clock.
constexpr caf::timespan slice = 10ms;
constexpr clock::duration progress_interval = 200ms;

/// The progress of a run on one line of stderr, for a person who watches.
class progress {
public:
  /// Returns false if it is not yet time to show it again.
  bool show(const simulator::run& played) {
    auto now = clock::now();
    if (now - last_ < progress_interval)
      return false;
    last_ = now;
    if (line_.is_watched())
      line_.show(describe(played, now));
    return true;
  }

private:
  [[nodiscard]] std::string describe(const simulator::run& played, clock::time_point now) const {
    auto virtual_now = std::chrono::duration<double>(played.now()).count();
    auto length = std::chrono::duration<double>(played.length()).count();
    auto done = length > 0 ? std::min(virtual_now / length, 1.0) : 1.0;
    std::ostringstream out;
    out << progress_bar(done) << ' ' << std::fixed << std::setprecision(1) << virtual_now << " of "
        << length << " virtual s, " << std::chrono::duration<double>(now - begin_).count() << " s";
    return out.str();
  }

  const status_line line_;
  const clock::time_point begin_ = clock::now();
  clock::time_point last_ = begin_;
};

} // namespace

int play(simulator::run& played, simulation_output& out, const stop_watch& stop) {
  std::optional<std::string> wrong;
  {
    progress shown;
    while (!played.done() && !out.should_stop() && !stop.stopped() && !wrong) {
      wrong = played.go_on(slice);
      out.sample(played);
      if (shown.show(played))
        out.flush();
    }
  }
  return wrong ? fail(*wrong) : out.finish(played, stop);
}

std::string title_of(const std::string& file) {
  return std::filesystem::path{file}.filename().string();
}

int run_simulate(const scenario_file& file, std::optional<std::uint64_t> seed,
                 const std::string& out) {
  auto what = file.read(seed);
  if (!what)
    return fail(what.error(), wrong_arguments);
  stop_watch stop;
  simulation_output written{*what, title_of(file.name()), out};
  what->network.timed = !out.empty();
  simulator::player played{std::move(*what), [&](const simulator::event& x) { written.add(x); }};
  return play(played, written, stop);
}

} // namespace devp2p::tool
