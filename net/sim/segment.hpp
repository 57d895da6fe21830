// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"
#include "devp2p/messages/errc.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace devp2p::net {

/// The kind of a segment.
enum class segment_kind : std::uint8_t {
  // For an end of a connection.

  /// Data that the remote end has written.
  data,
  /// The remote end writes no more.
  finished,
  /// The remote end writes no more, and reads no more.
  closed,
  /// The connection broke; what was not read is lost.
  broken,
  /// The remote end has read `size` more bytes of this end's data.
  room,

  // For a host.

  /// A dial: a remote asks for a connection.
  dial,
  /// The outcome of a dial of this host.
  answer,
  /// A dial of this host was not let in by a NAT. A real network would not say so; but the host
  /// need not wait for what will not come.
  unheard,
  datagram,
};

/// A message under way from one host to another. It has no other owner and refers to nothing, so
/// that it may go on in another process.
struct segment {
  std::chrono::nanoseconds due{0};
  segment_kind what = segment_kind::data;
  /// The number of the connection end that it is for, or of the dial that it is or answers.
  std::uint64_t number = 0;
  std::uint16_t from_port = 0;
  std::uint16_t to_port = 0;
  /// If a dial has met another: the number of their connection's end at the host that dialled.
  std::optional<std::uint64_t> met = std::nullopt;
  /// The reason for which a dial has failed.
  std::optional<errc> error = std::nullopt;
  /// The number of bytes that `segment_kind::room` tells of.
  std::uint64_t size = 0;
  bytes content = {};

  friend bool operator==(const segment&, const segment&) = default;
};

} // namespace devp2p::net
