// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/typed/typed_protocol.hpp"

#include <cstdint>
#include <string>

/// The protocol of the chat: its messages, and nothing else.
namespace devp2p::room {

/// The sender is in this room. Sent for each of his rooms when a session begins.
struct enter {
  std::string room;
  friend auto inspect(auto& f, enter& x) { return inspect_fields(f, {"room"}, x.room); }
};

/// He says something there.
struct say {
  std::string room;
  std::string text;
  friend auto inspect(auto& f, say& x) {
    return inspect_fields(f, {"room", "text"}, x.room, x.text);
  }
};

/// Asks for the receiver's profile.
struct whois {
  std::uint64_t id = 0;
  friend auto inspect(auto& f, whois& x) { return inspect_fields(f, {"id"}, x.id); }
};

struct profile {
  std::uint64_t id = 0;
  std::uint64_t rooms = 0;
  friend auto inspect(auto& f, profile& x) {
    return inspect_fields(f, {"id", "rooms"}, x.id, x.rooms);
  }
};

/// Version 1 has no questions.
using chat = typed_protocol<"room", versions{1, 2}, message<0, enter>, message<1, say>,
                            since<2, request<2, whois, message<3, profile>>>>;

} // namespace devp2p::room
