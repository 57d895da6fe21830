// SPDX-License-Identifier: BSL-1.0
#include "devp2p/kit/scenario.hpp"

#include "devp2p/kit/json_fields.hpp"
#include "devp2p/net/sim/distribution.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <utility>

namespace devp2p::kit {

namespace {

/// Of a year, nanoseconds still fit.
constexpr double max_seconds = 366.0 * 24 * 3600;
/// What distributions of times take.
constexpr double max_milliseconds = 3'600'000;
constexpr std::size_t max_quantiles = 1000;
constexpr std::size_t max_steps = 100'000;
constexpr std::uint64_t max_bandwidth = 1'000'000'000'000;

caf::timespan seconds(double x) {
  return caf::timespan{std::llround(x * 1e9)};
}

caf::timespan milliseconds(double x) {
  return caf::timespan{std::llround(x * 1e6)};
}

std::size_t node_number(json_fields& in, std::string_view name, std::size_t nodes) {
  return in.whole(name, 0, nodes - 1);
}

expected<topology, std::string> make_topology(json_fields& in, std::uint64_t seed,
                                              const std::string& beside) {
  constexpr auto most = topology::max_nodes;
  auto kind =
    in.word("kind", {"ring", "star", "grid", "random_regular", "scale_free", "edge_list"});
  if (kind == "grid") {
    auto width = in.whole("width", 1, most);
    return grid(width, in.whole("height", 1, most));
  }
  if (kind == "edge_list") {
    auto name = in.text("file");
    std::ifstream file{beside + "/" + name};
    return read_edge_list(file, name);
  }
  auto nodes = in.whole("nodes", 1, most);
  if (kind == "random_regular")
    return random_regular(nodes, in.whole("degree", 0, most), seed);
  if (kind == "scale_free")
    return scale_free(nodes, in.whole("links_per_node", 0, most), seed);
  return kind == "ring" ? ring(nodes) : star(nodes);
}

topology read_topology(json_fields& all, std::uint64_t seed, const std::string& beside) {
  json_fields in{all.get("topology"), "topology"};
  auto out = make_topology(in, seed, beside);
  if (!out)
    all.complain("topology", out.error());
  in.expect_no_more();
  return std::move(*out);
}

net::distribution::quantiles read_jitter(const json_value& from) {
  json_fields in{from, "line.jitter"};
  auto ms = [&](std::string_view name) {
    return milliseconds(in.number(name, 0, max_milliseconds));
  };
  net::distribution::quantiles out;
  auto kind = in.word("kind", {"uniform", "exponential", "log_normal", "quantiles"});
  if (kind == "uniform") {
    auto low = ms("low_ms");
    auto high = ms("high_ms");
    if (low > high)
      in.complain("high_ms", "it must not be less than low_ms");
    out = net::distribution::uniform(low, high);
  } else if (kind == "exponential") {
    out = net::distribution::exponential(ms("mean_ms"));
  } else if (kind == "log_normal") {
    auto median = ms("median_ms");
    auto spread = ms("spread_ms");
    if (spread > median)
      in.complain("spread_ms", "it must not be more than median_ms");
    out = net::distribution::log_normal(median, spread);
  } else {
    for (auto x : in.numbers("ms", 0, max_milliseconds, max_quantiles))
      out.push_back(milliseconds(x));
    if (!std::is_sorted(out.begin(), out.end()))
      in.complain("ms", "they must not descend");
  }
  in.expect_no_more();
  return out;
}

net::line_conditions read_line(const json_value& from) {
  json_fields in{from, "line"};
  net::line_conditions out;
  out.latency = milliseconds(in.number("latency_ms", 0, max_milliseconds, 0));
  if (const auto* jitter = in.find("jitter"))
    out.jitter = read_jitter(*jitter);
  out.bandwidth = in.whole("octets_per_second", 1, max_bandwidth, 0);
  in.expect_no_more();
  return out;
}

any_deed read_deed(json_fields& in, std::size_t nodes) {
  auto node = [&] { return node_number(in, "node", nodes); };
  auto what = in.word(
    "do", {"publish", "crash", "start", "freeze", "thaw", "stall", "resume", "separate", "heal"});
  if (what == "publish")
    return deed::publish{node(), in.whole("size", 0, max_rumour_size, default_rumour_size)};
  if (what == "crash")
    return deed::crash{node()};
  if (what == "start")
    return deed::start{node()};
  if (what == "freeze")
    return deed::freeze{node()};
  if (what == "thaw")
    return deed::thaw{node()};
  if (what == "heal")
    return deed::heal{};
  if (what == "separate") {
    deed::separate out;
    for (auto x : in.numbers("nodes", 0, static_cast<double>(nodes - 1), nodes)) {
      if (x != std::floor(x))
        in.complain("nodes", "they must be whole numbers");
      out.nodes.push_back(static_cast<std::size_t>(x));
    }
    return out;
  }
  auto from = node_number(in, "from", nodes);
  auto to = node_number(in, "to", nodes);
  if (what == "stall")
    return deed::stall{from, to};
  return deed::resume{from, to};
}

std::vector<scenario::step> read_schedule(json_fields& all, std::size_t nodes, double length) {
  const auto* from = all.find("schedule");
  if (!from)
    return {};
  const auto* steps = std::get_if<json_value::list>(&from->content);
  if (!steps || steps->size() > max_steps)
    all.complain("schedule",
                 "a list, […], of at most " + std::to_string(max_steps) + " steps must stand here");
  std::vector<scenario::step> out;
  for (std::size_t i = 0; i < steps->size(); ++i) {
    json_fields in{(*steps)[i], "schedule[" + std::to_string(i) + "]"};
    auto at = seconds(in.number("at_s", 0, length));
    in.get("do");
    out.push_back({at, read_deed(in, nodes)});
    in.expect_no_more();
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const auto& a, const auto& b) { return a.at < b.at; });
  return out;
}

scenario read(const json_value& from, const std::string& beside) {
  json_fields in{from, ""};
  scenario out;
  auto& network = out.network;
  network.seed = in.whole("seed", 0, json_fields::max_whole, network.seed);
  network.links = read_topology(in, network.seed, beside);
  network.cleartext = in.word("crypto", {"rlpx", "none"}) == "none";
  if (const auto* line = in.find("line"))
    network.conditions = read_line(*line);
  network.redial_after = seconds(in.number("redial_after_s", 0.001, max_seconds, 5));
  auto length = in.number("length_s", 0, max_seconds);
  out.length = seconds(length);
  out.schedule = read_schedule(in, network.links.nodes, length);
  in.expect_no_more();
  return out;
}

} // namespace

expected<scenario, std::string> read_scenario(std::string_view text, std::string_view name,
                                              const std::string& beside) {
  auto in_file = [&](const std::string& what) { return std::string{name} + ":" + what; };
  auto document = read_json(text);
  if (!document)
    return in_file(document.error());
  try {
    return read(*document, beside);
  } catch (const json_complaint& why) {
    return in_file(why.what());
  }
}

} // namespace devp2p::kit
