// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/expected.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

namespace devp2p {

/// The base messages and signs of life of one session: Pings and Pongs that are due, the time of
/// our own Ping, frames that have come, and floods. A value that reads no clock: its owner reports
/// each event, and writes what is due.
class keepalive {
public:
  using time_point = std::chrono::steady_clock::time_point;
  using duration = std::chrono::nanoseconds;

  /// The period in which base messages are counted.
  static constexpr std::chrono::seconds base_period{15};

  /// `max_base_messages` is the number of Pings, unexpected Pongs and reserved messages that the
  /// remote may send in one `base_period`.
  explicit keepalive(unsigned max_base_messages) : max_base_messages_(max_base_messages) {}

  /// Records a frame of the remote.
  void on_frame() { ++frames_; }

  /// Records a message of a sub-protocol, in either direction.
  void on_packet() { idle_ = false; }

  /// Records a Ping, a Pong or a message with a reserved identifier. Returns the round-trip time if
  /// it is the Pong that our Ping waits for. Fails with `errc::base_message_flood` if the remote
  /// sends too many.
  expected<std::optional<duration>> on_base_message(std::uint64_t id, time_point now);

  /// Records that a ping interval has passed: a Ping is due if the session is `running`. `paused`
  /// says that we read nothing, so that the silence is not the remote's. Returns the number of
  /// frames received so far; a paused interval counts as a frame.
  [[nodiscard]] std::uint64_t on_interval(bool running, bool paused);

  /// Returns true iff a Pong is due, which the owner must then write.
  [[nodiscard]] bool take_pong() { return std::exchange(pong_due_, false); }

  /// Returns true iff a Ping is due, which the owner must then write. A Pong that comes late
  /// belongs to the oldest Ping that waits for one.
  [[nodiscard]] bool take_ping(time_point now) {
    if (!ping_due_)
      return false;
    ping_due_ = false;
    if (!ping_sent_)
      ping_sent_ = now;
    return true;
  }

  /// Returns true iff no message of a sub-protocol has passed since the last ping interval.
  [[nodiscard]] bool is_idle() const { return idle_; }

  /// Returns the number of messages with a reserved identifier.
  [[nodiscard]] std::uint64_t ignored_messages() const { return ignored_messages_; }

private:
  std::uint64_t frames_ = 0;
  std::uint64_t paused_intervals_ = 0;
  std::uint64_t ignored_messages_ = 0;
  std::optional<time_point> ping_sent_;
  /// The beginning of the period in which `base_messages_` have come.
  time_point base_since_;
  unsigned base_messages_ = 0;
  unsigned max_base_messages_;
  bool ping_due_ = false;
  bool pong_due_ = false;
  bool idle_ = true;
};

} // namespace devp2p
