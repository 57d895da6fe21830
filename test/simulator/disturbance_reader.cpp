// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/disturbance_reader.hpp"

#include "devp2p/simulator/churn.hpp"
#include "devp2p/simulator/nemesis.hpp"
#include "devp2p/simulator/node_numbers.hpp"
#include "devp2p/simulator/scenario_times.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace devp2p::simulator {

namespace {

/// The maximum number of nemeses of a scenario.
constexpr std::size_t max_nemeses = 10;
/// The added latency in milliseconds, and the loss and the disorder in percent, if the scenario
/// does not say them.
constexpr double usual_delay = 500;
constexpr std::uint64_t usual_loss = 20;
constexpr std::uint64_t usual_disorder = 20;
/// The shift in milliseconds and the drift of clocks, and the largest.
constexpr std::uint64_t usual_shift = 1000;
constexpr std::uint64_t most_shift_of_nemesis = 86'400'000;
constexpr std::uint64_t usual_drift = 100'000;
constexpr std::uint64_t most_drift_of_nemesis = 900'000;

double in_seconds(caf::timespan x) {
  return std::chrono::duration<double>{x}.count();
}

caf::timespan read_mean(json_fields& in, std::string_view name) {
  return seconds(
    in.number(name, in_seconds(random_times::least_mean), in_seconds(random_times::most_mean)));
}

/// Reads the period, which by default is the whole scenario.
void read_period(json_fields& in, const scenario& of, random_times& out) {
  const auto length = in_seconds(of.length);
  auto from = in.number("from_s", 0, length, 0);
  out.from = seconds(from);
  out.to = seconds(in.number("to_s", from, length, length));
}

churn read_churn(json_fields& in, const scenario& of) {
  churn out;
  read_period(in, of, out);
  out.mean_up = read_mean(in, "mean_up_s");
  out.mean_down = read_mean(in, "mean_down_s");
  out.nodes = node_numbers(in, of.network.links.nodes);
  return out;
}

flaky_links read_flaky_links(json_fields& in, const scenario& of) {
  flaky_links out;
  read_period(in, of, out);
  out.mean_between = read_mean(in, "mean_between_s");
  out.links = of.network.links.links;
  return out;
}

std::vector<nemesis_fault> read_faults(json_fields& in) {
  const auto& names = nemesis_fault_names;
  std::vector<nemesis_fault> out;
  auto chosen = in.words("faults", {names.begin(), names.end()});
  if (!in.find("faults"))
    chosen.assign(names.begin(), names.begin() + usual_nemesis_faults);
  if (chosen.empty())
    in.complain("faults",
                "there must be at least one of " + enumerate({names.begin(), names.end()}));
  for (const auto& x : chosen)
    out.push_back(
      static_cast<nemesis_fault>(std::find(names.begin(), names.end(), x) - names.begin()));
  return out;
}

nemesis read_nemesis(json_fields& in, const scenario& of) {
  nemesis out;
  read_period(in, of, out);
  out.faults = read_faults(in);
  out.mean_between = read_mean(in, "mean_between_s");
  out.mean_length = read_mean(in, "mean_length_s");
  out.nodes = node_numbers(in, of.network.links.nodes);
  if (out.nodes.empty())
    in.complain("nodes", "there must be at least one node");
  std::sort(out.nodes.begin(), out.nodes.end());
  out.nodes.erase(std::unique(out.nodes.begin(), out.nodes.end()), out.nodes.end());
  out.slow.added = milliseconds(in.number("slow_ms", 1, max_milliseconds, usual_delay));
  out.lossy.loss = static_cast<unsigned>(in.whole("loss_percent", 1, 99, usual_loss));
  out.disorder = static_cast<unsigned>(in.whole("disorder_percent", 1, 100, usual_disorder));
  out.shift = milliseconds(in.number("shift_ms", 0, most_shift_of_nemesis, usual_shift));
  out.drift_ppm =
    static_cast<std::int64_t>(in.whole("drift_ppm", 0, most_drift_of_nemesis, usual_drift));
  out.busy_pace = in.number("messages_per_second", 0.001, 1'000'000, out.busy_pace);
  return out;
}

/// Adds the steps. `what` is the field of `all` that they come from.
void add(json_fields& all, std::string_view what, scenario& to,
         const std::optional<std::vector<scenario::step>>& steps) {
  if (!steps)
    all.complain(what, "a schedule has at most " + std::to_string(max_steps) +
                         " steps, and with these it would have more");
  to.schedule.insert(to.schedule.end(), steps->begin(), steps->end());
}

std::size_t rest_of(const scenario& x) {
  return max_steps - x.schedule.size();
}

/// Reads one nemesis, or a list of them.
void read_nemeses(json_fields& all, scenario& to) {
  if (!all.find("nemesis"))
    return;
  const auto count = all.one_or_more("nemesis", max_nemeses);
  for (std::size_t i = 0; i < count; ++i) {
    json_fields in{all, "nemesis", i};
    const auto what = read_nemesis(in, to);
    in.expect_no_more();
    add(all, "nemesis", to, steps_of(what, to.network.links, to.network.seed, i, rest_of(to)));
  }
}

void read_churn_steps(json_fields& all, scenario& to) {
  if (!all.find("churn"))
    return;
  json_fields in{all, "churn"};
  const auto what = read_churn(in, to);
  in.expect_no_more();
  add(all, "churn", to, steps_of(what, to.network.seed, rest_of(to)));
}

void read_cuts(json_fields& all, scenario& to) {
  if (!all.find("flaky_links"))
    return;
  json_fields in{all, "flaky_links"};
  const auto what = read_flaky_links(in, to);
  in.expect_no_more();
  add(all, "flaky_links", to, steps_of(what, to.network.seed, rest_of(to)));
}

} // namespace

void read_disturbances(json_fields& all, scenario& to) {
  auto& how = all.reading();
  how.try_to([&] { read_churn_steps(all, to); });
  how.try_to([&] { read_cuts(all, to); });
  how.try_to([&] { read_nemeses(all, to); });
}

} // namespace devp2p::simulator
