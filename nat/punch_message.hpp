// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/endpoint.hpp"
#include "devp2p/nat/keyed_hash.hpp"

#include <chrono>
#include <optional>
#include <variant>

/// What is said while a hole is punched. All that is ever sent has the same size: no answer is
/// larger than its question, and over TCP nothing else tells where one ends.
///
/// | octets | of | |
/// |---|---|---|
/// | 0-3 | all | `dpun` |
/// | 4 | all | version: 1 |
/// | 5 | all | 1 question, 2 answer, 3 probe |
/// | 6 | question, probe | side: 0 or 1 |
/// | | answer | status |
/// | 7 | question, answer | mapping; of the asker, of the other side |
/// | | probe | 1: wants an answer, 2: confirmed |
/// | 8-23 | question, answer | nonce |
/// | | probe | number, then the number that it answers, eight octets each |
/// | 24-39 | question | name |
/// | | answer | cookie or token |
/// | | probe | tag |
/// | 40-55 | question | cookie |
/// | 40-57, 58-75 | answer | observed and other endpoint: an IPv6 address, a port |
/// | 76-77 | answer | milliseconds to wait |
///
/// What is left is zero. Endpoints are masked with the nonce: there are NATs that rewrite addresses
/// wherever they see one.
namespace devp2p::nat {

inline constexpr std::size_t punch_datagram_size = 80;
using punch_datagram = byte_array<punch_datagram_size>;

/// Which of two nodes.
enum class side : std::uint8_t { first, second };

[[nodiscard]] constexpr side other(side x) {
  return x == side::first ? side::second : side::first;
}

/// How a NAT chooses the external port, as far as one knows (RFC 4787, section 4.1).
enum class port_mapping_kind : std::uint8_t {
  unknown,
  /// The same, whomever one speaks to; or there is no NAT.
  independent,
  /// Another for each remote: a symmetric NAT.
  dependent,
};

/// To the rendezvous, from one side.
struct question {
  side from = side::first;
  port_mapping_kind mapping = port_mapping_kind::unknown;
  /// Of this attempt; unpredictable, so that nobody else can answer.
  octets_16 nonce{};
  /// Where the two sides meet: both can compute it, and nobody else.
  octets_16 name{};
  /// What the rendezvous has sent to this address; zero at first.
  octets_16 cookie{};

  friend bool operator==(const question&, const question&) = default;
};

enum class answer_status : std::uint8_t {
  /// Ask again, with this cookie.
  challenge,
  /// From the second address, which only says what it sees.
  observed,
  /// The other side is not there yet.
  waiting,
  /// It is.
  met,
  /// There is no room, or somebody else has this side's place.
  refused,
};

/// From the rendezvous.
struct answer {
  answer_status status = answer_status::challenge;
  /// Of the other side; the rest about it, too, is there once they have met.
  port_mapping_kind mapping = port_mapping_kind::unknown;
  octets_16 nonce{};
  /// The cookie of a challenge, or the token that the two share.
  octets_16 secret{};
  std::optional<endpoint> observed = std::nullopt;
  std::optional<endpoint> peer = std::nullopt;
  /// When both begin: in so long.
  std::chrono::duration<std::uint16_t, std::milli> start_in{0};

  friend bool operator==(const answer&, const answer&) = default;
};

/// From one side to the other, or so it hopes.
struct probe {
  side from = side::first;
  bool wants_answer = false;
  /// The sender knows that what it sends arrives, and is answered.
  bool confirmed = false;
  /// Counts, from a number that nobody can foresee: so what is recorded answers nothing later.
  std::uint64_t number = 0;
  /// A probe that has come to the sender from where this one goes; 0 if none has.
  std::uint64_t answers = 0;
  octets_16 tag{};

  friend bool operator==(const probe&, const probe&) = default;
};

using punch_message = std::variant<question, answer, probe>;

/// A host that is no IP address is left out.
[[nodiscard]] punch_datagram encode(const punch_message& x);

/// Nothing if it is not one of them; each has one encoding only.
[[nodiscard]] std::optional<punch_message> decode_punch_message(byte_view in);

/// What makes it authentic: only who has `key` can make it.
[[nodiscard]] octets_16 tag_of(const probe& x, byte_view key);

} // namespace devp2p::nat
