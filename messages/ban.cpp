// SPDX-License-Identifier: BSL-1.0
#include "devp2p/messages/ban.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace devp2p {

namespace {

constexpr unsigned byte_bits = 8;
/// The bits before an IPv4 address in its IPv6 form.
constexpr unsigned mapped_bits = 96;
constexpr byte_array<12> mapped_start{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

/// Clears all bits from number `first` on. Returns whether one of them was set.
bool clear_from(unsigned first, byte_array<16>& address) {
  auto any = false;
  for (unsigned i = first / byte_bits; i < address.size(); ++i) {
    const auto kept = i == first / byte_bits ? first % byte_bits : 0u;
    const auto mask = static_cast<std::uint8_t>(0xff00 >> kept);
    any = any || (address[i] & ~mask) != 0;
    address[i] &= mask;
  }
  return any;
}

/// Reads the address into `out`.
bool read_address(int family, std::string_view text, byte_array<16>& out) {
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  // `inet_pton` stops at the first NUL.
  if (text.size() >= terminated.size() || text.find('\0') != text.npos)
    return false;
  std::copy(text.begin(), text.end(), terminated.begin());
  return inet_pton(family, terminated.data(), out.data()) == 1;
}

std::optional<unsigned> read_prefix(std::string_view text) {
  unsigned out = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  auto leading_zero = text.size() > 1 && text.front() == '0';
  if (error != std::errc{} || end != text.data() + text.size() || leading_zero)
    return std::nullopt;
  return out;
}

} // namespace

std::optional<ban_subject> ban_subject::of_address(std::string_view host) {
  host = host.substr(0, host.find('%'));
  ban_subject out;
  if (read_address(AF_INET, host, out.address_)) {
    out.kind_ = kind::ipv4;
  } else if (read_address(AF_INET6, host, out.address_)) {
    out.kind_ = kind::ipv6;
    if (std::equal(mapped_start.begin(), mapped_start.end(), out.address_.begin())) {
      out.kind_ = kind::ipv4;
      std::copy(out.address_.begin() + mapped_start.size(), out.address_.end(),
                out.address_.begin());
      clear_from(ipv4_bits, out.address_);
    }
  } else {
    return std::nullopt;
  }
  out.prefix_ = static_cast<std::uint8_t>(out.bits());
  return out;
}

expected<ban_subject> ban_subject::parse(std::string_view text) {
  if (auto id = node_id::parse(text)) {
    if (id->is_zero())
      return errc::invalid_ban_subject;
    return ban_subject{*id};
  }
  const auto slash = std::min(text.find('/'), text.size());
  const auto address = text.substr(0, slash);
  auto out = of_address(address);
  if (!out || address.find('%') != address.npos)
    return errc::invalid_ban_subject;
  if (slash == text.size())
    return *out;
  auto prefix = read_prefix(text.substr(slash + 1));
  const auto is_mapped = out->kind_ == kind::ipv4 && address.find(':') != address.npos;
  if (is_mapped && prefix)
    prefix = *prefix >= mapped_bits ? std::optional{*prefix - mapped_bits} : std::nullopt;
  if (!prefix || *prefix > out->bits())
    return errc::invalid_ban_subject;
  auto network = out->shortened(*prefix);
  if (network.address_ != out->address_)
    return errc::host_bits_set;
  return network;
}

ban_subject ban_subject::shortened(unsigned prefix) const {
  auto out = *this;
  out.prefix_ = static_cast<std::uint8_t>(prefix);
  clear_from(prefix, out.address_);
  return out;
}

bool ban_subject::covers(const ban_subject& other) const {
  if (kind_ != other.kind_ || prefix_ > other.prefix_)
    return false;
  return *this == (kind_ == kind::node ? other : other.shortened(prefix_));
}

bool ban_subject::is_valid() const {
  const auto has_address = address_ != byte_array<16>{} || prefix_ != 0;
  if (kind_ == kind::node)
    return !id_.is_zero() && !has_address;
  if ((kind_ != kind::ipv4 && kind_ != kind::ipv6) || !id_.is_zero() || prefix_ > bits())
    return false;
  // An IPv4 address has one form only.
  const auto is_mapped = kind_ == kind::ipv6 && prefix_ >= mapped_bits &&
                         std::equal(mapped_start.begin(), mapped_start.end(), address_.begin());
  return !is_mapped && shortened(prefix_) == *this;
}

std::string to_string(const ban_subject& x) {
  if (x.kind_ == ban_subject::kind::node)
    return to_string(x.id_);
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(x.kind_ == ban_subject::kind::ipv4 ? AF_INET : AF_INET6, x.address_.data(), text.data(),
            text.size());
  auto out = std::string{text.data()};
  return x.prefix_ == x.bits() ? out : out + '/' + std::to_string(x.prefix_);
}

std::optional<errc> ban::fault() const {
  if (!subject.is_valid())
    return errc::invalid_ban_subject;
  if (lasting <= duration{0})
    return errc::invalid_ban;
  return std::nullopt;
}

ban ban::canonical() const {
  auto text = reason.substr(0, max_reason);
  // Not escaped: a ban that was read from a list is added again as it is.
  auto is_control = [](char c) { return c < ' ' || c > '~'; };
  std::replace_if(text.begin(), text.end(), is_control, '?');
  return {subject, std::min(lasting, forever), std::move(text)};
}

} // namespace devp2p
