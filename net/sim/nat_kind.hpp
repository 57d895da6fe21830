// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace devp2p::net {

/// The kinds of NAT that RFC 4787 tells apart (sections 4.1 and 5), as far as the kind decides
/// whether a hole can be punched.
enum class nat_kind : std::uint8_t {
  /// Uses one external port for all remotes, and lets every remote in.
  fullcone,
  /// Lets in a remote if something was sent to its address.
  addrcone,
  /// Lets in a remote if something was sent to its address and port.
  cone,
  /// As `cone`, with external ports of a range of its own.
  portrange,
  /// As `cone`, with another external port for each remote.
  symmetric,
};

/// The names of the kinds, each at its own number; the first kind is the weakest.
inline constexpr std::array<std::string_view, 5> nat_kind_names{"fullcone", "addrcone", "cone",
                                                                "portrange", "symmetric"};

inline constexpr std::string_view to_string(nat_kind x) {
  return nat_kind_names.at(static_cast<std::size_t>(x));
}

} // namespace devp2p::net
