// SPDX-License-Identifier: BSL-1.0
#include "devp2p/nat/pcp_message.hpp"

#include "devp2p/nat/byte_order.hpp"

#include <algorithm>
#include <array>

namespace devp2p::nat::pcp {

namespace {

constexpr std::uint8_t version = 2;
constexpr std::uint8_t opcode_announce = 0;
constexpr std::uint8_t opcode_map = 1;
constexpr std::uint8_t is_response = 0x80;

constexpr std::size_t header_size = 24;
constexpr std::size_t map_size = header_size + 36;
/// The maximum size of a datagram in bytes (RFC 6887, section 7).
constexpr std::size_t max_size = 1100;

// IANA's protocol numbers.
constexpr std::uint8_t tcp = 6;
constexpr std::uint8_t udp = 17;

/// Encodes a request header (section 7.1).
bytes header(std::uint8_t opcode, std::chrono::seconds lifetime, const address_bytes& client) {
  bytes out;
  out.reserve(map_size);
  put(out, version);
  put(out, opcode);
  put(out, std::uint16_t{0});
  put(out, static_cast<std::uint32_t>(lifetime.count()));
  put(out, client);
  return out;
}

/// Decodes the 36 bytes of a MAP response from `header_size` on (section 11.1).
std::optional<map_grant> decode_map(byte_view in) {
  constexpr auto at = header_size;
  map_grant out;
  std::copy_n(in.begin() + at, out.nonce.size(), out.nonce.begin());
  auto protocol = in[at + 12];
  if (protocol != tcp && protocol != udp)
    return std::nullopt;
  out.internal = {protocol == tcp ? transport::tcp : transport::udp,
                  number_at<std::uint16_t>(in, at + 16)};
  address_bytes external;
  std::copy_n(in.begin() + at + 20, external.size(), external.begin());
  out.external = {to_text(external), number_at<std::uint16_t>(in, at + 18)};
  return out;
}

} // namespace

std::string to_string(result x) {
  static constexpr std::array words = {"success",
                                       "unsupported version",
                                       "not authorized",
                                       "malformed request",
                                       "unsupported opcode",
                                       "unsupported option",
                                       "malformed option",
                                       "network failure",
                                       "no resources",
                                       "unsupported protocol",
                                       "quota exceeded",
                                       "cannot provide that port",
                                       "address mismatch",
                                       "too many remote peers"};
  auto code = static_cast<std::size_t>(x);
  return "PCP result " + std::to_string(code) +
         (code < words.size() ? std::string{" ("} + words[code] + ')' : "");
}

std::optional<bytes> encode(const map_request& x) {
  auto client = to_address_bytes(x.client);
  // Without a preference, the address is 0.0.0.0 or ::, of the client's own family.
  auto wish = x.external.host;
  if (wish.empty())
    wish = x.client.find(':') == x.client.npos ? "0.0.0.0" : "::";
  auto external = to_address_bytes(wish);
  if (!client || !external)
    return std::nullopt;
  auto out = header(opcode_map, x.lifetime, *client);
  put(out, x.nonce);
  put(out, x.internal.protocol == transport::tcp ? tcp : udp);
  put(out, byte_view{byte_array<3>{}});
  put(out, x.internal.number);
  put(out, x.external.port);
  put(out, *external);
  return out;
}

std::optional<bytes> encode_announce(const std::string& client) {
  auto address = to_address_bytes(client);
  if (!address)
    return std::nullopt;
  return header(opcode_announce, std::chrono::seconds{0}, *address);
}

std::optional<response> decode(byte_view in) {
  if (in.size() < 4 || in.size() > max_size || (in[1] & is_response) == 0)
    return std::nullopt;
  if (in[0] != version)
    return response{result::unsupported_version, {}, 0, std::nullopt};
  auto opcode = in[1] & ~is_response;
  if (in.size() < (opcode == opcode_map ? map_size : header_size) ||
      (opcode != opcode_map && opcode != opcode_announce))
    return std::nullopt;
  response out{static_cast<result>(in[3]), std::chrono::seconds{number_at<std::uint32_t>(in, 4)},
               number_at<std::uint32_t>(in, 8), std::nullopt};
  if (opcode == opcode_map) {
    out.map = decode_map(in);
    if (!out.map)
      return std::nullopt;
  }
  return out;
}

} // namespace devp2p::nat::pcp
