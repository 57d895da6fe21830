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

/// The ways in which a handler can misbehave.
enum class misbehaviour : std::uint8_t {
  /// Does nothing wrong: sends back each message. Every other handler does so, too, until it begins
  /// to misbehave.
  echoes,

  // Ways to end.

  /// Quits without an error.
  returns,
  /// Quits with `handler_script::error`.
  quits,
  /// Throws a `std::runtime_error`.
  throws,
  /// Throws an object that is no `std::exception`.
  throws_oddly,
  /// Is sent `caf::exit_reason::kill`.
  is_killed,
  /// Quits with the error of a decoder that has found a truncated message.
  breaks_protocol,

  // Messages to write. The handler ends with the error if a write is refused, and otherwise echoes.

  /// Writes one message without content, with `handler_script::code`.
  writes_unknown_code,
  /// Writes `messages` of `message_size` bytes each, all at once.
  floods,

  // Ways to go on.

  /// Keeps every payload as long as it lives, and does not answer.
  hoards,
  /// Keeps every message without a look at it, and neither counts nor answers it.
  stalls,
  /// Echoes even after it was told to end; only `kill` ends it. See `handler_life::closed`.
  is_stubborn,
  /// Echoes each message `handler_script::delay` after it came.
  replies_late,
};

/// Misbehaves as soon as it is spawned.
struct at_once {};

/// Misbehaves when the message with this number, counted from 1, comes. That message is the first
/// one affected.
struct at_message {
  std::size_t number = 1;
};

/// Misbehaves `delay` after it was spawned.
struct after {
  caf::timespan delay = {};
};

/// The misbehaviour of a handler, and when it begins.
struct handler_script {
  misbehaviour what = misbehaviour::echoes;
  std::variant<at_once, at_message, after> when = at_once{};

  // Parameters of the misbehaviours that name them.

  caf::error error = {};
  /// The default is a code that no protocol has.
  std::uint64_t code = std::numeric_limits<std::uint64_t>::max();
  /// The default is 64 MiB in all, more than may wait to be written.
  std::size_t messages = 4096;
  std::size_t message_size = std::size_t{16} << 10;
  caf::timespan delay = std::chrono::seconds{1};
};

/// The record of one handler: its channel, the messages that it has seen, and how it ended.
struct handler_life {
  /// The maximum number of messages kept for one handler.
  static constexpr std::size_t max_packets = 1000;

  struct seen {
    std::uint64_t code;
    std::size_t size;

    friend bool operator==(const seen&, const seen&) = default;
  };

  /// The handler's channel. It has no writer once the handler has ended, so that the record may
  /// outlive the actor system.
  channel link;
  /// The first messages that the handler took. A stalling handler does not take those that it
  /// leaves.
  std::vector<seen> packets;
  /// The number of all messages that it took.
  std::size_t packet_count = 0;
  /// Whether it has done what its script says, or has begun to.
  bool misbehaved = false;
  /// The reason with which it was told to end, if it was.
  std::optional<caf::error> told;
  /// The reason with which it ended, if it has.
  std::optional<caf::error> end;
  /// Whether its writer has refused a message because the session is over. Known only of a stubborn
  /// handler, which writes once more when it is told to end.
  bool closed = false;
  /// The number of messages delivered after that.
  std::size_t packets_after_close = 0;
};

/// The record of all handlers of one script, in the order in which they were spawned. May be
/// destroyed before the world or after it; not thread-safe.
struct handler_record {
  /// The maximum number of lives kept.
  static constexpr std::size_t max_lives = 1000;

  std::size_t spawned = 0;
  std::vector<std::shared_ptr<const handler_life>> lives;
};

/// Returns a factory of handlers that echo until they do what the script says, to see what becomes
/// of their sessions. The handler at the other end must not echo, too, or the messages never stop.
///
///     auto record = std::make_shared<kit::handler_record>();
///     setup.protocols = {{.name = "test", .version = 1, .length = 8,
///       .spawn = kit::misbehaving({.what = kit::misbehaviour::throws,
///                                  .when = kit::at_message{3}}, record)}};
[[nodiscard]] handler_factory misbehaving(handler_script script,
                                          std::shared_ptr<handler_record> record = nullptr);

} // namespace devp2p::kit
