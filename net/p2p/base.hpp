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

/// The number of message identifiers of the base protocol; the first shared protocol starts behind
/// them.
inline constexpr std::uint64_t base_length = 0x10;

/// The payload of Ping and Pong, an empty list: some nodes refuse a message without content.
inline constexpr byte_array<1> ping_payload{0xc0};

/// The largest Hello that is read, in bytes.
inline constexpr std::size_t max_hello_size = 2048;

/// The largest Hello that every node reads (aleth drops a longer one), in bytes. A node with a
/// longer Hello offers too much, and its operator should change that.
inline constexpr std::size_t max_sent_hello_size = 1024;

/// The largest number of capabilities that a Hello may offer.
inline constexpr std::size_t max_capabilities = 128;

/// The longest name of a capability that is read, in bytes. RLPx, "Hello (0x00)", allows a sender
/// eight.
inline constexpr std::size_t max_capability_name = 32;

/// The largest Disconnect that is read, in bytes, compressed or not.
inline constexpr std::size_t max_disconnect_size = 100;

/// Returns the payload of a Hello. Capabilities are sorted, and duplicates left out: some nodes
/// number the messages in the order of this list.
[[nodiscard]] bytes encode_hello(const hello& x);

/// Reads the payload of a Hello, which is never compressed, because only its version says whether
/// both ends compress.
///
/// Data that a later version may append, to a list or behind all, is ignored (EIP-8). A listening
/// port that is no port reads as zero: the field is not used, and no peer should be lost over it.
/// Fails with `errc::message_too_large`, `errc::malformed_hello`, or `errc::invalid_identity` if
/// only the node id is wrong.
[[nodiscard]] expected<hello> decode_hello(byte_view payload);

/// Returns the protocol version in the payload of a Hello, its first field; `nullopt` if that
/// cannot be read.
[[nodiscard]] std::optional<std::uint64_t> version_of_hello(byte_view payload);

/// Returns the payload of a Disconnect: a list of one integer. `disconnect_reason::undecodable`,
/// which no remote knows, is sent as `disconnect_reason::requested`.
[[nodiscard]] bytes encode_disconnect(disconnect_reason reason);

/// Reads the payload of a Disconnect in any form that is in use: the reason alone or first in a
/// list; zero as a byte, an empty string, an empty list or no content; all that compressed or not,
/// since some nodes never compress it.
///
/// Returns `disconnect_reason::undecodable` if it is none of these.
[[nodiscard]] disconnect_reason decode_disconnect(byte_view payload);

} // namespace devp2p::p2p
