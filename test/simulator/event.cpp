// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/event.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

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
  out += '}';
  return out;
}

} // namespace devp2p::simulator
