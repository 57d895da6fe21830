// SPDX-License-Identifier: BSL-1.0
#include "lines.hpp"

#include "devp2p/messages/type_ids.hpp"
#include "devp2p/simulator/program/seconds.hpp"

#include <nlohmann/json.hpp>

namespace devp2p::tool {

namespace {

using json = nlohmann::ordered_json;

std::string dump(const json& object) {
  // A name or client id may hold any bytes: invalid UTF-8, or escape sequences of a terminal.
  constexpr auto ascii_only = true;
  return object.dump(-1, ' ', ascii_only, json::error_handler_t::replace);
}

/// Returns null if the remote has not said who it is.
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

/// Returns null if the remote gave a reason that could not be decoded: it has no number.
json reason_to_json(disconnect_reason x) {
  return x == disconnect_reason::undecodable ? json(nullptr) : json(static_cast<unsigned>(x));
}

json end_to_json(const char* event, const node_id& id, const endpoint& remote, bool inbound,
                 const session_end& end) {
  return {{"event", event},
          {"id", to_json(id)},
          {"remote", to_string(remote)},
          {"inbound", inbound},
          {"reason", reason_to_json(end.reason)},
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

/// ` by us: useless peer (the remote shares no capability with this node)`. If neither side tells
/// the other, no side is named: `: network error (the remote closed the connection)`
std::string end_text(const session_end& end) {
  const auto* ours = end.sent ? " by us: " : ": ";
  return (end.remote_requested ? " by the remote: " : ours) + to_string(end.reason) + " (" +
         printable(end.error) + ')';
}

json mapping_to_json(const char* event, const port_mapping& x) {
  return {{"event", event},
          {"protocol", to_string(x.internal.protocol)},
          {"port", x.internal.number},
          {"external", to_string(x.external)},
          {"gateway", x.gateway},
          {"seconds", in_seconds(x.lifetime)},
          {"verified", x.verified}};
}

/// `TCP 30303 is reached at 11.22.33.2:30303`
std::string mapping_text(const port_mapping& x) {
  return to_string(x.internal) + " is reached at " + to_string(x.external);
}

/// `, by PCP at 192.168.1.1, for 1200 s`
std::string grant_text(const port_mapping& x) {
  auto seconds = std::chrono::duration_cast<std::chrono::seconds>(x.lifetime).count();
  return ", by " + printable(x.gateway) +
         (seconds == 0 ? ", without an end" : ", for " + std::to_string(seconds) + " s") +
         (x.verified ? "" : "; this could not be verified");
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
  return session_text(event.id, event.remote, event.inbound) + " ended" + end_text(event.end);
}

std::string event_line(style how, const session_failed& event) {
  if (how == style::json)
    return dump(end_to_json("session_failed", event.id, event.remote, event.inbound, event.end));
  return session_text(event.id, event.remote, event.inbound) + " ended before it ran" +
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
         " bytes";
}

std::string event_line(style how, const port_mapped& event) {
  if (how == style::json)
    return dump(mapping_to_json("port_mapped", event.mapping));
  return mapping_text(event.mapping) + grant_text(event.mapping);
}

std::string event_line(style how, const port_renewed& event) {
  if (how == style::json)
    return dump(mapping_to_json("port_renewed", event.mapping));
  return mapping_text(event.mapping) + " still" + grant_text(event.mapping);
}

std::string event_line(style how, const port_lost& event) {
  if (how == style::json) {
    auto out = mapping_to_json("port_lost", event.mapping);
    out["error"] = event.why;
    return dump(out);
  }
  return to_string(event.mapping.internal) + " is not reached at " +
         to_string(event.mapping.external) + " any more: " + printable(event.why);
}

std::string event_line(style how, const external_changed& event) {
  if (how == style::json) {
    auto out = mapping_to_json("external_changed", event.mapping);
    out["before"] = to_string(event.before);
    return dump(out);
  }
  return mapping_text(event.mapping) + " now, not at " + to_string(event.before) +
         grant_text(event.mapping);
}

std::string event_line(style how, const mapping_failed& event) {
  auto why = describe(event.why);
  if (how == style::json)
    return dump({{"event", "mapping_failed"},
                 {"protocol", to_string(event.internal.protocol)},
                 {"port", event.internal.number},
                 {"error", why},
                 {"retry_seconds", in_seconds(event.retry_after)}});
  auto seconds = std::chrono::ceil<std::chrono::seconds>(event.retry_after).count();
  return to_string(event.internal) + " is not mapped: " + printable(why) + "; trying again in " +
         std::to_string(seconds) + " s";
}

std::string hole_line(style how, const hole& open) {
  auto milliseconds = std::chrono::duration<double, std::milli>{open.round_trip}.count();
  if (how == style::json)
    return dump({{"event", "hole_open"},
                 {"id", to_json(open.peer)},
                 {"local", to_string(open.local)},
                 {"observed", to_string(open.observed)},
                 {"remote", to_string(open.remote)},
                 {"round_trip_ms", milliseconds}});
  return "a hole is open to " + open.peer.brief() + " at " + to_string(open.remote) +
         ", from our " + to_string(open.local) + ", which others see as " +
         to_string(open.observed);
}

std::string rendezvous_line(style how, const endpoint& first, const endpoint& second) {
  if (how == style::json)
    return dump({{"event", "rendezvous"}, {"at", {to_string(first), to_string(second)}}});
  return "rendezvous at " + to_string(first) + " and " + to_string(second);
}

std::string dial_failed_line(style how, const enode& target, const std::string& why) {
  if (how == style::json)
    return dump({{"event", "dial_failed"}, {"enode", to_string(target)}, {"error", why}});
  return "dial of " + target.id.brief() + " at " + to_string(target.address) +
         " failed: " + printable(why);
}

std::string lost_line(style how, std::size_t count) {
  if (how == style::json)
    return dump({{"event", "lines_lost"}, {"count", count}});
  return std::to_string(count) + " lines are missing here: they were not read in time";
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
