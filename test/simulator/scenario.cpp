// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/scenario.hpp"

#include "devp2p/simulator/disturbance_reader.hpp"
#include "devp2p/simulator/fault_reader.hpp"
#include "devp2p/simulator/json_fields.hpp"
#include "devp2p/simulator/line_reader.hpp"
#include "devp2p/simulator/link_index.hpp"
#include "devp2p/simulator/network_reader.hpp"
#include "devp2p/simulator/scenario_reader.hpp"
#include "devp2p/simulator/scenario_times.hpp"
#include "devp2p/simulator/scenario_values.hpp"
#include "devp2p/simulator/short_fields.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <limits>
#include <optional>
#include <system_error>
#include <utility>
#include <variant>

namespace devp2p::simulator {

namespace {

/// Whether any node offers a protocol of that kind.
bool offers(const scenario& of, const protocol_kind& which) {
  auto is_that = [&](const offered_protocol& x) { return x.kind.get() == &which; };
  return std::any_of(of.protocols.begin(), of.protocols.end(), is_that) ||
         std::any_of(of.byzantine.begin(), of.byzantine.end(),
                     [&](const byzantine_nodes& x) { return is_that(x.what); });
}

expected<topology, std::string> make_topology(json_fields& in, std::uint64_t seed,
                                              const std::string& beside) {
  constexpr auto most = topology::max_nodes;
  auto kind = in.word("kind", {"ring", "star", "complete", "grid", "random_regular", "scale_free",
                               "edge_list", "links"});
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
  if (kind == "complete")
    return complete(nodes);
  return kind == "ring" ? ring(nodes) : star(nodes);
}

topology read_topology(json_fields& all, std::uint64_t seed, const std::string& beside) {
  json_fields in{all, "topology"};
  auto out = make_topology(in, seed, beside);
  if (!out)
    all.complain("topology", out.error());
  in.expect_no_more();
  return std::move(*out);
}

disconnect_reason read_reason(json_fields& in, std::string_view name) {
  std::vector<std::string> texts;
  std::vector<disconnect_reason> reasons;
  for (auto code = 0; code <= static_cast<int>(disconnect_reason::subprotocol_error); ++code) {
    auto reason = static_cast<disconnect_reason>(code);
    if (to_string(reason).starts_with("unknown"))
      continue;
    texts.push_back(to_string(reason));
    reasons.push_back(reason);
  }
  auto text = in.required_word(name, {texts.begin(), texts.end()});
  return reasons[static_cast<std::size_t>(std::find(texts.begin(), texts.end(), text) -
                                          texts.begin())];
}

/// Reads a field of a value into its place.
class field_reader {
public:
  field_reader(json_fields& in, std::string_view name, const scenario& of)
    : in_(in),
      name_(name),
      of_(of) {}

  void operator()(node_number* to) const { *to = in_.node(name_); }
  void operator()(std::vector<node_number>* to) const {
    auto all = in_.nodes(name_);
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

bool has_field(any_record& x, std::string_view name) {
  auto all = x.fields();
  return std::any_of(all.begin(), all.end(), [&](const field& y) { return y.name == name; });
}

any_action read_action(json_fields& in, const model& known, const scenario& of) {
  std::vector<std::string_view> words{fault_names.begin(), fault_names.end()};
  for (const auto& x : known.protocols())
    for (const auto& y : x->actions)
      words.emplace_back(y.blank.name());
  auto what = in.required_word("do", words);
  for (const auto& x : known.protocols())
    for (const auto& y : x->actions) {
      if (y.blank.name() != what)
        continue;
      if (!offers(of, *x))
        in.complain("do", "the nodes do not offer the protocol for that, " + x->name);
      auto out = y.blank;
      if (has_field(out, "nodes"))
        in.keep_together();
      read_fields(in, out, of);
      return out;
    }
  return read_fault(in, what, of.network);
}

/// Returns the memory that a copy of a value takes, in values.
std::size_t weight_of(const json_value& x) {
  std::size_t out = 1;
  if (const auto* text = std::get_if<std::string>(&x.content))
    out += text->size();
  if (const auto* all = std::get_if<json_value::list>(&x.content))
    for (const auto& y : *all)
      out += weight_of(y);
  if (const auto* all = std::get_if<json_value::object>(&x.content))
    for (const auto& y : *all)
      out += weight_of(y.second);
  return out;
}

/// The times of a step that may be repeated.
struct repetition {
  caf::timespan first{0};
  caf::timespan every{0};
  std::size_t times = 1;
};

repetition read_repetition(json_fields& in, double length) {
  constexpr double least = 0.001;
  const auto at = in.number("at_s", 0, length);
  const auto every = in.number("every_s", least, max_seconds, 0);
  const auto until = in.number("until_s", at, length, length);
  const auto times = in.whole("times", 1, max_steps, 0);
  repetition out{seconds(at), seconds(every)};
  for (const auto* name : {"until_s", "times"})
    if (in.find(name) && every == 0)
      in.complain(name, "every_s must stand here, too");
  if (every == 0)
    return out;
  const auto most = static_cast<std::size_t>((seconds(until) - out.first) / out.every) + 1;
  if (times > 0 && in.find("until_s"))
    in.complain("times", "either until_s or times may stand here");
  if (times > most)
    in.complain("times", "the scenario ends after " + std::to_string(most) + " of these");
  out.times = times > 0 ? times : most;
  return out;
}

/// Adds the steps for which one entry of the schedule stands: at each of its times, one for each of
/// its nodes.
void read_steps(json_fields& in, const json_value& from, const model& known, scenario& to,
                double length) {
  const auto times = read_repetition(in, length);
  const auto before = to.schedule.size();
  const auto weight = weight_of(from);
  for (std::size_t i = 0; i < times.times; ++i) {
    in.spread(i);
    do {
      if (to.schedule.size() == max_steps)
        in.complain("do", "a schedule has at most " + std::to_string(max_steps) +
                            " steps, and with these it would have more");
      if (to.schedule.size() > before && !in.reading().nodes.count(weight))
        in.complain("do", "this stands for too many steps of this size");
      to.schedule.push_back(
        {times.first + static_cast<std::int64_t>(i) * times.every, read_action(in, known, to)});
    } while (in.next_of_spread());
  }
  in.expect_no_more();
}

void read_schedule(json_fields& all, const model& known, scenario& to, double length) {
  if (!all.find("schedule"))
    return;
  const auto& steps = all.list("schedule", max_steps);
  for (std::size_t i = 0; i < steps.size(); ++i)
    all.reading().try_to([&] {
      json_fields in{all, "schedule", i};
      read_steps(in, steps[i], known, to, length);
    });
}

std::vector<any_check> read_checks(json_fields& all, const model& known, const scenario& of) {
  constexpr std::size_t max_checks = 100;
  if (!all.find("check"))
    return {};
  std::vector<std::string_view> words;
  for (const auto& x : known.checks())
    words.emplace_back(x.name());
  std::vector<any_check> out;
  const auto count = all.list("check", max_checks).size();
  for (std::size_t i = 0; i < count; ++i)
    all.reading().try_to([&] {
      json_fields in{all, "check", i};
      auto that = in.required_word("that", words);
      out.push_back(*std::find_if(known.checks().begin(), known.checks().end(),
                                  [&](const any_check& y) { return y.name() == that; }));
      read_fields(in, out.back(), of);
      in.expect_no_more();
    });
  return out;
}

std::vector<byzantine_nodes> read_byzantine(json_fields& all, const model& known) {
  constexpr std::size_t max_entries = 1000;
  std::vector<byzantine_nodes> out;
  if (!all.find("byzantine"))
    return out;
  std::vector<std::string_view> words;
  for (const auto& x : known.protocols())
    words.emplace_back(x->name);
  const auto count = all.list("byzantine", max_entries).size();
  for (std::size_t i = 0; i < count; ++i) {
    json_fields in{all, "byzantine", i};
    auto chosen = in.required_word("protocol", words);
    byzantine_nodes next{in.nodes("nodes"), known.offered({chosen}).front()};
    if (next.nodes.empty())
      in.complain("nodes", "there must be at least one node");
    in.expect_no_more();
    out.push_back(std::move(next));
  }
  return out;
}

void read_protocols(json_fields& all, const model& known, scenario& to) {
  std::vector<std::string_view> words;
  for (const auto& x : known.protocols())
    words.emplace_back(x->name);
  auto chosen = all.words("protocols", words);
  if (all.find("protocols")) {
    to.protocols = known.offered({chosen.begin(), chosen.end()});
    if (chosen.empty())
      all.complain("protocols", "there must be at least one of " + enumerate(words));
  } else if (!words.empty()) {
    to.protocols = known.offered({words.front()});
  }
  to.byzantine = read_byzantine(all, known);
  for (const auto& x : known.protocols()) {
    auto settings = x->settings;
    if (settings.fields().empty())
      continue;
    if (all.find(x->name)) {
      json_fields in{all, x->name};
      read_fields(in, settings, to);
      in.expect_no_more();
    }
    for (auto& y : to.protocols)
      if (y.kind == x)
        y.settings = settings;
    for (auto& y : to.byzantine)
      if (y.what.kind == x)
        y.what.settings = settings;
  }
}

/// Reads the groups of nodes, which lists of nodes may name from then on.
void read_groups(json_fields& all) {
  if (!all.find("groups"))
    return;
  auto& nodes = all.reading().nodes;
  json_fields in{all, "groups"};
  for (const auto& name : in.names(node_lists::max_groups)) {
    auto wrong = nodes.add_group(name, in.nodes(name));
    if (!wrong.empty())
      in.complain(name, wrong);
  }
}

/// Reads what is there before anything happens.
void read_network(json_fields& in, simulation_options& to, const std::string& beside) {
  to.seed = in.whole("seed", 0, json_fields::max_whole, to.seed);
  to.links = read_topology(in, to.seed, beside);
  in.reading().nodes = node_lists{to.links.nodes};
  in.reading().nodes.draw_by(to.seed);
  read_groups(in);
  to.cleartext = in.word("crypto", {"rlpx", "none"}) == "none";
  if (in.find("line"))
    in.reading().try_to([&] { to.conditions = read_line(in, "line"); });
  to.redial_after = seconds(in.number("redial_after_s", 0.001, max_seconds, 5));
  read_nats(in, to);
  read_regions(in, to);
}

/// Asks for what has been read before: variables, and the name of a schema, for editors.
void read_notes(json_fields& in) {
  if (in.find("variables")) {
    json_fields all{in, "variables"};
    for (const auto& name : all.names(max_variables))
      all.scalar(name);
  }
  if (in.find("$schema"))
    (void)in.text("$schema");
}

} // namespace

caf::timespan least_latency(const scenario& of) {
  auto out = of.network.conditions.latency;
  for (const auto& [regions, latency] : of.network.places.latencies)
    out = std::min(out, latency);
  for (const auto& x : of.schedule)
    if (const auto* change = std::get_if<action::set_line>(&x.what); change && change->line)
      if (auto latency = change->line->latency)
        out = std::min(out, *latency + change->line->added);
  return out;
}

scenario read_fields(const model& known, const json_value& document, file_reading& how,
                     const std::string& beside, std::optional<std::uint64_t> seed) {
  json_fields in{how, document};
  scenario out;
  auto& network = out.network;
  read_network(in, network, beside);
  // The network is the same with every seed.
  network.seed = seed.value_or(network.seed);
  how.nodes.draw_by(network.seed);
  auto length = in.number("length_s", 0, max_seconds);
  out.length = seconds(length);
  read_protocols(in, known, out);
  read_schedule(in, known, out, length);
  read_disturbances(in, out);
  std::stable_sort(out.schedule.begin(), out.schedule.end(),
                   [](const auto& a, const auto& b) { return a.at < b.at; });
  out.checks = read_checks(in, known, out);
  out.observations = known.observations();
  network.configure = known.configuration();
  read_notes(in);
  in.expect_no_more();
  out.fields = short_fields(document);
  return out;
}

} // namespace devp2p::simulator
