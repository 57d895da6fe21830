// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "foreign_peer.hpp"
#include "live_node.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace devp2p::test {

enum class dialler : std::uint8_t { we, they };

inline constexpr std::array both_ways{dialler::we, dialler::they};

inline const char* to_string(dialler who) {
  return who == dialler::we ? "we dial" : "they dial";
}

/// Returns a protocol in the form of peer.mjs's options.
inline json offered(const std::string& name, std::uint64_t version, std::uint64_t length) {
  return {{"name", name}, {"version", version}, {"length", length}};
}

/// The default offer of both ends: one protocol of eight messages.
inline const std::vector<offer> our_test{{{"test", 1}, 8}};

/// Returns the options of a foreign peer with that offer, and `more`.
inline json their_test(json more = json::object()) {
  if (!more.contains("capabilities"))
    more["capabilities"] = json::array({offered("test", 1, 8)});
  return more;
}

inline int to_int(disconnect_reason reason) {
  return static_cast<int>(reason);
}

/// A node of ours and a foreign peer, not connected yet.
struct encounter {
  live_node ours;
  foreign_peer theirs;
  /// Our report of the last session that was opened.
  peer_info added;
  /// The foreign peer's report of that session.
  json connected;
  /// The result of our last dial.
  expected<peer_info> dialled = errc::no_such_peer;

  explicit encounter(const json& options = their_test(), const settings& limits = {},
                     const std::vector<offer>& offers = our_test)
    : ours(offers, limits),
      theirs(options) {}

  /// Opens a connection, with any outcome.
  void dial(dialler who) {
    if (who == dialler::they)
      return theirs.dial(ours.url());
    dialled = ours.dial(theirs.url());
  }

  /// Opens a session that both ends accept.
  void connect(dialler who) {
    dial(who);
    added = ours.next_added();
    connected = theirs.next("connected");
  }

  /// Makes the foreign peer write a frame with any identifier and this raw payload.
  void have_them_write(std::uint64_t id, const std::string& hex) {
    theirs.tell({{"do", "frame"}, {"code", id}, {"hex", hex}});
  }

  /// Returns the next Disconnect that the foreign peer has read: the reason, and the raw payload.
  std::pair<int, std::string> next_goodbye() {
    auto found = theirs.next("goodbye", {{"who", "remote"}});
    return {found["reason"].get<int>(), found["wire"].get<std::string>()};
  }

  /// Waits until both ends have finished the session, so that another can be opened.
  ending finish() {
    theirs.next("disconnected");
    return ours.next_ending();
  }
};

} // namespace devp2p::test
