// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"
#include "devp2p/messages/inspect.hpp"

#include <compare>
#include <cstring>
#include <functional>

namespace devp2p {

/// The identity of a node: its uncompressed secp256k1 public key without the leading 0x04.
///
/// A value of this type need not be a point of the curve: check it before it is used as a key.
struct node_id {
  static constexpr std::size_t size = 64;

  byte_array<size> value{};

  /// Returns the id that `in` spells as 128 hexadecimal digits, or `nullopt`.
  [[nodiscard]] static std::optional<node_id> parse(std::string_view in);

  /// Returns the first eight digits, to tell nodes apart in a log.
  [[nodiscard]] std::string brief() const { return to_hex(byte_view{value}.first(4)); }

  [[nodiscard]] bool is_zero() const { return *this == node_id{}; }

  friend bool operator==(const node_id&, const node_id&) = default;
  friend auto operator<=>(const node_id&, const node_id&) = default;

  friend auto inspect(auto& f, node_id& x) { return inspect_fields(f, {"value"}, x.value); }
};

[[nodiscard]] std::string to_string(const node_id& id);

} // namespace devp2p

/// Takes the first bytes of the key. Keys are spread evenly, so that any bytes do. A remote chooses
/// its own key, but these bytes are as hard to grind as any others.
template <>
struct std::hash<devp2p::node_id> {
  std::size_t operator()(const devp2p::node_id& id) const noexcept {
    std::size_t out;
    std::memcpy(&out, id.value.data(), sizeof out);
    return out;
  }
};
