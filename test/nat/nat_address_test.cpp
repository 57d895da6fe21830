// SPDX-License-Identifier: BSL-1.0
#include "devp2p/nat/address.hpp"

#include <boost/test/unit_test.hpp>

namespace devp2p::nat::test {

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

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::nat::test
