// SPDX-License-Identifier: BSL-1.0
#include "simulate_command.hpp"

#include "failure.hpp"
#include "report/report.hpp"
#include "stop_signals.hpp"

#include "devp2p/kit/json_document.hpp"
#include "devp2p/kit/player.hpp"

#include <nlohmann/json.hpp>

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <map>
#include <optional>
#include <sstream>
#include <thread>
#include <vector>

namespace devp2p::tool {

namespace {

using json = nlohmann::ordered_json;
using clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

/// In which the world goes on between two looks at the clock.
constexpr caf::timespan slice = 10ms;
constexpr clock::duration progress_interval = 200ms;

/// Nothing if it cannot be read.
std::optional<std::string> read_file(const std::string& name) {
  std::ifstream in{name, std::ios::binary};
  // One octet more than there may be: the reader says so.
  std::string out(kit::max_json_size + 1, '\0');
  in.read(out.data(), static_cast<std::streamsize>(out.size()));
  if (!in.is_open() || in.bad())
    return std::nullopt;
  out.resize(static_cast<std::size_t>(in.gcount()));
  return out;
}

/// Adds up what happens.
class summary {
public:
  void add(const kit::happening& x) {
    ++counts_[to_string(x.what)];
    if (x.reason)
      ++reasons_[to_string(*x.reason) + (x.remote_requested ? " (remote)" : " (self)")];
    if (x.what == kit::happening_kind::heard)
      heard_[std::stoull(x.detail)].push_back(x.when);
  }

  /// `partial`: it was ended before its time.
  [[nodiscard]] json write(kit::player& run, std::uint64_t seed, bool partial) const {
    auto& network = run.network();
    std::ostringstream hash;
    hash << std::hex << std::setfill('0') << std::setw(16) << network.hash();
    json out{{"seed", seed},
             {"nodes", network.size()},
             {"virtual_seconds", seconds(network.now())},
             {"partial", partial},
             {"linked_at_end", network.linked()},
             {"hash", hash.str()},
             {"messages", messages(network)},
             {"octets", octets(network)},
             {"happenings", counts_},
             {"ends", reasons_},
             {"rumours", json::array()}};
    for (const auto& [rumour, times] : heard_)
      out["rumours"].push_back(spread(rumour, times, network.size()));
    return out;
  }

private:
  static double seconds(caf::timespan x) { return std::chrono::duration<double>(x).count(); }

  static json messages(const kit::simulation& network) {
    auto traffic = network.traffic();
    return {{"sent", traffic.sent},
            {"handled", traffic.handled},
            {"handled_per_second", a_second(traffic.handled, network)},
            {"payload_octets", traffic.payload}};
  }

  static json octets(const kit::simulation& network) {
    auto all = network.traffic().octets;
    return {{"carried", all}, {"carried_per_second", a_second(all, network)}};
  }

  static double a_second(std::uint64_t what, const kit::simulation& network) {
    return network.now().count() > 0 ? static_cast<double>(what) / seconds(network.now()) : 0;
  }

  /// How long it took until so many of the nodes had heard it; null if they have not.
  static json spread(std::uint64_t rumour, const std::vector<caf::timespan>& times,
                     std::size_t nodes) {
    json out{{"rumour", rumour}, {"heard_by", times.size()}};
    for (std::size_t percent : {50, 90, 100}) {
      auto wanted = (nodes * percent + 99) / 100;
      auto& place = out["seconds_to_" + std::to_string(percent)];
      if (wanted <= times.size())
        place = seconds(times[wanted - 1] - times.front());
    }
    return out;
  }

  std::map<std::string, std::size_t> counts_;
  std::map<std::string, std::size_t> reasons_;
  /// In the order of time.
  std::map<std::uint64_t, std::vector<caf::timespan>> heard_;
};

/// One line of stderr, for a person who watches.
class progress {
public:
  /// False if it is not yet time again.
  bool show(kit::player& run) {
    auto now = clock::now();
    if (now - last_ < progress_interval)
      return false;
    last_ = now;
    if (watched_)
      print(run, now);
    return true;
  }

  ~progress() {
    if (watched_)
      std::cerr << "\r\033[K" << std::flush;
  }

private:
  void print(kit::player& run, clock::time_point now) const {
    auto virtual_now = std::chrono::duration<double>(run.network().now()).count();
    auto length = std::chrono::duration<double>(run.length()).count();
    auto done = length > 0 ? std::min(virtual_now / length, 1.0) : 1.0;
    constexpr auto width = 24;
    auto full = static_cast<std::size_t>(done * width);
    std::cerr << "\r[" << std::string(full, '#') << std::string(width - full, ' ') << "] "
              << std::fixed << std::setprecision(1) << virtual_now << " of " << length
              << " virtual s, " << std::chrono::duration<double>(now - begin_).count() << " s "
              << std::flush;
  }

  const bool watched_ = ::isatty(STDERR_FILENO) == 1;
  const clock::time_point begin_ = clock::now();
  clock::time_point last_ = begin_;
};

/// Says whether a signal has come, without waiting for it.
class stop_watch {
public:
  stop_watch()
    : waiting_([this] {
        if (signals_.wait())
          stopped_ = true;
      }) {}
  stop_watch(const stop_watch&) = delete;
  stop_watch& operator=(const stop_watch&) = delete;
  ~stop_watch() {
    signals_.finish();
    waiting_.join();
  }

  [[nodiscard]] bool stopped() const { return stopped_; }

private:
  stop_signals signals_;
  std::atomic<bool> stopped_ = false;
  std::thread waiting_;
};

/// Where happenings are written, if they are wanted.
class event_file {
public:
  explicit event_file(const std::string& folder) {
    if (folder.empty())
      return;
    std::filesystem::create_directories(folder);
    name_ = folder + "/events.jsonl";
    file_.open(name_, std::ios::binary);
    check();
  }

  void add(const kit::happening& x) {
    if (!name_.empty())
      file_ << to_json(x) << '\n';
  }

  /// Lets others see what there is so far.
  void flush() { file_.flush(); }

  /// Throws if anything could not be written.
  void close() {
    if (name_.empty())
      return;
    file_.close();
    check();
  }

private:
  void check() const {
    if (!file_)
      throw std::runtime_error{name_ + ": cannot be written"};
  }

  std::string name_;
  std::ofstream file_;
};

void write_summary(const std::string& folder, const json& sum) {
  if (folder.empty())
    return;
  auto name = folder + "/summary.json";
  std::ofstream out{name, std::ios::binary};
  out << sum.dump(2) << '\n';
  out.close();
  if (!out)
    throw std::runtime_error{name + ": cannot be written"};
}

int play(kit::scenario what, const std::string& name, const std::string& folder) {
  stop_watch stop;
  event_file events{folder};
  summary sum;
  auto seed = what.network.seed;
  std::optional<report> picture;
  if (!folder.empty())
    picture.emplace(what, name);
  what.network.timed = picture.has_value();
  kit::player run{std::move(what), [&](const kit::happening& x) {
                    events.add(x);
                    sum.add(x);
                    if (picture)
                      picture->add(x);
                  }};
  {
    progress shown;
    while (!run.done() && !stop.stopped()) {
      run.run_for(slice);
      if (picture)
        picture->sample(run.network());
      if (shown.show(run))
        events.flush();
    }
  }
  events.close();
  auto result = sum.write(run, seed, !run.done());
  write_summary(folder, result);
  if (picture)
    write_report(folder, picture->page(run.network(), result));
  std::cout << result.dump(2) << std::endl;
  return succeeded;
}

} // namespace

int run_simulate(const simulate_options& options) {
  auto text = read_file(options.file);
  if (!text)
    return fail(options.file + ": cannot be read", wrong_arguments);
  auto beside = std::filesystem::path{options.file}.parent_path().string();
  auto what = kit::read_scenario(*text, options.file, beside.empty() ? "." : beside);
  if (!what)
    return fail(what.error(), wrong_arguments);
  if (options.seed)
    what->network.seed = *options.seed;
  return play(std::move(*what), std::filesystem::path{options.file}.filename().string(),
              options.out);
}

} // namespace devp2p::tool
