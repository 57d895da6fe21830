// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/asio/translation.hpp"

#include <asio/error.hpp>

namespace devp2p::net {

errc to_errc(const std::error_code& why) {
  if (why == asio::error::eof)
    return errc::end_of_stream;
  if (why == std::errc::not_enough_memory)
    return errc::out_of_memory;
  if (why.category() != asio::error::get_system_category())
    return errc::network_failure;
  return from_errno(why.value());
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
  // Asio would also take a zone, and the text before a NUL.
  if (error || !x.is_address())
    return std::nullopt;
  return asio::ip::tcp::endpoint{address, x.port};
}

} // namespace devp2p::net
