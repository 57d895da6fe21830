// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/event.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cstddef>

namespace devp2p::simulator {

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

std::string to_json(const event& what) {
  nlohmann::ordered_json out{
    {"ns", what.when.count()}, {"node", what.node}, {"what", name_of(what)}};
  if (what.peer)
    out["peer"] = *what.peer;
  if (what.reason) {
    out["reason"] = to_string(*what.reason);
    out["by"] = what.remote_requested ? "remote" : "self";
  }
  if (what.value)
    out["value"] = *what.value;
  if (!what.detail.empty())
    out["detail"] = what.detail;
  return out.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

} // namespace devp2p::simulator
