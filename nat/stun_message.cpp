// SPDX-License-Identifier: BSL-1.0
#include "devp2p/nat/stun_message.hpp"

#include "devp2p/nat/byte_order.hpp"

#include <algorithm>

namespace devp2p::nat::stun {

namespace {

constexpr std::uint16_t binding_request = 0x0001;
constexpr std::uint16_t binding_success = 0x0101;
constexpr std::uint32_t magic_cookie = 0x2112A442;
constexpr std::size_t header_size = 20;

constexpr std::uint16_t mapped_address = 0x0001;
constexpr std::uint16_t xor_mapped_address = 0x0020;

// The families of an address (section 15.1).
constexpr std::uint8_t family_v4 = 1;
constexpr std::uint8_t family_v6 = 2;

/// Decodes an address whose bytes are combined with `mask` by XOR. The port uses the first two
/// bytes of the mask.
std::optional<endpoint> decode_address(byte_view value, byte_view mask) {
  if (value.size() < 4)
    return std::nullopt;
  const auto size = value[1] == family_v4 ? 4u : value[1] == family_v6 ? 16u : 0u;
  if (size == 0 || value.size() != 4 + size)
    return std::nullopt;
  address_bytes address{};
  if (size == 4)
    address[10] = address[11] = 0xff; // IPv4 mapped into IPv6.
  for (std::size_t i = 0; i < size; ++i)
    address[address.size() - size + i] = value[4 + i] ^ mask[i];
  auto port = number_at<std::uint16_t>(value, 2) ^ number_at<std::uint16_t>(mask, 0);
  return endpoint{to_text(address), static_cast<std::uint16_t>(port)};
}

} // namespace

bytes encode_request(const transaction_id& id) {
  bytes out;
  put(out, binding_request);
  put(out, std::uint16_t{0});
  put(out, magic_cookie);
  put(out, id);
  return out;
}

std::optional<endpoint> decode_response(byte_view in, const transaction_id& id) {
  if (in.size() < header_size || number_at<std::uint16_t>(in, 0) != binding_success ||
      number_at<std::uint32_t>(in, 4) != magic_cookie ||
      !std::equal(id.begin(), id.end(), in.begin() + 8) ||
      in.size() != header_size + number_at<std::uint16_t>(in, 2))
    return std::nullopt;
  // The magic cookie and the transaction id, adjacent in the header.
  const auto mask = in.subspan(4, 16);
  const byte_array<16> no_mask{};
  std::optional<endpoint> plain;
  for (auto rest = in.subspan(header_size); rest.size() >= 4;) {
    auto type = number_at<std::uint16_t>(rest, 0);
    std::size_t size = number_at<std::uint16_t>(rest, 2);
    if (rest.size() < 4 + size)
      return std::nullopt;
    auto value = rest.subspan(4, size);
    if (type == xor_mapped_address)
      return decode_address(value, mask);
    if (type == mapped_address && !plain)
      plain = decode_address(value, no_mask);
    // Values are padded to a multiple of four bytes (section 15).
    rest = rest.subspan(std::min(rest.size(), 4 + (size + 3) / 4 * 4));
  }
  return plain;
}

} // namespace devp2p::nat::stun
