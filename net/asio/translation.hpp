// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/endpoint.hpp"

#include <asio/ip/tcp.hpp>

#include <optional>
#include <system_error>

/// Between the words of the operating system and ours.
namespace devp2p::net {

/// What `why`, a failure and not a success, means to us.
[[nodiscard]] errc to_errc(const std::error_code& why);

/// An IPv4 address that came in the clothes of IPv6 is an IPv4 address again; the zone of a
/// link-local address, which has no place in an `endpoint`, is lost.
[[nodiscard]] endpoint to_endpoint(const asio::ip::tcp::endpoint& x);

/// Nothing if the host of `x` is not an address.
[[nodiscard]] std::optional<asio::ip::tcp::endpoint> to_tcp(const endpoint& x);

} // namespace devp2p::net
