// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/scenario.hpp"

#include <nlohmann/json.hpp>

#include <concepts>
#include <type_traits>

namespace devp2p::simulator {

namespace {

using json = nlohmann::ordered_json;

/// Returns the time in a unit, as a whole number if it is one, which is easier to read.
json in_units(caf::timespan x, std::int64_t nanoseconds) {
  if (x.count() % nanoseconds == 0)
    return x.count() / nanoseconds;
  return static_cast<double>(x.count()) / static_cast<double>(nanoseconds);
}

json seconds(caf::timespan x) {
  return in_units(x, 1'000'000'000);
}

json milliseconds(caf::timespan x) {
  return in_units(x, 1'000'000);
}

/// Escapes a text that would name a variable.
std::string escaped(const std::string& x) {
  return x.starts_with('$') ? '$' + x : x;
}

/// Writes the value of a field.
struct field_writer {
  json operator()(const node_number* x) const { return x->value; }
  json operator()(const std::vector<node_number>* all) const {
    auto out = json::array();
    for (auto x : *all)
      out.push_back(x.value);
    return out;
  }
  json operator()(const field::number& x) const { return *x.value; }
  json operator()(const double* x) const { return *x; }
  json operator()(const bool* x) const { return *x; }
  json operator()(const std::string* x) const { return escaped(*x); }
  json operator()(const caf::timespan* x) const { return seconds(*x); }
  json operator()(const disconnect_reason* x) const { return to_string(*x); }
  json operator()(const field::choice& x) const { return x.words.at(x.chosen); }
};

void add_fields(any_record from, json& to) {
  for (const auto& x : from.fields())
    to[std::string{x.name}] = std::visit(field_writer{}, x.place);
}

json to_json(const any_record& what) {
  json out{{"do", what.name()}};
  add_fields(what, out);
  return out;
}

json jitter_to_json(const net::distribution::quantiles& x) {
  json out{{"kind", "quantiles"}, {"ms", json::array()}};
  for (auto quantile : x)
    out["ms"].push_back(milliseconds(quantile));
  return out;
}

json to_json(const net::line_conditions& x) {
  json out{{"latency_ms", milliseconds(x.latency)}};
  if (!x.jitter.empty())
    out["jitter"] = jitter_to_json(x.jitter);
  if (x.bandwidth > 0)
    out["bytes_per_second"] = x.bandwidth;
  if (x.loss > 0)
    out["loss_percent"] = x.loss;
  return out;
}

json to_json(const line_change& x) {
  auto out = json::object();
  if (x.latency)
    out["latency_ms"] = milliseconds(*x.latency);
  if (x.added.count() > 0)
    out["added_latency_ms"] = milliseconds(x.added);
  if (x.jitter)
    out["jitter"] = jitter_to_json(*x.jitter);
  if (x.bandwidth)
    out["bytes_per_second"] = *x.bandwidth;
  if (x.loss)
    out["loss_percent"] = *x.loss;
  return out;
}

/// Whether a fault without `nodes` is one of all nodes.
template <class Fault>
constexpr bool may_name_all = !std::same_as<std::remove_cvref_t<Fault>, action::separate>;

/// Writes a fault.
json to_json(const auto& x) {
  json out{{"do", x.name}};
  if constexpr (requires { x.node; })
    out["node"] = x.node;
  if constexpr (requires { x.nodes; })
    if (!x.nodes.empty() || !may_name_all<decltype(x)>)
      out["nodes"] = x.nodes;
  if constexpr (requires { x.others; })
    if (!x.others.empty())
      out["others"] = x.others;
  if constexpr (requires { x.direction; })
    if (x.direction != direction::both)
      out["direction"] = direction_names.at(static_cast<std::size_t>(x.direction));
  if constexpr (requires { x.messages_per_second; })
    out["messages_per_second"] = x.messages_per_second;
  if constexpr (requires { x.loses_disk; })
    if (x.loses_disk)
      out["disk"] = "lost";
  if constexpr (requires { x.shift; }) {
    out["shift_ms"] = milliseconds(x.shift);
    out["drift_ppm"] = x.drift_ppm;
  }
  if constexpr (requires { x.percent; })
    out["percent"] = x.percent;
  if constexpr (requires { x.line; })
    if (x.line)
      out["line"] = to_json(*x.line);
  if constexpr (requires { x.from; }) {
    out["from"] = x.from;
    out["to"] = x.to;
  }
  return out;
}

json to_json(const scenario::step& x) {
  json out{{"at_s", seconds(x.at)}};
  out.update(std::visit([](const auto& what) { return to_json(what); }, x.what));
  return out;
}

json to_json(const any_check& x) {
  json out{{"that", x.name()}};
  add_fields(x, out);
  return out;
}

json to_json(const topology& x) {
  json out{{"kind", "links"}, {"nodes", x.nodes}, {"links", json::array()}};
  for (auto link : x.links)
    out["links"].push_back({link.first, link.second});
  return out;
}

/// Writes one entry for each kind of NAT.
json to_json(const std::map<std::uint32_t, net::nat_kind>& nats) {
  std::map<net::nat_kind, std::vector<std::uint32_t>> kinds;
  for (auto [node, kind] : nats)
    kinds[kind].push_back(node);
  auto out = json::array();
  for (const auto& [kind, nodes] : kinds)
    out.push_back({{"kind", to_string(kind)}, {"nodes", nodes}});
  return out;
}

json protocols_of(const scenario& x) {
  auto out = json::array();
  for (const auto& offered : x.protocols)
    out.push_back(offered.kind->name);
  return out;
}

json to_json(const byzantine_nodes& x) {
  return {{"nodes", x.nodes}, {"protocol", x.what.kind->name}};
}

/// Writes each region with its latencies to all others of which one is known.
json to_json(const regions& all) {
  std::vector<std::vector<std::size_t>> nodes(all.names.size());
  for (auto [node, region] : all.of)
    nodes[region].push_back(node);
  auto out = json::array();
  for (std::size_t i = 0; i < nodes.size(); ++i)
    out.push_back(
      {{"name", escaped(all.names[i])}, {"nodes", nodes[i]}, {"latency_ms", json::object()}});
  for (auto [pair, latency] : all.latencies)
    out[pair.first]["latency_ms"][all.names[pair.second]] = milliseconds(latency);
  return out;
}

template <class List>
json all_of(const List& list) {
  auto out = json::array();
  for (const auto& x : list)
    out.push_back(to_json(x));
  return out;
}

/// Writes each object of a list on a line of its own.
std::string lines_of(const json& x) {
  if (!x.is_array() || x.empty() || !x.front().is_object())
    return x.dump();
  std::string out;
  for (const auto& element : x)
    out += (out.empty() ? "[\n    " : ",\n    ") + element.dump();
  return out + "\n  ]";
}

} // namespace

std::string write_scenario(const scenario& what) {
  const auto& network = what.network;
  json all{{"seed", network.seed},
           {"topology", to_json(network.links)},
           {"crypto", network.cleartext ? "none" : "rlpx"},
           {"line", to_json(network.conditions)},
           {"redial_after_s", seconds(network.redial_after)},
           {"protocols", protocols_of(what)}};
  if (!network.nats.empty())
    all["nats"] = to_json(network.nats);
  if (!network.places.names.empty())
    all["regions"] = to_json(network.places);
  if (!what.byzantine.empty())
    all["byzantine"] = all_of(what.byzantine);
  auto add_settings = [&](const offered_protocol& x) {
    if (!(x.settings == x.kind->settings))
      add_fields(x.settings, all[x.kind->name]);
  };
  for (const auto& x : what.protocols)
    add_settings(x);
  for (const auto& x : what.byzantine)
    add_settings(x.what);
  all["length_s"] = seconds(what.length);
  all["schedule"] = all_of(what.schedule);
  all["check"] = all_of(what.checks);
  std::string out;
  for (const auto& [name, value] : all.items())
    out += (out.empty() ? "{\n  " : ",\n  ") + json(name).dump() + ": " + lines_of(value);
  return out + "\n}\n";
}

std::string write_check(const any_check& what) {
  return to_json(what).dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string write_step(const scenario::step& what) {
  return to_json(what).dump(-1, ' ', false, json::error_handler_t::replace);
}

} // namespace devp2p::simulator
