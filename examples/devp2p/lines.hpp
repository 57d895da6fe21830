// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/events.hpp"
#include "devp2p/messages/hole.hpp"
#include "devp2p/messages/mapping_events.hpp"

#include <string>

/// Lines that the tool prints about nodes and sessions. Each is of printable ASCII, whatever a
/// remote has sent.
namespace devp2p::tool {

enum class style {
  /// Plain text for people.
  text,
  /// One JSON object.
  json,
};

/// Says at which URL the node listens.
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
/// Says at which two endpoints a rendezvous listens.
[[nodiscard]] std::string rendezvous_line(style how, const endpoint& first, const endpoint& second);
/// Says that there will be no session with `target`, and why.
[[nodiscard]] std::string dial_failed_line(style how, const enode& target, const std::string& why);
/// Says that `count` lines were lost here.
[[nodiscard]] std::string lost_line(style how, std::size_t count);

/// Returns the remote's Hello as one JSON object.
[[nodiscard]] std::string hello_line(const hello& greeting, const endpoint& remote);

} // namespace devp2p::tool
