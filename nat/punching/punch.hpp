// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/random_source.hpp"
#include "devp2p/nat/punching/rendezvous_client.hpp"

#include <deque>

namespace devp2p::nat {

struct punch_settings {
  /// The time to wait for the other side to come to the rendezvous. At most
  /// `rendezvous_client::max_patience`.
  std::chrono::nanoseconds patience = std::chrono::seconds{30};
  /// The interval of probes through an open hole. Some NATs close a hole after half a minute.
  /// Limited to the range from `punch::interval` to `punch::max_keep_alive`.
  std::chrono::nanoseconds keep_alive = std::chrono::seconds{15};
};

/// An open path through the NATs.
struct punched {
  /// The other side's endpoint, reached from our port. It may differ from what the rendezvous saw.
  endpoint remote;
  std::chrono::nanoseconds round_trip{0};
};

/// One side's part in opening a UDP path through the NATs of two nodes, and in keeping it open. A
/// state machine without I/O: receives the time and the datagrams, and returns the datagrams to
/// send, all from one port.
///
/// After the introduction both sides send at the same time, to the endpoint at which the rendezvous
/// has seen the other. Each answers every source of authentic probes. The path is open when this
/// side has received an answer along it, and the other side reports the same.
///
/// Probes are authenticated with a key derived from the shared secret and the token of this
/// attempt. A node that lacks either cannot forge them; not even the rendezvous can. The rendezvous
/// chooses the token, and so can replay the probes of an old attempt. They open no path, because
/// they answer numbers that this attempt has not used. An attacker that sees all packets can still
/// relay them to another place. The protocol above must authenticate the remote, as RLPx does.
///
/// A stranger that has overheard the name of the meeting can take the place of an absent side, but
/// cannot make probes. So if no probe has come, the attempt is repeated with the next side that the
/// rendezvous names, until `patience` has passed. It is not repeated if a symmetric NAT is known to
/// be the reason.
///
/// A source that has not proved that it receives our datagrams gets one answer for each probe, and
/// no more. So the other side cannot direct our traffic to third parties.
class punch {
public:
  using time_point = std::chrono::steady_clock::time_point;

  static constexpr std::chrono::milliseconds interval{100};
  /// The maximum duration of punching, from the common start.
  static constexpr std::chrono::seconds max_punching{5};
  /// The interval at which an unanswered probe through an open hole is repeated.
  static constexpr std::chrono::seconds keep_alive_retry{1};
  /// The time for which an unanswered probe is repeated before the open hole is lost.
  static constexpr std::chrono::seconds max_silence{20};
  static constexpr std::chrono::hours max_keep_alive{1};
  /// The maximum wait for the answer to a `check`.
  static constexpr std::chrono::seconds max_check{3};
  /// The maximum number of sources of authentic probes.
  static constexpr std::size_t max_paths = 4;
  /// The maximum number of sent probes whose answers are still accepted: separately for probes that
  /// ask for an answer, and for the others.
  static constexpr std::size_t max_remembered = 64;

  enum class phase : std::uint8_t { introducing, punching, open, over };

  punch(const meeting_key& with, rendezvous_site site, random_source& random, time_point now,
        const punch_settings& settings = {});

  [[nodiscard]] std::vector<outgoing> on_time(time_point now);
  /// Handles any datagram, from any source.
  [[nodiscard]] std::vector<outgoing> on_datagram(const endpoint& from, byte_view in,
                                                  time_point now);

  /// Asks at once along the hole whether the other side is still there. Unless it answers within
  /// `max_check`, the hole is lost. Returns an empty list while the hole is not open.
  [[nodiscard]] std::vector<outgoing> check(time_point now);

  /// Returns the time of the last answer along the hole. Precondition: the hole was open.
  [[nodiscard]] time_point heard() const { return heard_; }

  /// Returns the time at which `on_time` is to be called next; `time_point::max()` once it is over.
  [[nodiscard]] time_point next() const;

  [[nodiscard]] phase where() const { return phase_; }
  /// Present once the hole was open.
  [[nodiscard]] const std::optional<punched>& hole() const { return hole_; }
  /// Present once it is over: the hole never opened, or was lost (`errc::ping_timeout`).
  [[nodiscard]] const std::optional<failure>& failed() const { return failed_; }

  [[nodiscard]] const rendezvous_client& client() const { return client_; }

private:
  struct path {
    endpoint remote;
    /// Set for the endpoint that the rendezvous named, and for one that has answered our datagrams.
    bool worth_probing = false;
    /// The highest number of a probe that came along this path.
    std::uint64_t heard = 0;
    /// Known once a probe that asked for an answer has been answered.
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

  const meeting_key with_;
  const punch_settings settings_;
  rendezvous_client client_;
  const time_point latest_;
  phase phase_ = phase::introducing;
  byte_array<32> key_{};
  byte_array<16> token_{};
  std::vector<path> paths_;
  /// The probes sent that ask for an answer. Only this side decides when to send them, so a remote
  /// cannot displace them.
  memory asked_;
  /// The probes sent that ask for no answer.
  memory unasked_;
  std::uint64_t last_number_;
  time_point next_probe_;
  /// The time by which punching must succeed, or after which the open hole is lost.
  time_point deadline_;
  std::optional<punched> hole_;
  time_point heard_{};
  std::optional<failure> failed_;
};

} // namespace devp2p::nat
