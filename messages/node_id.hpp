// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"

#include <compare>
#include <cstring>
#include <functional>

namespace devp2p {

/// Who a node is: its uncompressed secp256k1 public key without the leading 0x04.
///
/// A value of this type need not be a point of the curve: who uses it as a key must check.
struct node_id {
  static constexpr std::size_t size = 64;

  byte_array<size> value{};

  /// The id that `in` spells as 128 hexadecimal digits.
  [[nodiscard]] static std::optional<node_id> parse(std::string_view in);

  /// The first eight digits, to tell nodes apart in a log.
  [[nodiscard]] std::string brief() const { return to_hex(byte_view{value}.first(4)); }

  [[nodiscard]] bool is_zero() const { return *this == node_id{}; }

  friend bool operator==(const node_id&, const node_id&) = default;
  friend auto operator<=>(const node_id&, const node_id&) = default;

  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, node_id& x) {
    return f(x.value);
  }
};

[[nodiscard]] std::string to_string(const node_id& id);

} // namespace devp2p

/// Keys are spread evenly already, so that any eight octets do; but a remote chooses its own, so
/// take them from where grinding is as hard as anywhere.
template <>
struct std::hash<devp2p::node_id> {
  std::size_t operator()(const devp2p::node_id& id) const noexcept {
    std::size_t out;
    std::memcpy(&out, id.value.data(), sizeof out);
    return out;
  }
};
