// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/supervision.hpp"
#include "devp2p/kit/misbehaving_handler.hpp"
#include "devp2p/messages/disconnect_reason.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace devp2p::trials {

class fault_stage;

/// The fate of a session at one of its ends.
struct fate {
  enum class kind : std::uint8_t {
    /// No session ever began, not even one that failed.
    absent,
    runs,
    /// The session ended, or failed, for a reason that was found here.
    own,
    /// The session ended, or failed, for a reason that the remote sent.
    heard,
  };

  kind what;
  disconnect_reason why = disconnect_reason::requested;

  friend bool operator==(const fate&, const fate&) = default;
};

constexpr fate absent{fate::kind::absent};
constexpr fate runs{fate::kind::runs};

constexpr fate own(disconnect_reason why) {
  return {fate::kind::own, why};
}

constexpr fate heard(disconnect_reason why) {
  return {fate::kind::heard, why};
}

/// Fates, of which one must come about.
using fates = std::vector<fate>;

/// The fates that are allowed at the end that is struck, and at the other end.
struct prediction {
  fates struck;
  fates other;
};

/// A fault at one of two nodes, or between them.
struct fault {
  std::string name;
  /// The phases in which the fault has something to strike.
  std::vector<std::string> phases;
  std::function<void(fault_stage&)> strike;
  /// Returns the allowed fates by the phase; null if there may be more than one connection. When
  /// the session is closing, the struck end has given a reason already, and the other end may hear
  /// that one.
  std::function<prediction(const std::string& phase)> predict = {};
  /// The other fates that are allowed at the other end of a session that is closing.
  fates when_closing = {};
  /// Checks that the fault has struck, if the session goes on.
  std::function<void(fault_stage&)> check = {};
  bool needs_protocols = false;
  /// Whether the link no longer carries what it should.
  bool breaks_link = false;
  /// Whether the struck node is gone afterwards.
  bool ends_node = false;
  /// Whether the struck node does not report the end of its session.
  bool silences = false;
  /// Whether the session ends at once, and nothing but the reason is written.
  bool is_quiet = false;
  /// The name of the kind of actor that the fault kills, at either node.
  std::string victim = {};
  /// The script of the struck node's handlers; without one they echo.
  std::optional<kit::handler_script> script = {};
  /// Whether only the first handler follows the script.
  bool strikes_one = false;
  supervision supervised = {};
};

} // namespace devp2p::trials
