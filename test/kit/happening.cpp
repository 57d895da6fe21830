// SPDX-License-Identifier: BSL-1.0
#include "devp2p/kit/happening.hpp"

#include <nlohmann/json.hpp>

namespace devp2p::kit {

std::string to_string(happening_kind what) {
  switch (what) {
  case happening_kind::started:
    return "started";
  case happening_kind::crashed:
    return "crashed";
  case happening_kind::peer_added:
    return "peer_added";
  case happening_kind::peer_dropped:
    return "peer_dropped";
  case happening_kind::session_failed:
    return "session_failed";
  case happening_kind::punch_failed:
    return "punch_failed";
  case happening_kind::heard:
    return "heard";
  case happening_kind::echoed:
    return "echoed";
  }
  return "unknown";
}

std::string to_json(const happening& what) {
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

} // namespace devp2p::kit
