// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/event.hpp"

#include <nlohmann/json.hpp>

namespace devp2p::simulator {

std::string to_string(event_kind what) {
  switch (what) {
  case event_kind::started:
    return "started";
  case event_kind::crashed:
    return "crashed";
  case event_kind::peer_added:
    return "peer_added";
  case event_kind::peer_dropped:
    return "peer_dropped";
  case event_kind::session_failed:
    return "session_failed";
  case event_kind::punch_failed:
    return "punch_failed";
  case event_kind::heard:
    return "heard";
  case event_kind::echoed:
    return "echoed";
  }
  return "unknown";
}

std::string to_json(const event& what) {
  nlohmann::ordered_json out{
    {"ns", what.when.count()}, {"node", what.node}, {"what", to_string(what.what)}};
  if (what.peer)
    out["peer"] = *what.peer;
  if (what.reason) {
    out["reason"] = to_string(*what.reason);
    out["by"] = what.remote_requested ? "remote" : "self";
  }
  if (!what.detail.empty())
    out["detail"] = what.detail;
  return out.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

} // namespace devp2p::simulator
