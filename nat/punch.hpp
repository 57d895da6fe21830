// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/nat/introduction.hpp"

#include <deque>

namespace devp2p::nat {

struct punch_settings {
  /// How long to wait for the other side to come to the rendezvous. No longer than
  /// `introduction::max_patience`.
  std::chrono::nanoseconds patience = std::chrono::seconds{30};
  /// How often to send through an open hole. There are NATs that close it after half a minute. No
  /// more seldom than `punch::max_keep_alive`, no more often than `punch::interval`.
  std::chrono::nanoseconds keep_alive = std::chrono::seconds{15};
};

/// A way through.
struct punched {
  /// Where the other side is reached from our port. Need not be what the rendezvous has seen.
  endpoint remote;
  std::chrono::nanoseconds round_trip{0};
};

/// One side's part in opening a UDP path through the NATs of two nodes, and in keeping it open. A
/// value: it is told the time and what has come, and says what to send, all from one port.
///
/// After the introduction both send at the same time, to where the rendezvous has seen the other,
/// and answer whoever sends authentic probes. The path is open when this side has had an answer
/// along it, and the other says the same of itself. Probes are authentic by a key that follows from
/// what only the two know and the token of this attempt: nobody who lacks either can fake them, not
/// even the rendezvous. That chooses the token, and so can have those of an old attempt come again;
/// but they open nothing, for what they answer has a number that this one will not have given.
/// Somebody who sees all packets can still carry them elsewhere; who it is that one then speaks to
/// is for the protocol above to prove, as RLPx does.
///
/// Whoever has overheard where the two meet can take the place of one who is not there yet, but
/// make no probes. So if none has come, it is tried again with whomever the rendezvous names then,
/// while there is patience; unless it is known that a symmetric NAT is the reason.
///
/// A source that has not shown that it receives what it is sent gets one answer for each probe,
/// and no more: so the other side cannot point this one at third parties.
class punch {
public:
  using time_point = std::chrono::steady_clock::time_point;

  static constexpr std::chrono::milliseconds interval{100};
  /// From when both begin.
  static constexpr std::chrono::seconds max_punching{5};
  /// Once open: how soon an unanswered probe is repeated, and for how long.
  static constexpr std::chrono::seconds keep_alive_retry{1};
  static constexpr std::chrono::seconds max_silence{20};
  static constexpr std::chrono::hours max_keep_alive{1};
  /// How long one waits for the answer to a `check`.
  static constexpr std::chrono::seconds max_check{3};
  /// Sources of authentic probes.
  static constexpr std::size_t max_paths = 4;
  /// Probes that an answer is still taken for; of those that ask for one, and of the others.
  static constexpr std::size_t max_remembered = 64;

  enum class phase : std::uint8_t { introducing, punching, open, over };

  punch(const appointment& with, rendezvous_site site, const chance& luck, time_point now,
        const punch_settings& settings = {});

  [[nodiscard]] std::vector<outgoing> on_time(time_point now);
  /// Takes whatever comes, from anywhere.
  [[nodiscard]] std::vector<outgoing> on_datagram(const endpoint& from, byte_view in,
                                                  time_point now);

  /// Asks along the hole at once whether the other is still there: unless it answers within
  /// `max_check`, the hole is lost. Nothing while it is not open.
  [[nodiscard]] std::vector<outgoing> check(time_point now);

  /// When the other last answered along the hole. For one that is there.
  [[nodiscard]] time_point heard() const { return heard_; }

  /// When to call `on_time` next; never, once it is over.
  [[nodiscard]] time_point next() const;

  [[nodiscard]] phase where() const { return phase_; }
  /// There once it was open.
  [[nodiscard]] const std::optional<punched>& hole() const { return hole_; }
  /// There once it is over: never opened, or (`errc::ping_timeout`) lost.
  [[nodiscard]] const std::optional<failure>& failed() const { return failed_; }

  [[nodiscard]] const introduction& introduced() const { return introduction_; }

private:
  struct path {
    endpoint remote;
    /// It is the one that the rendezvous has named, or it has answered something that we sent.
    bool worth_probing = false;
    /// The last probe that came along it.
    std::uint64_t heard = 0;
    /// Known once a probe that asked for an answer has had it.
    std::optional<std::chrono::nanoseconds> round_trip = std::nullopt;
  };

  struct remembered {
    std::uint64_t number;
    endpoint to;
    time_point sent;
  };

  using memory = std::deque<remembered>;

  void begin();
  void check_deadline(time_point now);
  void on_in_vain();
  void probe_all(time_point now, std::vector<outgoing>& out);
  void on_probe(const endpoint& from, const probe& x, time_point now, std::vector<outgoing>& out);
  void on_answered(path& along, std::uint64_t number, time_point now);
  void on_round_trip(path& along, std::chrono::nanoseconds time, time_point now);
  path* path_to(const endpoint& remote);
  outgoing make_probe(const path& along, bool wants_answer, std::uint64_t answers, time_point now);
  void fail(failure why);

  const appointment with_;
  const punch_settings settings_;
  introduction introduction_;
  const time_point latest_;
  phase phase_ = phase::introducing;
  octets_32 key_{};
  octets_16 token_{};
  std::vector<path> paths_;
  /// Those that ask for an answer are sent when we like: nobody else can make us forget them.
  memory asked_;
  memory unasked_;
  std::uint64_t last_number_;
  time_point next_probe_;
  /// When punching must have succeeded, or the hole counts as lost.
  time_point deadline_;
  std::optional<punched> hole_;
  time_point heard_{};
  std::optional<failure> failed_;
};

} // namespace devp2p::nat
