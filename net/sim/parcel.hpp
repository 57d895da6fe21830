// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"
#include "devp2p/messages/errc.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace devp2p::net {

/// What a parcel brings.
enum class news : std::uint8_t {
  // For an end of a connection.

  /// What its remote end has written.
  octets,
  /// Nothing follows.
  finished,
  /// The same, and nobody reads there any more.
  closed,
  /// The connection broke; what was not read is lost.
  broken,
  /// So much of what it had written was read.
  room,

  // For a host.

  /// Somebody asks for a connection.
  dial,
  /// What became of its dial.
  answer,
  /// Its dial was not let in by a NAT. Nobody would say so; but whoever has dialled need not wait
  /// for what will not come.
  unheard,
  datagram,
};

/// What is under way from one host to another. Belongs to nobody else and refers to nothing, so
/// that it may go on in another process.
struct parcel {
  std::chrono::nanoseconds due{0};
  news what = news::octets;
  /// The end of a connection that it is for, or the dial that it is or answers.
  std::uint64_t number = 0;
  std::uint16_t from_port = 0;
  std::uint16_t to_port = 0;
  /// If a dial has met another: the end of their connection that is for who dialled.
  std::optional<std::uint64_t> met = std::nullopt;
  /// Why a dial has failed.
  std::optional<errc> error = std::nullopt;
  /// Of room, in octets.
  std::uint64_t size = 0;
  bytes content = {};

  friend bool operator==(const parcel&, const parcel&) = default;
};

} // namespace devp2p::net
