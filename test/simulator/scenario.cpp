// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/scenario.hpp"

#include "devp2p/net/sim/distribution.hpp"
#include "devp2p/simulator/churn.hpp"
#include "devp2p/simulator/json_fields.hpp"
#include "devp2p/simulator/link_index.hpp"
#include "devp2p/simulator/short_fields.hpp"
#include "devp2p/simulator/standard_model.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <numeric>
#include <optional>
#include <system_error>
#include <utility>

namespace devp2p::simulator {

namespace {

/// The longest time in a scenario, in seconds: one year, whose nanoseconds fit into a
/// `caf::timespan`.
constexpr double max_seconds = 366.0 * 24 * 3600;
/// The largest parameter of a distribution of times, in milliseconds.
constexpr double max_milliseconds = 3'600'000;
/// The largest quantile, in milliseconds.
constexpr double max_quantile = 12 * max_milliseconds;
constexpr std::size_t max_quantiles = 1000;
constexpr std::uint64_t max_bandwidth = 1'000'000'000'000;

caf::timespan seconds(double x) {
  return caf::timespan{std::llround(x * 1e9)};
}

caf::timespan milliseconds(double x) {
  return caf::timespan{std::llround(x * 1e6)};
}

/// Whether a protocol of that kind is among those.
bool offers(const std::vector<offered_protocol>& all, const protocol_kind& which) {
  return std::any_of(all.begin(), all.end(),
                     [&](const offered_protocol& x) { return x.kind.get() == &which; });
}

std::size_t node_number_in(json_fields& in, std::string_view name, std::size_t nodes) {
  return in.whole(name, 0, nodes - 1);
}

expected<topology, std::string> make_topology(json_fields& in, std::uint64_t seed,
                                              const std::string& beside) {
  constexpr auto most = topology::max_nodes;
  auto kind =
    in.word("kind", {"ring", "star", "grid", "random_regular", "scale_free", "edge_list", "links"});
  if (kind == "grid") {
    auto width = in.whole("width", 1, most);
    return grid(width, in.whole("height", 1, most));
  }
  if (kind == "edge_list") {
    auto name = in.text("file");
    // The operating system would read the name only up to that byte.
    if (name.find('\0') != name.npos)
      in.complain("file", "no file has such a name: a byte of it is 0");
    std::ifstream file{std::filesystem::path{beside} / name};
    if (!file)
      return name + ": cannot be read: " + std::generic_category().message(errno);
    return read_edge_list(file, name);
  }
  auto nodes = in.whole("nodes", 1, most);
  if (kind == "links")
    return from_links(nodes, in.pairs("links", nodes, topology::max_links));
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
    for (auto x : in.numbers("ms", 0, max_quantile, max_quantiles))
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
  out.bandwidth = in.whole("bytes_per_second", 1, max_bandwidth, 0);
  in.expect_no_more();
  return out;
}

/// Reads the field `nodes`, without which all nodes are meant.
std::vector<std::size_t> read_nodes(json_fields& in, std::size_t nodes) {
  if (in.find("nodes"))
    return in.wholes("nodes", nodes, nodes);
  std::vector<std::size_t> out(nodes);
  std::iota(out.begin(), out.end(), std::size_t{0});
  return out;
}

net::nat_kind read_nat_kind(json_fields& in) {
  in.get("kind");
  auto name = in.word("kind", {"fullcone", "addrcone", "cone", "portrange", "symmetric"});
  auto found = std::find(net::nat_kind_names.begin(), net::nat_kind_names.end(), name);
  return static_cast<net::nat_kind>(found - net::nat_kind_names.begin());
}

void read_nats(json_fields& all, simulation_options& to) {
  if (!all.find("nats"))
    return;
  const auto nodes = to.links.nodes;
  std::size_t i = 0;
  for (const auto& x : all.list("nats", nodes)) {
    json_fields in{x, "nats[" + std::to_string(i++) + "]"};
    auto kind = read_nat_kind(in);
    for (auto node : read_nodes(in, nodes))
      if (!to.nats.emplace(node, kind).second)
        in.complain("nodes", "node " + std::to_string(node) + " is behind a NAT already");
    in.expect_no_more();
  }
}

disconnect_reason read_reason(json_fields& in, std::string_view name) {
  auto text = in.text(name);
  std::string known;
  for (auto code = 0; code <= static_cast<int>(disconnect_reason::subprotocol_error); ++code) {
    auto reason = static_cast<disconnect_reason>(code);
    if (to_string(reason) == text)
      return reason;
    if (!to_string(reason).starts_with("unknown"))
      known += (known.empty() ? "" : ", ") + to_string(reason);
  }
  in.complain(name, "\"" + text + "\" is none of " + known);
}

/// Reads a field of a value into its place.
class field_reader {
public:
  field_reader(json_fields& in, std::string_view name, const scenario& of)
    : in_(in),
      name_(name),
      of_(of) {}

  void operator()(node_number* to) const { *to = node_number_in(in_, name_, nodes()); }
  void operator()(std::vector<node_number>* to) const {
    auto all = in_.wholes(name_, nodes(), nodes());
    to->assign(all.begin(), all.end());
  }
  void operator()(const field::number& to) const {
    *to.value = in_.whole(name_, to.least, to.most, to.otherwise);
  }
  void operator()(double* to) const {
    constexpr auto most = std::numeric_limits<double>::max();
    *to = in_.number(name_, -most, most);
  }
  void operator()(bool* to) const { *to = in_.flag(name_); }
  void operator()(std::string* to) const { *to = in_.text(name_); }
  void operator()(caf::timespan* to) const {
    *to = seconds(in_.number(name_, 0, std::chrono::duration<double>{of_.length}.count()));
  }
  void operator()(disconnect_reason* to) const { *to = read_reason(in_, name_); }
  void operator()(const field::choice& to) const {
    auto word = in_.word(name_, to.words);
    auto found = std::find(to.words.begin(), to.words.end(), word);
    to.choose(static_cast<std::size_t>(found - to.words.begin()));
  }

private:
  [[nodiscard]] std::size_t nodes() const { return of_.network.links.nodes; }

  json_fields& in_;
  std::string_view name_;
  const scenario& of_;
};

/// Reads the fields of `to`, which is there with its defaults.
void read_fields(json_fields& in, any_record& to, const scenario& of) {
  for (const auto& x : to.fields())
    std::visit(field_reader{in, x.name, of}, x.place);
  if (auto why = to.refuse(of.network))
    in.complain(why->field, why->why);
}

/// The words for the faults.
constexpr std::array<std::string_view, 10> faults = {
  action::crash::name, action::start::name,      action::freeze::name,   action::thaw::name,
  action::stall::name, action::resume::name,     action::separate::name, action::heal::name,
  action::cut::name,   action::restart_nat::name};

any_action read_fault(json_fields& in, const std::string& what, const simulation_options& network) {
  const auto& graph = network.links;
  auto node = [&] { return node_number_in(in, "node", graph.nodes); };
  if (what == "crash")
    return action::crash{node()};
  if (what == "start")
    return action::start{node()};
  if (what == "freeze")
    return action::freeze{node()};
  if (what == "thaw")
    return action::thaw{node()};
  if (what == "heal")
    return action::heal{};
  if (what == "separate")
    return action::separate{in.wholes("nodes", graph.nodes, graph.nodes)};
  if (what == "restart_nat") {
    action::restart_nat out{node()};
    if (!network.nats.contains(static_cast<std::uint32_t>(out.node)))
      in.complain("node", "it is behind no NAT");
    return out;
  }
  auto from = node_number_in(in, "from", graph.nodes);
  auto to = node_number_in(in, "to", graph.nodes);
  if (what == "stall")
    return action::stall{from, to};
  if (what == "resume")
    return action::resume{from, to};
  if (auto why = refuse_unlinked(graph, from, to))
    in.complain(why->field, why->why);
  return action::cut{from, to};
}

any_action read_action(json_fields& in, const model& known, const scenario& of) {
  std::vector<std::string_view> words{faults.begin(), faults.end()};
  for (const auto& x : known.protocols())
    for (const auto& y : x->actions)
      words.emplace_back(y.blank.name());
  auto what = in.word("do", words);
  for (const auto& x : known.protocols())
    for (const auto& y : x->actions) {
      if (y.blank.name() != what)
        continue;
      if (!offers(of.protocols, *x))
        in.complain("do", "the nodes do not offer the protocol for that, " + x->name);
      auto out = y.blank;
      read_fields(in, out, of);
      return out;
    }
  return read_fault(in, what, of.network);
}

caf::timespan read_mean(json_fields& in, std::string_view name) {
  using in_seconds = std::chrono::duration<double>;
  return seconds(in.number(name, in_seconds{random_times::least_mean}.count(),
                           in_seconds{random_times::most_mean}.count()));
}

/// Reads the random events `name`, if there are any, and adds their steps to the schedule. They
/// last, by default, for the whole scenario; `read_rest` reads what else there is.
template <class T>
void read_random(json_fields& all, std::string_view name, scenario& to, double length,
                 void (*read_rest)(json_fields& in, const scenario& of, T& out)) {
  const auto* found = all.find(name);
  if (!found)
    return;
  json_fields in{*found, std::string{name}};
  T what;
  auto from = in.number("from_s", 0, length, 0);
  what.from = seconds(from);
  what.to = seconds(in.number("to_s", from, length, length));
  read_rest(in, to, what);
  in.expect_no_more();
  auto steps = steps_of(what, to.network.seed, max_steps - to.schedule.size());
  if (!steps)
    all.complain(name, "a schedule has at most " + std::to_string(max_steps) +
                         " steps, and with these it would have more");
  to.schedule.insert(to.schedule.end(), steps->begin(), steps->end());
}

void read_churn(json_fields& in, const scenario& of, churn& out) {
  out.mean_up = read_mean(in, "mean_up_s");
  out.mean_down = read_mean(in, "mean_down_s");
  out.nodes = read_nodes(in, of.network.links.nodes);
}

void read_flaky_links(json_fields& in, const scenario& of, flaky_links& out) {
  out.mean_between = read_mean(in, "mean_between_s");
  out.links = of.network.links.links;
}

void read_schedule(json_fields& all, const model& known, scenario& to, double length) {
  const auto* from = all.find("schedule");
  if (!from)
    return;
  const auto* steps = std::get_if<json_value::list>(&from->content);
  if (!steps || steps->size() > max_steps)
    all.complain("schedule", "a list, [...], of at most " + std::to_string(max_steps) +
                               " steps must stand here");
  for (std::size_t i = 0; i < steps->size(); ++i) {
    json_fields in{(*steps)[i], "schedule[" + std::to_string(i) + "]"};
    auto at = seconds(in.number("at_s", 0, length));
    in.get("do");
    to.schedule.push_back({at, read_action(in, known, to)});
    in.expect_no_more();
  }
}

std::vector<any_check> read_checks(json_fields& all, const model& known, const scenario& of) {
  constexpr std::size_t max_checks = 100;
  if (!all.find("check"))
    return {};
  std::vector<std::string_view> words;
  for (const auto& x : known.checks())
    words.emplace_back(x.name());
  std::vector<any_check> out;
  for (const auto& x : all.list("check", max_checks)) {
    json_fields in{x, "check[" + std::to_string(out.size()) + "]"};
    in.get("that");
    auto that = in.word("that", words);
    out.push_back(*std::find_if(known.checks().begin(), known.checks().end(),
                                [&](const any_check& y) { return y.name() == that; }));
    read_fields(in, out.back(), of);
    in.expect_no_more();
  }
  return out;
}

void read_protocols(json_fields& all, const model& known, scenario& to) {
  std::vector<std::string_view> words;
  for (const auto& x : known.protocols())
    words.emplace_back(x->name);
  if (all.find("protocols")) {
    auto chosen = all.words("protocols", words);
    to.protocols = known.offered({chosen.begin(), chosen.end()});
    if (chosen.empty())
      all.complain("protocols", "there must be at least one of " + enumerate(words));
  } else if (!words.empty()) {
    to.protocols = known.offered({words.front()});
  }
  for (const auto& x : known.protocols()) {
    auto settings = x->settings;
    if (settings.fields().empty())
      continue;
    if (const auto* from = all.find(x->name)) {
      json_fields in{*from, x->name};
      read_fields(in, settings, to);
      in.expect_no_more();
    }
    for (auto& y : to.protocols)
      if (y.kind == x)
        y.settings = settings;
  }
}

scenario read(const model& known, const json_value& from, const std::string& beside,
              std::optional<std::uint64_t> seed) {
  json_fields in{from, ""};
  scenario out;
  auto& network = out.network;
  network.seed = in.whole("seed", 0, json_fields::max_whole, network.seed);
  network.links = read_topology(in, network.seed, beside);
  network.seed = seed.value_or(network.seed);
  network.cleartext = in.word("crypto", {"rlpx", "none"}) == "none";
  if (const auto* line = in.find("line"))
    network.conditions = read_line(*line);
  network.redial_after = seconds(in.number("redial_after_s", 0.001, max_seconds, 5));
  read_nats(in, network);
  auto length = in.number("length_s", 0, max_seconds);
  out.length = seconds(length);
  read_protocols(in, known, out);
  read_schedule(in, known, out, length);
  read_random(in, "churn", out, length, read_churn);
  read_random(in, "flaky_links", out, length, read_flaky_links);
  std::stable_sort(out.schedule.begin(), out.schedule.end(),
                   [](const auto& a, const auto& b) { return a.at < b.at; });
  out.checks = read_checks(in, known, out);
  in.expect_no_more();
  out.fields = short_fields(from);
  return out;
}

/// Escapes control characters. Names in the file may hold any, but an error is one line and must
/// not control a terminal.
std::string one_line(std::string_view what) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (unsigned char c : what)
    if (c < ' ' || c == 0x7f)
      out += {'\\', 'x', digits[c >> 4], digits[c & 0xf]};
    else
      out += static_cast<char>(c);
  return out;
}

} // namespace

expected<scenario, std::string> read_scenario(const model& known, std::string_view text,
                                              std::string_view name, const std::string& beside,
                                              std::optional<std::uint64_t> seed) {
  auto in_file = [&](const std::string& what) { return std::string{name} + ":" + one_line(what); };
  auto document = read_json(text);
  if (!document)
    return in_file(document.error());
  try {
    return read(known, *document, beside, seed);
  } catch (const json_complaint& why) {
    return in_file(why.what());
  }
}

expected<scenario, std::string> read_scenario(std::string_view text, std::string_view name,
                                              const std::string& beside,
                                              std::optional<std::uint64_t> seed) {
  return read_scenario(standard_model(), text, name, beside, seed);
}

} // namespace devp2p::simulator
