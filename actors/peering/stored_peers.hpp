// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/enode.hpp"
#include "devp2p/messages/node_id.hpp"
#include "devp2p/nat/source.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// The rows of a `peer_store`. Times are wall-clock times, and are stored in whole seconds: a
/// fraction is cut off.
namespace devp2p {

struct stored_ban {
  /// The text of an id, an address or a network. Equal texts are the same subject.
  std::string subject;
  /// The end of the ban; `time_point::max()` for one without end.
  std::chrono::system_clock::time_point until;
  std::string reason;

  friend bool operator==(const stored_ban&, const stored_ban&) = default;
};

struct stored_score {
  node_id id;
  double score = 0;
  /// The number of failures in a row.
  std::uint32_t failures = 0;
  /// The time of the last change, from which the score has decayed since.
  std::chrono::system_clock::time_point changed = {};
  /// The time of the last failure.
  std::chrono::system_clock::time_point failed = {};
  /// The number of former bans, and the end of the last one.
  std::uint32_t bans = 0;
  std::chrono::system_clock::time_point banned_until = {};
  /// The network in which the node was last seen (`nat::to_source`); zero if it is not known.
  nat::address_key network = {};

  friend bool operator==(const stored_score&, const stored_score&) = default;
};

/// A node to which connections are kept for ever.
struct static_node {
  enode url;

  friend bool operator==(const static_node&, const static_node&) = default;
};

/// A node that may be dialled.
struct known_node {
  enode url;
  std::chrono::system_clock::time_point last_seen;
  /// The time at which the endpoint was last proved to be the node's; `nullopt` if it never was.
  std::optional<std::chrono::system_clock::time_point> proved = std::nullopt;

  friend bool operator==(const known_node&, const known_node&) = default;
};

struct removed_ban {
  std::string subject;
};
struct removed_score {
  node_id id;
};
struct removed_static_node {
  node_id id;
};
struct removed_known_node {
  node_id id;
};
/// The own sequence number. It only grows: a smaller one changes nothing.
struct own_sequence {
  std::uint64_t number = 0;
};

/// One change. A row replaces the one with the same subject or id.
using store_change =
  std::variant<stored_ban, stored_score, static_node, known_node, removed_ban, removed_score,
               removed_static_node, removed_known_node, own_sequence>;

/// The maximum numbers of rows, and of the bytes of their texts. Where a table is full, the row
/// goes that matters least: the ban that ends first, the score that changed first, and the known
/// node that was seen first. A new row may be that row itself. A static node never goes; another
/// one is refused.
struct store_limits {
  std::size_t bans = 10'000;
  std::size_t scores = 10'000;
  std::size_t known_nodes = 10'000;
  std::size_t static_nodes = 1'000;
  /// Longer subjects are refused; longer reasons are cut off.
  std::size_t text = 512;
};

} // namespace devp2p
