// SPDX-License-Identifier: BSL-1.0
#include "devp2p/messages/endpoint.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace devp2p {

namespace {

std::optional<std::string> canonical_address(int family, const std::string& text) {
  // `inet_pton` stops at the first NUL.
  if (text.find('\0') != text.npos)
    return std::nullopt;
  std::array<unsigned char, sizeof(in6_addr)> binary{};
  if (inet_pton(family, text.c_str(), binary.data()) != 1)
    return std::nullopt;
  std::array<char, INET6_ADDRSTRLEN> out{};
  inet_ntop(family, binary.data(), out.data(), out.size());
  return std::string{out.data()};
}

bool is_number(std::string_view text) {
  auto hexadecimal = text.starts_with("0x") || text.starts_with("0X");
  const auto* digits = hexadecimal ? "0123456789abcdefABCDEF" : "0123456789";
  return text.find_first_not_of(digits, hexadecimal ? 2 : 0) == text.npos;
}

bool is_dns_name(std::string_view text) {
  auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  auto digit = [](char c) { return c >= '0' && c <= '9'; };
  auto allowed = [=](char c) { return letter(c) || digit(c) || c == '-' || c == '.' || c == '_'; };
  if (text.empty() || text.size() > 253 || !std::all_of(text.begin(), text.end(), allowed) ||
      text.front() == '-' || text.front() == '.' || text.find("..") != text.npos)
    return false;
  if (text.ends_with('.'))
    text.remove_suffix(1);
  // Resolvers take `0x7f.1`, or a mistyped address, for an address (URL Standard, section 3.5,
  // "ends in a number").
  return !is_number(text.substr(text.rfind('.') + 1));
}

} // namespace

expected<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t out = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  auto leading_zero = text.size() > 1 && text.front() == '0';
  if (error != std::errc{} || end != text.data() + text.size() || leading_zero)
    return errc::invalid_endpoint;
  return out;
}

expected<endpoint> endpoint::parse(std::string_view text) {
  auto colon = text.rfind(':');
  if (colon == text.npos)
    return errc::invalid_endpoint;
  auto port = parse_port(text.substr(colon + 1));
  if (!port)
    return errc::invalid_endpoint;
  auto host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) {
    if (auto address = canonical_address(AF_INET6, std::string{host.substr(1, host.size() - 2)}))
      return endpoint{*address, *port};
    return errc::invalid_endpoint;
  }
  if (auto address = canonical_address(AF_INET, std::string{host}))
    return endpoint{*address, *port};
  if (is_dns_name(host))
    return endpoint{std::string{host}, *port};
  return errc::invalid_endpoint;
}

bool endpoint::is_address() const {
  return canonical_address(AF_INET, host) || canonical_address(AF_INET6, host);
}

bool endpoint::has_valid_host() const {
  return is_address() || is_dns_name(host);
}

std::string to_string(const endpoint& x) {
  auto host = x.host.find(':') == x.host.npos ? x.host : '[' + x.host + ']';
  return host + ':' + std::to_string(x.port);
}

} // namespace devp2p
