// SPDX-License-Identifier: BSL-1.0
#include "devp2p/nat/address.hpp"

#include "devp2p/messages/bytes.hpp"
#include "devp2p/messages/endpoint.hpp"

#include <boost/test/unit_test.hpp>

#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <vector>

namespace devp2p::nat::test {
BOOST_AUTO_TEST_SUITE(nat_address_test)

BOOST_AUTO_TEST_SUITE(addresses)

BOOST_AUTO_TEST_CASE(are_public_if_they_can_be_reached_from_anywhere) {
  for (auto* x : {"8.8.8.8", "11.22.33.2", "9.255.255.255", "11.0.0.0", "100.63.255.255",
                  "100.128.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0",
                  "198.17.255.255", "198.20.0.0", "223.255.255.255", "2a00:1450::1",
                  "2001:4860:4860::8888", "2600::", "::ffff:8.8.8.8"})
    BOOST_TEST(is_public(x), x);
}

BOOST_AUTO_TEST_CASE(are_not_public_if_they_are_set_aside) {
  for (auto* x : {"0.0.0.0",          "0.1.2.3",         "10.0.0.1",   "10.255.255.255",
                  "100.64.0.1",       "100.127.255.255", "127.0.0.1",  "169.254.1.1",
                  "172.16.0.1",       "172.31.255.255",  "192.0.0.1",  "192.0.2.1",
                  "192.88.99.1",      "192.168.1.1",     "198.18.0.1", "198.19.255.255",
                  "198.51.100.1",     "203.0.113.9",     "224.0.0.1",  "239.255.255.250",
                  "240.0.0.1",        "255.255.255.255", "::",         "::1",
                  "fe80::1",          "fc00::1",         "fd12::1",    "ff02::1",
                  "2001:db8::1",      "2001::1",         "2002::1",    "3fff::1",
                  "64:ff9b::808:808", "::ffff:10.0.0.1"})
    BOOST_TEST(!is_public(x), x);
}

BOOST_AUTO_TEST_CASE(that_are_none_are_not_public) {
  for (auto* x : {"", "8.8.8", "8.8.8.8.8", "example.org", "8.8.8.8:80", " 8.8.8.8", "999.1.1.1"})
    BOOST_TEST(!is_public(x), x);
  BOOST_TEST(!is_public({"8.8.8.8\0.example", 16}));
}

BOOST_AUTO_TEST_CASE(of_our_own_are_known_on_each_way) {
  BOOST_TEST((local_address_towards("127.0.0.1") == "127.0.0.1"));
  BOOST_TEST(!local_address_towards("not an address"));
}

BOOST_AUTO_TEST_CASE(of_our_own_are_known_on_each_way_of_ipv6) {
  BOOST_TEST((local_address_towards("::1") == "::1"));
  BOOST_TEST(!local_address_towards("ff02::1%nowhere"));
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

/// A file in the format of the kernel's routing table.
class table {
public:
  explicit table(const std::vector<std::string>& lines) {
    auto descriptor = ::mkstemp(name_.data());
    BOOST_REQUIRE(descriptor >= 0);
    ::close(descriptor);
    std::ofstream out{name_};
    for (const auto& x : lines)
      out << x << '\n';
  }
  table(const table&) = delete;
  table& operator=(const table&) = delete;
  ~table() { std::filesystem::remove(name_); }

  [[nodiscard]] std::optional<std::string> gateway() const {
    return default_gateway(name_.c_str());
  }
  [[nodiscard]] std::optional<std::string> gateway_v6() const {
    return default_gateway_v6(name_.c_str());
  }

private:
  std::string name_ = (std::filesystem::temp_directory_path() / "devp2p-XXXXXX").string();
};

constexpr auto titles =
  "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT";

/// Returns four bytes, in network order, as the kernel prints them: as one number of the host's
/// order.
std::string as_number(const byte_array<4>& address) {
  std::uint32_t number = 0;
  std::memcpy(&number, address.data(), address.size());
  std::array<char, 9> out{};
  std::snprintf(out.data(), out.size(), "%08X", number);
  return out.data();
}

/// Returns a line of `/proc/net/route`.
std::string route(const byte_array<4>& gateway, unsigned metric, const std::string& flags = "0003",
                  const std::string& destination = "00000000",
                  const std::string& mask = "00000000") {
  return "eth0\t" + destination + '\t' + as_number(gateway) + '\t' + flags + "\t0\t0\t" +
         std::to_string(metric) + '\t' + mask + "\t0\t0\t0";
}

/// Returns a line of `/proc/net/ipv6_route`.
std::string route_v6(const std::string& gateway, const std::string& flags = "00000003",
                     const std::string& destination = std::string(32, '0'),
                     const std::string& prefix = "00") {
  return destination + ' ' + prefix + ' ' + std::string(32, '0') + " 00 " + gateway +
         " 00000400 00000001 00000000 " + flags + "     eth7";
}

} // namespace

BOOST_AUTO_TEST_SUITE(the_default_gateway)

BOOST_AUTO_TEST_CASE(is_the_one_of_the_way_to_everywhere) {
  table subject{{titles, route({192, 168, 7, 1}, 0, "0003", as_number({10, 1, 0, 0}), "0000FFFF"),
                 route({192, 168, 1, 254}, 100), route({0, 0, 0, 0}, 0, "0001", "0001A8C0")}};
  BOOST_TEST((subject.gateway() == "192.168.1.254"));
}

BOOST_AUTO_TEST_CASE(is_the_one_of_the_cheapest_way) {
  table subject{{titles, route({10, 0, 0, 1}, 600), route({10, 0, 0, 2}, 100),
                 route({10, 0, 0, 3}, 100), route({10, 0, 0, 4}, 1000)}};
  BOOST_TEST((subject.gateway() == "10.0.0.2"));
}

BOOST_AUTO_TEST_CASE(is_none_that_is_down_or_no_gateway_or_has_half_of_everywhere) {
  table subject{{titles, route({10, 0, 0, 1}, 0, "0002"), route({10, 0, 0, 2}, 0, "0001"),
                 route({10, 0, 0, 3}, 0, "0003", "00000000", "00000080"), "", "eth0", "eth0\t0"}};
  BOOST_TEST(!subject.gateway());
}

BOOST_AUTO_TEST_CASE(of_ipv6_is_the_first_of_the_way_to_everywhere) {
  table subject{{route_v6("20010db8000000000000000000000009", "00000003",
                          "20010db8000000000000000000000000", "40"),
                 route_v6("20010db8000000000000000000000001"),
                 route_v6("20010db8000000000000000000000002")}};
  BOOST_TEST((subject.gateway_v6() == "2001:db8::1"));
}

BOOST_AUTO_TEST_CASE(of_ipv6_has_its_zone_if_it_is_link_local) {
  table subject{{route_v6("fe8000000000000002fc00fffe000001")}};
  BOOST_TEST((subject.gateway_v6() == "fe80::2fc:ff:fe00:1%eth7"));
}

BOOST_AUTO_TEST_CASE(of_ipv6_is_none_that_is_down_or_no_gateway_or_unreadable) {
  table subject{
    {route_v6("20010db8000000000000000000000001", "00000002"),
     route_v6("20010db8000000000000000000000001", "00000001"),
     route_v6("20010db8000000000000000000000001", "00000003", std::string(32, '0'), "01"),
     route_v6("20010db8"), "", std::string(32, '0')}};
  BOOST_TEST(!subject.gateway_v6());
}

BOOST_AUTO_TEST_CASE(is_nobody_where_the_kernel_shows_nothing) {
  BOOST_TEST(!default_gateway("/nowhere"));
  BOOST_TEST(!default_gateway_v6("/nowhere"));
  BOOST_TEST(!table{{}}.gateway());
  BOOST_TEST(!table{{}}.gateway_v6());
}

BOOST_AUTO_TEST_CASE(is_an_address_if_this_host_has_one) {
  if (auto found = default_gateway())
    BOOST_TEST((!is_ipv6(*found) && endpoint{*found}.is_address()));
  if (auto found = default_gateway_v6())
    BOOST_TEST(is_ipv6(*found));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::nat::test
