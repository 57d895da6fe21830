// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/protocol.hpp"

#include <caf/error.hpp>
#include <caf/timespan.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

namespace devp2p::kit {

/// What a handler does wrong.
enum class misbehaviour : std::uint8_t {
  /// Nothing: it sends back what comes. So does every other until it begins to misbehave.
  echoes,

  // How it ends.

  /// Quits without an error.
  returns,
  /// Quits with `handler_script::error`.
  quits,
  /// Throws a `std::runtime_error`.
  throws,
  /// Throws what is no `std::exception`.
  throws_oddly,
  /// Is sent `caf::exit_reason::kill`.
  is_killed,
  /// Quits as a decoder would that found a message cut short.
  breaks_protocol,

  // What it writes; it ends by the error that refuses it, if one does, and echoes otherwise.

  /// One message, without content, with `handler_script::code`.
  writes_unknown_code,
  /// `messages` of `message_size` octets each, all at once.
  floods,

  // How it goes on.

  /// Keeps every payload as long as it lives, and answers nothing.
  hoards,
  /// Leaves what comes in its mailbox.
  stalls,
  /// Echoes, and does so although it is told to end; only `kill` ends it. See
  /// `handler_life::closed`.
  is_stubborn,
  /// Echoes each message `handler_script::delay` after it came.
  replies_late,
};

/// As soon as it is spawned.
struct at_once {};

/// When the message with that number, counted from 1, comes; it is the first not to be echoed.
struct at_message {
  std::size_t number = 1;
};

/// So long after it was spawned.
struct after {
  caf::timespan delay = {};
};

/// What a handler does, and when it begins to.
struct handler_script {
  misbehaviour what = misbehaviour::echoes;
  std::variant<at_once, at_message, after> when = at_once{};

  // For those that say so.

  caf::error error = {};
  /// No protocol has the default.
  std::uint64_t code = std::numeric_limits<std::uint64_t>::max();
  /// By default, twice what may wait to be written.
  std::size_t messages = 4096;
  std::size_t message_size = std::size_t{16} << 10;
  caf::timespan delay = std::chrono::seconds{1};
};

/// One handler: what it was given, what it has seen, and how it ended.
struct handler_life {
  /// No more is kept of one handler.
  static constexpr std::size_t max_packets = 1000;

  struct seen {
    std::uint64_t code;
    std::size_t size;

    friend bool operator==(const seen&, const seen&) = default;
  };

  /// Has no writer any more once the handler has ended, so that it may outlive the actor system.
  channel link;
  /// The first messages that it took. One that stalls does not take what it leaves.
  std::vector<seen> packets;
  /// All of them.
  std::size_t packet_count = 0;
  /// It has done what its script says, or has begun to.
  bool misbehaved = false;
  /// It was told to end, and why.
  std::optional<caf::error> told;
  /// It has ended, and why.
  std::optional<caf::error> end;
  /// Its writer has refused a message, because the session is over. Known of one that is stubborn,
  /// which writes once more when it is told to end.
  bool closed = false;
  /// Messages that were delivered after that.
  std::size_t packets_after_close = 0;
};

/// What became of the handlers of one script, in the order in which they were spawned. May go
/// before the world or after it; not thread-safe.
struct handler_record {
  /// No more are kept.
  static constexpr std::size_t max_lives = 1000;

  std::size_t spawned = 0;
  std::vector<std::shared_ptr<const handler_life>> lives;
};

/// Spawns handlers that echo what comes until they do what the script says, to see what becomes of
/// their sessions. The handler at the other end must not echo, too, or they go on for ever.
///
///     auto record = std::make_shared<kit::handler_record>();
///     setup.protocols = {{.name = "test", .version = 1, .length = 8,
///       .spawn = kit::misbehaving({.what = kit::misbehaviour::throws,
///                                  .when = kit::at_message{3}}, record)}};
[[nodiscard]] handler_factory misbehaving(handler_script script,
                                          std::shared_ptr<handler_record> record = nullptr);

} // namespace devp2p::kit
