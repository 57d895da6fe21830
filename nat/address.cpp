// SPDX-License-Identifier: BSL-1.0
#include "devp2p/nat/address.hpp"

#include "devp2p/messages/capability.hpp"
#include "devp2p/messages/errc.hpp"

#include <asio/ip/network_v4.hpp>
#include <asio/ip/network_v6.hpp>
#include <asio/ip/udp.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <sstream>
#include <system_error>

namespace devp2p::nat {

namespace {

using asio::ip::address;
using asio::ip::address_v4;
using asio::ip::address_v6;

/// A range of addresses that are not public: the first address and the number of fixed leading
/// bits.
template <class Address>
struct range {
  const char* first;
  unsigned bits;

  [[nodiscard]] bool contains(const Address& x) const {
    auto network = asio::ip::make_address(first);
    auto fixed = [](const auto& bytes, unsigned bit) {
      return bytes[bit / 8] >> (7 - bit % 8) & 1;
    };
    auto theirs = x.to_bytes();
    auto ours = [&] {
      if constexpr (std::is_same_v<Address, address_v4>)
        return network.to_v4().to_bytes();
      else
        return network.to_v6().to_bytes();
    }();
    for (unsigned bit = 0; bit < bits; ++bit)
      if (fixed(theirs, bit) != fixed(ours, bit))
        return false;
    return true;
  }
};

constexpr auto special_v4 = std::to_array<range<address_v4>>({
  {"0.0.0.0", 8},       // this network
  {"10.0.0.0", 8},      // private
  {"100.64.0.0", 10},   // shared with a carrier's NAT, RFC 6598
  {"127.0.0.0", 8},     // this host
  {"169.254.0.0", 16},  // link-local
  {"172.16.0.0", 12},   // private
  {"192.0.0.0", 24},    // protocol assignments
  {"192.0.2.0", 24},    // documentation
  {"192.88.99.0", 24},  // 6to4 relays
  {"192.168.0.0", 16},  // private
  {"198.18.0.0", 15},   // benchmarks
  {"198.51.100.0", 24}, // documentation
  {"203.0.113.0", 24},  // documentation
  {"224.0.0.0", 3},     // groups, reserved, broadcast
});

/// Exceptions within 2000::/3; an IPv6 address outside 2000::/3 is not public.
constexpr auto special_v6 = std::to_array<range<address_v6>>({
  {"2001::", 23},     // protocol assignments, Teredo
  {"2001:db8::", 32}, // documentation
  {"2002::", 16},     // 6to4
  {"3fff::", 20},     // documentation, RFC 9637
});

std::optional<address> parse(std::string_view text) {
  std::error_code error;
  auto out = asio::ip::make_address(std::string{text}, error);
  // Asio reads only up to the first NUL.
  return error || text.find('\0') != text.npos ? std::nullopt : std::optional{out};
}

bool is_public(const address_v4& x) {
  return std::none_of(special_v4.begin(), special_v4.end(),
                      [&](const auto& range) { return range.contains(x); });
}

bool is_public(const address_v6& x) {
  if (x.is_v4_mapped())
    return is_public(asio::ip::make_address_v4(asio::ip::v4_mapped, x));
  return range<address_v6>{"2000::", 3}.contains(x) &&
         std::none_of(special_v6.begin(), special_v6.end(),
                      [&](const auto& range) { return range.contains(x); });
}

template <class Int>
Int from_hex(std::string_view text) {
  Int out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out, 16);
  return out;
}

constexpr unsigned route_is_up = 0x1;
constexpr unsigned route_has_gateway = 0x2;

[[noreturn]] void throw_errno(const char* what) {
  throw std::system_error{errno, std::generic_category(), what};
}

/// Reads a table of the kernel, line by line, from a file opened with close-on-exec. A kernel
/// without the file gives no lines.
class kernel_table {
public:
  explicit kernel_table(const char* path) : file_(std::fopen(path, "re")) {
    if (!file_ && from_errno(errno) == errc::too_many_files)
      throw_errno(path);
  }

  bool read_line(std::string& line) {
    std::array<char, 512> buffer{};
    if (!file_ || std::fgets(buffer.data(), buffer.size(), file_.get()) == nullptr)
      return false;
    line = buffer.data();
    return true;
  }

private:
  struct closer {
    void operator()(std::FILE* x) const { std::fclose(x); }
  };

  std::unique_ptr<std::FILE, closer> file_;
};

/// Closes the socket when it goes out of scope.
class plain_socket {
public:
  explicit plain_socket(int family) : descriptor_(::socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    if (descriptor_ < 0 && errno != EAFNOSUPPORT)
      throw_errno("socket");
  }
  ~plain_socket() {
    if (descriptor_ >= 0)
      ::close(descriptor_);
  }
  plain_socket(const plain_socket&) = delete;
  plain_socket& operator=(const plain_socket&) = delete;

  [[nodiscard]] int descriptor() const { return descriptor_; }

private:
  int descriptor_;
};

} // namespace

bool is_public(std::string_view text) {
  auto x = parse(text);
  return x && (x->is_v4() ? is_public(x->to_v4()) : is_public(x->to_v6()));
}

bool is_ipv6(std::string_view text) {
  auto x = parse(text);
  return x && x->is_v6();
}

std::optional<std::string> default_gateway(const char* table) {
  kernel_table routes{table};
  std::string line;
  routes.read_line(line); // The column titles.
  std::optional<std::string> best;
  unsigned long best_metric = 0;
  while (routes.read_line(line)) {
    std::istringstream words{line};
    std::string device, destination, gateway, flags, counted, used, metric, mask;
    words >> device >> destination >> gateway >> flags >> counted >> used >> metric >> mask;
    constexpr auto wanted = route_is_up | route_has_gateway;
    if (destination != "00000000" || mask != "00000000" ||
        (from_hex<unsigned>(flags) & wanted) != wanted)
      continue;
    auto cost = std::strtoul(metric.c_str(), nullptr, 10);
    if (best && cost >= best_metric)
      continue;
    best_metric = cost;
    // The kernel prints the four bytes, in network order, as one number of the host's byte order.
    auto number = from_hex<std::uint32_t>(gateway);
    address_v4::bytes_type out;
    std::copy_n(reinterpret_cast<const unsigned char*>(&number), out.size(), out.begin());
    best = address_v4{out}.to_string();
  }
  return best;
}

std::optional<std::string> default_gateway_v6(const char* table) {
  kernel_table routes{table};
  std::string line;
  while (routes.read_line(line)) {
    std::istringstream words{line};
    std::string destination, prefix, source, source_prefix, gateway, metric, counted, used, flags,
      device;
    words >> destination >> prefix >> source >> source_prefix >> gateway >> metric >> counted >>
      used >> flags >> device;
    constexpr auto wanted = route_is_up | route_has_gateway;
    if (destination != std::string(32, '0') || prefix != "00" || gateway.size() != 32 ||
        (from_hex<unsigned>(flags) & wanted) != wanted)
      continue;
    address_v6::bytes_type parts;
    for (std::size_t i = 0; i < parts.size(); ++i)
      parts[i] = from_hex<unsigned char>(std::string_view{gateway}.substr(2 * i, 2));
    auto out = address_v6{parts};
    return out.to_string() + (out.is_link_local() ? '%' + device : "");
  }
  return std::nullopt;
}

outcome<std::string> router_address(const std::optional<std::string>& given, bool or_ipv6) {
  if (given && !endpoint{*given}.is_address())
    return failure{errc::invalid_endpoint, printable(*given)};
  auto out = given ? given : default_gateway();
  if (!out && or_ipv6)
    out = default_gateway_v6();
  if (!out)
    return failure{errc::no_gateway, "there is no default route"};
  return *out;
}

std::optional<std::string> local_address_towards(const std::string& remote) {
  auto there = parse(remote);
  if (!there)
    return std::nullopt;
  // Connecting a UDP socket sends no packet: it only selects the route.
  constexpr auto discard_port = 9;
  const asio::ip::udp::endpoint target{*there, discard_port};
  const plain_socket socket{target.protocol().family()};
  asio::ip::udp::endpoint local;
  auto size = static_cast<socklen_t>(local.capacity());
  if (::connect(socket.descriptor(), target.data(), static_cast<socklen_t>(target.size())) != 0 ||
      ::getsockname(socket.descriptor(), local.data(), &size) != 0)
    return std::nullopt;
  auto out = local.address();
  return out.is_v6() ? address_v6{out.to_v6().to_bytes()}.to_string() : out.to_string();
}

} // namespace devp2p::nat
