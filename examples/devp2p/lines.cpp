// SPDX-License-Identifier: BSL-1.0
#include "lines.hpp"

#include <nlohmann/json.hpp>

namespace devp2p::tool {

namespace {

using json = nlohmann::ordered_json;

std::string dump(const json& object) {
  // A name or client id may hold any octets: not UTF-8, or what steers a terminal.
  constexpr auto ascii_only = true;
  return object.dump(-1, ' ', ascii_only, json::error_handler_t::replace);
}

/// Null if the remote did not say who it is.
json to_json(const node_id& id) {
  return id.is_zero() ? json(nullptr) : json(to_string(id));
}

json to_json(const std::vector<capability>& list) {
  auto out = json::array();
  for (const auto& x : list)
    out.push_back({{"name", x.name}, {"version", x.version}});
  return out;
}

std::vector<capability> shared_by(const peer_info& peer) {
  std::vector<capability> out;
  for (const auto& x : peer.protocols)
    out.push_back(x.name);
  return out;
}

json end_to_json(const char* event, const node_id& id, const endpoint& remote, bool inbound,
                 const session_end& end) {
  return {{"event", event},
          {"id", to_json(id)},
          {"remote", to_string(remote)},
          {"inbound", inbound},
          {"reason", static_cast<unsigned>(end.reason)},
          {"reason_text", to_string(end.reason)},
          {"by", end.remote_requested ? "remote" : "us"},
          {"told", end.sent},
          {"error", end.error}};
}

/// `session with 1f2e3d4c at 127.0.0.1:30303 (inbound)`
std::string session_text(const node_id& id, const endpoint& remote, bool inbound) {
  return "session with " + (id.is_zero() ? "an unknown node" : id.brief()) + " at " +
         to_string(remote) + (inbound ? " (inbound)" : " (outbound)");
}

/// `by us: useless peer (no shared capability)`
std::string end_text(const session_end& end) {
  auto by = end.remote_requested ? "by the remote: " : "by us: ";
  return by + to_string(end.reason) + " (" + printable(end.error) + ')';
}

} // namespace

std::string listening_line(style how, const enode& url) {
  if (how == style::text)
    return to_string(url);
  return dump({{"event", "listening"}, {"enode", to_string(url)}});
}

std::string event_line(style how, const peer_added& event) {
  const auto& peer = event.peer;
  if (how == style::json)
    return dump({{"event", "peer_added"},
                 {"id", to_json(peer.id)},
                 {"remote", to_string(peer.remote)},
                 {"inbound", peer.inbound},
                 {"client", peer.greeting.client_id},
                 {"capabilities", to_json(peer.greeting.capabilities)},
                 {"shared", to_json(shared_by(peer))}});
  auto out = session_text(peer.id, peer.remote, peer.inbound) +
             " runs: " + printable(peer.greeting.client_id) + ';';
  for (const auto& x : peer.protocols)
    out += ' ' + to_string(x.name);
  return out + (peer.protocols.empty() ? " no shared protocol" : "");
}

std::string event_line(style how, const peer_dropped& event) {
  if (how == style::json)
    return dump(end_to_json("peer_dropped", event.id, event.remote, event.inbound, event.end));
  return session_text(event.id, event.remote, event.inbound) + " ended " + end_text(event.end);
}

std::string event_line(style how, const session_failed& event) {
  if (how == style::json)
    return dump(end_to_json("session_failed", event.id, event.remote, event.inbound, event.end));
  return session_text(event.id, event.remote, event.inbound) + " ended before it ran, " +
         end_text(event.end);
}

std::string event_line(style how, const message_event& event) {
  if (how == style::json)
    return dump({{"event", "message"},
                 {"id", to_json(event.id)},
                 {"protocol", to_string(event.protocol)},
                 {"code", event.code},
                 {"size", event.size},
                 {"sent", event.sent}});
  return to_string(event.protocol) + " message " + std::to_string(event.code) +
         (event.sent ? " to " : " from ") + event.id.brief() + ", " + std::to_string(event.size) +
         " octets";
}

std::string dial_failed_line(style how, const enode& target, const std::string& why) {
  if (how == style::json)
    return dump({{"event", "dial_failed"}, {"enode", to_string(target)}, {"error", why}});
  return "dial of " + target.id.brief() + " at " + to_string(target.address) +
         " failed: " + printable(why);
}

std::string hello_line(const hello& greeting, const endpoint& remote) {
  return dump({{"version", greeting.version},
               {"client", greeting.client_id},
               {"capabilities", to_json(greeting.capabilities)},
               {"listen_port", greeting.listen_port},
               {"id", to_json(greeting.id)},
               {"remote", to_string(remote)}});
}

} // namespace devp2p::tool
