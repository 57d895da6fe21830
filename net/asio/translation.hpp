// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/endpoint.hpp"

#include <asio/ip/tcp.hpp>

#include <optional>
#include <system_error>

/// Translation between the types of the operating system and ours.
namespace devp2p::net {

/// Returns our error for `why`, which must be a failure.
[[nodiscard]] errc to_errc(const std::error_code& why);

/// Returns `x` as an `endpoint`. An IPv4-mapped address becomes an IPv4 address again. The zone of
/// a link-local address, which has no place in an `endpoint`, is lost.
[[nodiscard]] endpoint to_endpoint(const asio::ip::tcp::endpoint& x);

/// Returns `nullopt` if the host of `x` is not an address.
[[nodiscard]] std::optional<asio::ip::tcp::endpoint> to_tcp(const endpoint& x);

} // namespace devp2p::net
