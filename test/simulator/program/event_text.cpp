// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/program/event_text.hpp"

#include <nlohmann/json.hpp>

#include <string_view>
#include <utility>

namespace devp2p::tool {

using json = nlohmann::ordered_json;

namespace {

/// Shortens a text to `entry::max_text` bytes, at a character of UTF-8.
std::string shortened(std::string text) {
  if (text.size() <= entry::max_text)
    return text;
  auto size = entry::max_text - 3;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80)
    --size;
  return text.substr(0, size) + "...";
}

std::string joined(std::string_view first, std::string_view second) {
  return std::string{first} + (first.empty() || second.empty() ? "" : ": ") + std::string{second};
}

/// Adds `name value` to a list of such.
void add_field(std::string& to, const std::string& name, const std::string& value) {
  to += (to.empty() ? "" : ", ") + name + ' ' + value;
}

std::string text_of(const json& x) {
  return x.is_string() ? x.get<std::string>() : x.dump();
}

std::optional<std::size_t> node_in(const json& from, const char* name) {
  auto found = from.find(name);
  return found != from.end() && found->is_number_unsigned()
           ? std::optional{found->get<std::size_t>()}
           : std::nullopt;
}

json parsed(const simulator::scenario::step& x) {
  return json::parse(simulator::write_step(x));
}

} // namespace

entry entry_of(const simulator::event& x) {
  std::string text;
  if (x.reason)
    text = to_string(*x.reason) + (x.remote_requested ? " (remote)" : " (self)");
  else if (x.value)
    text = std::to_string(*x.value);
  auto rest = x.reason && x.detail == to_string(*x.reason) ? "" : x.detail;
  std::string fields;
  for (const auto& y : x.fields)
    add_field(fields, y.name, y.text);
  return {.when = x.when,
          .node = x.node,
          .what = name_of(x),
          .peer = x.peer,
          .text = shortened(joined(joined(text, rest), fields))};
}

entry entry_of(const simulator::scenario::step& x) {
  auto all = parsed(x);
  entry out{.when = x.at, .what = all.value("do", ""), .text = "", .is_action = true};
  all.erase("at_s");
  all.erase("do");
  out.node = node_in(all, "node");
  if (!out.node)
    out.node = node_in(all, "from");
  out.peer = node_in(all, "to");
  for (const auto& [name, value] : all.items())
    if (name != "node" && name != "from" && (name != "to" || !out.peer))
      add_field(out.text, name, text_of(value));
  out.text = shortened(std::move(out.text));
  return out;
}

std::optional<entry> parse_event(const std::string& line) {
  auto all = json::parse(line, nullptr, false);
  if (!all.is_object())
    return std::nullopt;
  auto when = all.find("ns");
  auto what = all.find("what");
  auto node = node_in(all, "node");
  if (!node || when == all.end() || !when->is_number_integer() || what == all.end() ||
      !what->is_string())
    return std::nullopt;
  entry out{.when = caf::timespan{when->get<std::int64_t>()},
            .node = node,
            .what = what->get<std::string>(),
            .peer = node_in(all, "peer"),
            .text = ""};
  auto member = [&](const char* name) {
    auto found = all.find(name);
    return found != all.end() ? text_of(*found) : "";
  };
  auto reason = member("reason");
  auto first = reason.empty() ? member("value") : reason + " (" + member("by") + ")";
  auto detail = member("detail");
  std::string fields;
  if (auto found = all.find("fields"); found != all.end() && found->is_object())
    for (const auto& [name, value] : found->items())
      add_field(fields, name, text_of(value));
  out.text = shortened(joined(joined(first, detail == reason ? "" : detail), fields));
  return out;
}

std::vector<std::size_t> nodes_of(const simulator::scenario::step& x) {
  std::vector<std::size_t> out;
  auto add = [&](const json& value) {
    if (value.is_number_unsigned())
      out.push_back(value.get<std::size_t>());
  };
  auto all = parsed(x);
  for (const auto* name : {"node", "from", "to"})
    if (auto found = all.find(name); found != all.end())
      add(*found);
  for (const auto* name : {"nodes", "others"})
    if (auto found = all.find(name); found != all.end())
      for (const auto& value : *found)
        add(value);
  return out;
}

std::string seconds_text(caf::timespan x, std::size_t digits) {
  auto whole = std::to_string(x.count() / 1'000'000'000);
  auto rest = std::to_string(x.count() % 1'000'000'000);
  rest.insert(0, 9 - rest.size(), '0');
  return whole + '.' + rest.substr(0, digits);
}

} // namespace devp2p::tool
