// SPDX-License-Identifier: BSL-1.0
#include "devp2p/nat/byte_order.hpp"

#include <asio/ip/address.hpp>

namespace devp2p::nat {

std::optional<address_bytes> to_address_bytes(const std::string& text) {
  std::error_code error;
  auto address = asio::ip::make_address(text, error);
  if (error)
    return std::nullopt;
  return address.is_v6()
           ? address.to_v6().to_bytes()
           : asio::ip::make_address_v6(asio::ip::v4_mapped, address.to_v4()).to_bytes();
}

std::string to_text(const address_bytes& x) {
  auto address = asio::ip::address_v6{x};
  return address.is_v4_mapped()
           ? asio::ip::make_address_v4(asio::ip::v4_mapped, address).to_string()
           : address.to_string();
}

} // namespace devp2p::nat
