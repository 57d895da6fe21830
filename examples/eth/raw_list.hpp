// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/rlp/encode.hpp"
#include "devp2p/net/rlp/raw.hpp"
#include "devp2p/net/rlp/shape.hpp"

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace devp2p::eth {

/// A list in a message that stays encoded until its reader says how many items make sense. A
/// message of 10 MiB has room for ten million, and to read them all keeps a loop for a while.
class raw_list {
public:
  raw_list() : raw_list(std::vector<rlp::raw>{}) {}
  explicit raw_list(rlp::raw list) : list_(std::move(list)) {}
  /// Encodes the items.
  template <class T>
  raw_list(const std::vector<T>& items) : list_{rlp::encode(items)} {}

  /// Returns the items, which share the list's memory; `nullopt` if there are more than `max`, or
  /// if this is no list. Lists in it are not looked into.
  [[nodiscard]] std::optional<std::vector<rlp::raw>> items(std::uint64_t max) const;

private:
  friend struct rlp::representation<raw_list>;

  rlp::raw list_;
};

} // namespace devp2p::eth

namespace devp2p::rlp {

template <>
struct representation<eth::raw_list> {
  static auto& of(auto& x) { return x.list_; }
};

} // namespace devp2p::rlp
