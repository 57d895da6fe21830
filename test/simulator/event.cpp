// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/event.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <set>
#include <string_view>
#include <utility>

namespace devp2p::simulator {

namespace {

/// Appends `text` as a string of JSON. What is not UTF-8 is replaced.
void add_string(std::string& out, const std::string& text) {
  auto is_plain = [](char x) { return x >= ' ' && x <= '~' && x != '"' && x != '\\'; };
  if (std::all_of(text.begin(), text.end(), is_plain))
    out.append(1, '"').append(text).append(1, '"');
  else
    out += nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// Returns true iff the text is a whole number as JSON writes it.
bool is_number(std::string_view text) {
  if (text.starts_with('-'))
    text.remove_prefix(1);
  return !text.empty() && (text.size() == 1 || text.front() != '0') &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

void add_fields(std::string& out, const std::vector<event_field>& fields) {
  auto before = ",\"fields\":{";
  for (const auto& x : fields) {
    out += std::exchange(before, ",");
    add_string(out, x.name);
    out += ':';
    if (x.is_number && is_number(x.text))
      out += x.text;
    else
      add_string(out, x.text);
  }
  if (!fields.empty())
    out += '}';
}

} // namespace

std::string to_string(event_kind what) {
  static constexpr std::array names = {
    "started", "crashed", "peer_added", "peer_dropped", "session_failed", "punch_failed", "told"};
  static_assert(names.size() == static_cast<std::size_t>(event_kind::told) + 1);
  auto number = static_cast<std::size_t>(what);
  return number < names.size() ? names[number] : "unknown";
}

std::string name_of(const event& what) {
  return what.what == event_kind::told ? what.name : to_string(what.what);
}

std::optional<std::string> refuse_fields(const std::vector<event_field>& fields) {
  auto at_most = [](std::size_t is, std::size_t most, const std::string& of) {
    return "with " + std::to_string(is) + of + "; there may be at most " + std::to_string(most);
  };
  if (fields.size() > event_field::max_fields)
    return at_most(fields.size(), event_field::max_fields, " fields");
  std::set<std::string_view> names;
  for (const auto& x : fields) {
    if (x.name.empty())
      return "with a field that has no name";
    if (x.name.size() > event_field::max_name)
      return at_most(x.name.size(), event_field::max_name, " bytes in the name of a field");
    if (x.text.size() > event_field::max_text)
      return at_most(x.text.size(), event_field::max_text, " bytes in the field " + x.name);
    if (!names.insert(x.name).second)
      return "with two fields called " + x.name;
  }
  return std::nullopt;
}

/// Written by hand, because it is a part of all that a simulation does: a document takes several
/// times as long.
std::string to_json(const event& what) {
  auto out = "{\"ns\":" + std::to_string(what.when.count()) +
             ",\"node\":" + std::to_string(what.node) + ",\"what\":";
  add_string(out, name_of(what));
  if (what.peer)
    out += ",\"peer\":" + std::to_string(*what.peer);
  if (what.reason) {
    out += ",\"reason\":";
    add_string(out, to_string(*what.reason));
    out += what.remote_requested ? ",\"by\":\"remote\"" : ",\"by\":\"self\"";
  }
  if (what.value)
    out += ",\"value\":" + std::to_string(*what.value);
  if (!what.detail.empty()) {
    out += ",\"detail\":";
    add_string(out, what.detail);
  }
  add_fields(out, what.fields);
  out += '}';
  return out;
}

} // namespace devp2p::simulator
