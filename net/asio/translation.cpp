// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/asio/translation.hpp"

#include <asio/error.hpp>

#include <array>
#include <utility>

namespace devp2p::net {

errc to_errc(const std::error_code& why) {
  static constexpr auto words = std::to_array<std::pair<std::errc, errc>>({
    {std::errc::connection_refused, errc::connection_refused},
    {std::errc::connection_reset, errc::connection_reset},
    {std::errc::connection_aborted, errc::connection_reset},
    // A write after the remote's reset, the first of which was told as such.
    {std::errc::broken_pipe, errc::connection_reset},
    {std::errc::host_unreachable, errc::host_unreachable},
    {std::errc::network_unreachable, errc::host_unreachable},
    {std::errc::address_in_use, errc::address_in_use},
    {std::errc::address_not_available, errc::address_not_available},
    {std::errc::address_family_not_supported, errc::address_not_available},
    {std::errc::permission_denied, errc::permission_denied},
    {std::errc::operation_not_permitted, errc::permission_denied},
    {std::errc::timed_out, errc::dial_timeout},
  });
  if (why == asio::error::eof)
    return errc::end_of_stream;
  if (why.category() != asio::error::get_system_category())
    return errc::network_failure;
  // Asio's category for the system's errors does not know which std::errc they are; the standard's
  // does.
  const std::error_code failure{why.value(), std::system_category()};
  for (auto [theirs, ours] : words)
    if (failure == theirs)
      return ours;
  return errc::network_failure;
}

endpoint to_endpoint(const asio::ip::tcp::endpoint& x) {
  if (x.address().is_v4())
    return {x.address().to_v4().to_string(), x.port()};
  auto address = x.address().to_v6();
  if (address.is_v4_mapped())
    return {asio::ip::make_address_v4(asio::ip::v4_mapped, address).to_string(), x.port()};
  return {asio::ip::address_v6{address.to_bytes()}.to_string(), x.port()};
}

std::optional<asio::ip::tcp::endpoint> to_tcp(const endpoint& x) {
  std::error_code error;
  auto address = asio::ip::make_address(x.host, error);
  if (error)
    return std::nullopt;
  return asio::ip::tcp::endpoint{address, x.port};
}

} // namespace devp2p::net
