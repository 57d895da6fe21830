// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/endpoint.hpp"
#include "devp2p/nat/punching/keyed_hash.hpp"

#include <chrono>
#include <optional>
#include <variant>

/// The messages of hole punching. Every datagram has the same size. So no answer is larger than its
/// question, and over TCP the size delimits the messages.
///
/// | bytes | of | |
/// |---|---|---|
/// | 0-3 | all | `dpun` |
/// | 4 | all | version: 1 |
/// | 5 | all | 1 question, 2 answer, 3 probe |
/// | 6 | question, probe | side: 0 or 1 |
/// | | answer | status |
/// | 7 | question, answer | mapping; of the asker, of the other side |
/// | | probe | 1: wants an answer, 2: confirmed |
/// | 8-23 | question, answer | nonce |
/// | | probe | number, then the number that it answers, eight bytes each |
/// | 24-39 | question | name |
/// | | answer | cookie or token |
/// | | probe | tag |
/// | 40-55 | question | cookie |
/// | 40-57, 58-75 | answer | observed and other endpoint: an IPv6 address, a port |
/// | 76-77 | answer | milliseconds to wait |
///
/// All other bytes are zero. Endpoints are masked with the nonce, because some NATs rewrite any
/// address that they find in a payload.
namespace devp2p::nat {

inline constexpr std::size_t punch_datagram_size = 80;
using punch_datagram = byte_array<punch_datagram_size>;

/// One of the two nodes.
enum class side : std::uint8_t { first, second };

[[nodiscard]] constexpr side other(side x) {
  return x == side::first ? side::second : side::first;
}

/// A NAT's way to choose the external port, as far as known (RFC 4787, section 4.1).
enum class port_mapping_kind : std::uint8_t {
  unknown,
  /// One external port for all remotes, or no NAT.
  independent,
  /// Another external port for each remote: a symmetric NAT.
  dependent,
};

/// A message from one side to the rendezvous.
struct question {
  side from = side::first;
  port_mapping_kind mapping = port_mapping_kind::unknown;
  /// The nonce of this attempt; unpredictable, so that no third party can answer.
  byte_array<16> nonce{};
  /// The name under which the two sides meet: only they can compute it.
  byte_array<16> name{};
  /// The cookie that the rendezvous has sent to this address; zero at first.
  byte_array<16> cookie{};

  friend bool operator==(const question&, const question&) = default;
};

enum class answer_status : std::uint8_t {
  /// The side should ask again, with this cookie.
  challenge,
  /// An answer of the second address, which only reports what it sees.
  observed,
  /// The other side is not there yet.
  waiting,
  /// The other side is there.
  met,
  /// The rendezvous has no room, or another node holds this side's place.
  refused,
};

/// A message from the rendezvous.
struct answer {
  answer_status status = answer_status::challenge;
  /// The mapping of the other side; valid once both have met, as `peer` and `start_in` are.
  port_mapping_kind mapping = port_mapping_kind::unknown;
  byte_array<16> nonce{};
  /// The cookie of a challenge, or the token that the two share.
  byte_array<16> secret{};
  std::optional<endpoint> observed = std::nullopt;
  std::optional<endpoint> peer = std::nullopt;
  /// The time until both sides begin to send.
  std::chrono::duration<std::uint16_t, std::milli> start_in{0};

  friend bool operator==(const answer&, const answer&) = default;
};

/// A message from one side to the other.
struct probe {
  side from = side::first;
  bool wants_answer = false;
  /// Set if the sender has received an answer from the endpoint to which it sends this probe.
  bool confirmed = false;
  /// Counts up from an unpredictable number, so that a recorded answer is of no use later.
  std::uint64_t number = 0;
  /// The number of a probe that came from the endpoint to which this one goes; 0 if none has come.
  std::uint64_t answers = 0;
  byte_array<16> tag{};

  friend bool operator==(const probe&, const probe&) = default;
};

using punch_message = std::variant<question, answer, probe>;

/// Encodes the message. A host that is no IP address is left out.
[[nodiscard]] punch_datagram encode(const punch_message& x);

/// Returns `nullopt` for a datagram that is no such message. Each message has exactly one encoding.
[[nodiscard]] std::optional<punch_message> decode_punch_message(byte_view in);

/// Returns the tag that authenticates the probe: it cannot be made without `key`.
[[nodiscard]] byte_array<16> tag_of(const probe& x, byte_view key);

} // namespace devp2p::nat
