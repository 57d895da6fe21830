// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/scenario.hpp"

#include "devp2p/simulator/disturbance_reader.hpp"
#include "devp2p/simulator/fault_reader.hpp"
#include "devp2p/simulator/json_fields.hpp"
#include "devp2p/simulator/line_reader.hpp"
#include "devp2p/simulator/link_index.hpp"
#include "devp2p/simulator/network_reader.hpp"
#include "devp2p/simulator/scenario_times.hpp"
#include "devp2p/simulator/short_fields.hpp"
#include "devp2p/simulator/standard_model.hpp"

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
  json_fields in{all.get("topology"), "topology"};
  auto out = make_topology(in, seed, beside);
  if (!out)
    all.complain("topology", out.error());
  in.expect_no_more();
  return std::move(*out);
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

  void operator()(node_number* to) const { *to = in_.whole(name_, 0, nodes() - 1); }
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

any_action read_action(json_fields& in, const model& known, const scenario& of) {
  std::vector<std::string_view> words{fault_names.begin(), fault_names.end()};
  for (const auto& x : known.protocols())
    for (const auto& y : x->actions)
      words.emplace_back(y.blank.name());
  auto what = in.word("do", words);
  for (const auto& x : known.protocols())
    for (const auto& y : x->actions) {
      if (y.blank.name() != what)
        continue;
      if (!offers(of, *x))
        in.complain("do", "the nodes do not offer the protocol for that, " + x->name);
      auto out = y.blank;
      read_fields(in, out, of);
      return out;
    }
  return read_fault(in, what, of.network);
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

std::vector<byzantine_nodes> read_byzantine(json_fields& all, const model& known,
                                            const scenario& of) {
  constexpr std::size_t max_entries = 1000;
  std::vector<byzantine_nodes> out;
  if (!all.find("byzantine"))
    return out;
  std::vector<std::string_view> words;
  for (const auto& x : known.protocols())
    words.emplace_back(x->name);
  const auto nodes = of.network.links.nodes;
  for (const auto& x : all.list("byzantine", max_entries)) {
    json_fields in{x, "byzantine[" + std::to_string(out.size()) + "]"};
    in.get("protocol");
    auto chosen = in.word("protocol", words);
    byzantine_nodes next{in.wholes("nodes", nodes, nodes), known.offered({chosen}).front()};
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
  if (all.find("protocols")) {
    auto chosen = all.words("protocols", words);
    to.protocols = known.offered({chosen.begin(), chosen.end()});
    if (chosen.empty())
      all.complain("protocols", "there must be at least one of " + enumerate(words));
  } else if (!words.empty()) {
    to.protocols = known.offered({words.front()});
  }
  to.byzantine = read_byzantine(all, known, to);
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
    for (auto& y : to.byzantine)
      if (y.what.kind == x)
        y.what.settings = settings;
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
    network.conditions = read_line(*line, "line");
  network.redial_after = seconds(in.number("redial_after_s", 0.001, max_seconds, 5));
  read_nats(in, network);
  read_regions(in, network);
  auto length = in.number("length_s", 0, max_seconds);
  out.length = seconds(length);
  read_protocols(in, known, out);
  read_schedule(in, known, out, length);
  read_disturbances(in, out);
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
