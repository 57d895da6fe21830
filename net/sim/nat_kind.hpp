// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace devp2p::net {

/// What RFC 4787 tells apart (sections 4.1 and 5), as far as it decides whether a hole can be
/// punched.
enum class nat_kind : std::uint8_t {
  /// The same external port for all; lets everybody in.
  fullcone,
  /// Lets in whose address was sent to.
  addrcone,
  /// Lets in whose address and port were sent to.
  cone,
  /// The same, with external ports of a range of its own.
  portrange,
  /// The same, with another external port for each remote.
  symmetric,
};

/// The first is the weakest; each stands at its own number.
inline constexpr std::array<std::string_view, 5> nat_kind_names{"fullcone", "addrcone", "cone",
                                                                "portrange", "symmetric"};

inline constexpr std::string_view to_string(nat_kind x) {
  return nat_kind_names.at(static_cast<std::size_t>(x));
}

} // namespace devp2p::net
