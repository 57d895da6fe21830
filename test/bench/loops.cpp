// SPDX-License-Identifier: BSL-1.0
//
// The case `loops`: how much more a hub with several loops takes from 64 peers than one with one
// loop. The peers are a process of their own, which is stopped while the hub is measured: they fill
// the sockets while the hub is stopped, and then the hub has all processors for itself.
#include "child_process.hpp"
#include "codec.hpp"
#include "load.hpp"
#include "repeat.hpp"

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <memory>
#include <numeric>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace devp2p::bench {

namespace {

constexpr std::size_t payload = 256;

/// The work of a hub.
struct work {
  double seconds = 0;
  double messages = 0;
  /// The processor time of the whole process, and of each loop, in seconds.
  double process = 0;
  std::vector<double> loops;

  void add(const work& more) {
    seconds += more.seconds;
    messages += more.messages;
    process += more.process;
    loops.resize(std::max(loops.size(), more.loops.size()));
    for (std::size_t i = 0; i < more.loops.size(); ++i)
      loops[i] += more.loops[i];
  }

  /// The messages in a second of a loop's processor time.
  [[nodiscard]] double per_busy_second() const {
    return messages / std::accumulate(loops.begin(), loops.end(), 0.0);
  }
};

/// This program again, as a process of its own.
class part {
public:
  explicit part(const std::vector<std::string>& command) : process_(command) {}

  std::string line() {
    if (auto out = process_.read_line(deadline()))
      return *out;
    throw std::runtime_error("another process says nothing");
  }
  void tell(std::string_view what) { process_.write_line(what, deadline()); }
  void wake() { process_.signal(SIGCONT); }
  /// Returns when the process has stopped itself.
  void tell_to_stop(std::string_view what) {
    tell(what);
    static_cast<void>(line());
    if (!process_.wait_for_stop(deadline()))
      throw std::runtime_error("another process does not stop");
  }

private:
  static child_process::clock::time_point deadline() {
    return child_process::clock::now() + std::chrono::seconds{60};
  }

  child_process process_;
};

/// A hub, and its peers.
class scene {
public:
  scene(const options& chosen, std::string_view data, std::size_t loops)
    : hub_({"/proc/self/exe", "--loops-hub", "--loops", std::to_string(loops)}),
      senders_({"/proc/self/exe", "--loops-senders", hub_.line(), "--loops",
                std::to_string(chosen.loops), "--senders", std::to_string(chosen.senders),
                "--senders-data", std::string{data}}) {
    static_cast<void>(senders_.line());
    static_cast<void>(burst());
  }

  /// Lets the hub take what has come for it, again and again, for `seconds` in all.
  work take(double seconds) {
    work out;
    while (out.seconds < seconds)
      out.add(burst());
    return out;
  }

private:
  work burst() {
    hub_.tell_to_stop("rest");
    senders_.wake();
    senders_.tell_to_stop("fill");
    hub_.wake();
    return result();
  }

  work result() {
    work out;
    std::istringstream text{hub_.line()};
    text >> out.seconds >> out.messages >> out.process;
    for (double x = 0; text >> x;)
      out.loops.push_back(x);
    if (out.messages == 0)
      throw std::runtime_error("in vain waited for a message");
    return out;
  }

  part hub_;
  part senders_;
};

/// Returns how many messages so many threads open in a second, at once and in memory.
double opened_by(std::size_t threads, double seconds, std::string_view data) {
  std::vector<double> rates(threads);
  std::vector<std::thread> all;
  for (auto& rate : rates)
    all.emplace_back(
      [&rate, seconds, data] { rate = 1 / codec_alone(seconds, data, payload).open; });
  for (auto& x : all)
    x.join();
  return std::accumulate(rates.begin(), rates.end(), 0.0);
}

figures figures_of(double loops, const work& done, const work& by_one, double limit) {
  auto rate = done.messages / done.seconds;
  auto least = *std::min_element(done.loops.begin(), done.loops.end());
  return {{"messages_per_second", rate},
          {"limit", limit},
          {"limit_ratio", rate / limit},
          {"times_one_loop", rate / (by_one.messages / by_one.seconds)},
          {"capacity_times_one_loop", loops * done.per_busy_second() / by_one.per_busy_second()},
          {"cpu_us_per_message", done.process / done.messages * 1e6},
          {"least_busy_loop", least / done.seconds}};
}

void measure(const options& chosen, report& out, std::string_view data) {
  const std::size_t processors = std::max(std::thread::hardware_concurrency(), 2U);
  std::vector<std::unique_ptr<scene>> scenes;
  std::vector<double> limits;
  std::vector<std::size_t> loops;
  for (std::size_t i = 1; i <= std::min(processors, net::asio_network::max_loops); i *= 2) {
    loops.push_back(i);
    out.announce("loops", {{"loops", i}, {"data", data}});
    scenes.push_back(std::make_unique<scene>(chosen, data, i));
    limits.push_back(opened_by(i, chosen.seconds / 2, data));
  }
  std::vector<std::vector<figures>> found(loops.size());
  static_cast<void>(repeat(chosen, [&](double seconds) -> figures {
    std::vector<work> done;
    for (auto& x : scenes)
      done.push_back(x->take(seconds / 2));
    for (std::size_t i = 0; i < done.size(); ++i)
      found[i].push_back(
        figures_of(static_cast<double>(loops[i]), done[i], done.front(), limits[i]));
    return {};
  }));
  for (std::size_t i = 0; i < loops.size(); ++i) {
    found[i].erase(found[i].begin()); // The warm-up.
    out.add("loops", {{"payload", payload}, {"data", data}, {"loops", loops[i]}}, found[i]);
  }
}

} // namespace

void loops(const options& chosen, report& out) {
  for (auto* data : {"random", "repeat"})
    measure(chosen, out, data);
}

} // namespace devp2p::bench
