// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"
#include "devp2p/messages/disconnect_reason.hpp"
#include "devp2p/messages/expected.hpp"
#include "devp2p/messages/hello.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

/// The base protocol, which every session speaks beside its sub-protocols (RLPx, "Capability
/// Messaging" and "p2p" Capability).
namespace devp2p::p2p {

inline constexpr std::uint64_t hello_id = 0x00;
inline constexpr std::uint64_t disconnect_id = 0x01;
inline constexpr std::uint64_t ping_id = 0x02;
inline constexpr std::uint64_t pong_id = 0x03;

/// How many message identifiers the base protocol has; the first shared protocol starts behind
/// them.
inline constexpr std::uint64_t base_length = 0x10;

/// What Ping and Pong carry, an empty list: some nodes refuse a message without content.
inline constexpr byte_array<1> ping_payload{0xc0};

/// The largest Hello that is read.
inline constexpr std::size_t max_hello_size = 2048;

/// The largest Hello that every node reads (aleth drops a longer one). A node whose Hello is longer
/// offers too much; who configures the node should look.
inline constexpr std::size_t max_sent_hello_size = 1024;

/// The most capabilities that a Hello may offer.
inline constexpr std::size_t max_capabilities = 128;

/// The longest name of a capability that is read. RLPx, "Hello (0x00)", allows eight octets to who
/// sends one.
inline constexpr std::size_t max_capability_name = 32;

/// The largest Disconnect that is looked at, compressed or not.
inline constexpr std::size_t max_disconnect_size = 100;

/// The payload of a Hello. Sorts the capabilities and leaves out duplicates: some nodes number the
/// messages in the order of this list.
[[nodiscard]] bytes encode_hello(const hello& x);

/// Reads the payload of a Hello; never compressed, because only its version says whether both ends
/// compress.
///
/// What a later version may append, to a list or behind all, is ignored (EIP-8). A listening port
/// that is no port reads as zero, since nobody uses it and nobody should lose a peer over it.
/// Fails with `errc::message_too_large`, `errc::malformed_hello`, or `errc::invalid_identity` if
/// only the node id is wrong.
[[nodiscard]] expected<hello> decode_hello(byte_view payload);

/// The protocol version in the payload of a Hello, its first field; null if that cannot be read.
[[nodiscard]] std::optional<std::uint64_t> version_of_hello(byte_view payload);

/// The payload of a Disconnect: a list of one integer. `disconnect_reason::undecodable`, which no
/// remote knows, is told as `disconnect_reason::requested`.
[[nodiscard]] bytes encode_disconnect(disconnect_reason reason);

/// Reads the payload of a Disconnect in any form that is in use: the reason alone or first in a
/// list; zero as an octet, an empty string, an empty list or nothing; all that compressed or not,
/// since some nodes never compress it.
///
/// `disconnect_reason::undecodable` if it is none of these.
[[nodiscard]] disconnect_reason decode_disconnect(byte_view payload);

} // namespace devp2p::p2p
