// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/supervision.hpp"
#include "devp2p/kit/misbehaving_handler.hpp"
#include "devp2p/messages/disconnect_reason.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace devp2p::simulation {

class fault_stage;

/// What becomes of a session at one of its ends.
struct fate {
  enum class kind : std::uint8_t {
    /// There never was one, not even one that failed.
    absent,
    runs,
    /// It ended, or failed, for a reason that was found here.
    own,
    /// For a reason that the remote sent.
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

/// One of these.
using fates = std::vector<fate>;

/// What may become of it at the end that is struck, and at the other.
struct prediction {
  fates struck;
  fates other;
};

/// Something that goes wrong at one of two nodes, or between them.
struct fault {
  std::string name;
  /// Where it has something to strike.
  std::vector<std::string> phases;
  std::function<void(fault_stage&)> strike;
  /// By the phase; none if there may be more than one connection. Where the session is closing, the
  /// struck end has said why already, and the other may hear that.
  std::function<prediction(const std::string& phase)> predict = {};
  /// What else may happen at the other end of a session that is closing.
  fates when_closing = {};
  /// How it shows that it has struck, if the session goes on.
  std::function<void(fault_stage&)> check = {};
  bool needs_protocols = false;
  /// The link no longer carries what it should.
  bool breaks_link = false;
  /// The struck node is not there any more.
  bool ends_node = false;
  /// Nor has it told anybody what became of its session.
  bool silences = false;
  /// It ends the session at once, and nothing is written but why.
  bool is_quiet = false;
  /// Whom it kills: some actor with that name, of whichever node.
  std::string victim = {};
  /// What the handlers of the struck node do; they echo without it.
  std::optional<kit::handler_script> script = {};
  /// The first handler alone does so.
  bool strikes_one = false;
  supervision supervised = {};
};

} // namespace devp2p::simulation
