// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/events.hpp"
#include "devp2p/messages/hole.hpp"
#include "devp2p/messages/mapping.hpp"

#include <string>

/// What the tool prints of nodes and sessions: one line each, of printable ASCII whatever a remote
/// may have sent.
namespace devp2p::tool {

enum class style {
  /// For people.
  text,
  /// One JSON object.
  json,
};

/// The node listens there.
[[nodiscard]] std::string listening_line(style how, const enode& url);
[[nodiscard]] std::string event_line(style how, const peer_added& event);
[[nodiscard]] std::string event_line(style how, const peer_dropped& event);
[[nodiscard]] std::string event_line(style how, const session_failed& event);
[[nodiscard]] std::string event_line(style how, const message_event& event);
[[nodiscard]] std::string event_line(style how, const port_mapped& event);
[[nodiscard]] std::string event_line(style how, const port_renewed& event);
[[nodiscard]] std::string event_line(style how, const port_lost& event);
[[nodiscard]] std::string event_line(style how, const external_changed& event);
[[nodiscard]] std::string event_line(style how, const mapping_failed& event);
[[nodiscard]] std::string hole_line(style how, const hole& open);
/// A rendezvous is there.
[[nodiscard]] std::string rendezvous_line(style how, const endpoint& first, const endpoint& second);
/// There will be no session with `target`; `why` says why not.
[[nodiscard]] std::string dial_failed_line(style how, const enode& target, const std::string& why);
/// So many lines should stand here.
[[nodiscard]] std::string lost_line(style how, std::size_t count);

/// What the remote said of itself, as one JSON object.
[[nodiscard]] std::string hello_line(const hello& greeting, const endpoint& remote);

} // namespace devp2p::tool
