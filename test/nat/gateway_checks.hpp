// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "loopback.hpp"

#include "devp2p/nat/gateway.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <memory>

/// Checks of a gateway that speaks to a router over UDP. A `Router` grants the external port 18888
/// of 11.22.33.99 for 600 s, counts in `deleted`, and loses the next `lost` requests.
namespace devp2p::nat::test {

using namespace std::chrono_literals;

inline const port_mapping wish{{transport::tcp, 8888}, {"", 18888}, 1200s, {}};

template <class Router>
void check_that_it_maps_and_takes_back(Router& there, gateway& by, const std::string& protocol,
                                       transport over) {
  BOOST_TEST(by.name() == protocol);
  BOOST_TEST(!by.find());
  auto mapping = by.map({{over, 8888}, {"", 18888}, 1200s, {}});
  BOOST_TEST_REQUIRE(!!mapping);
  BOOST_TEST((mapping->external == endpoint{"11.22.33.99", 18888}));
  BOOST_TEST((mapping->lifetime == 600s));
  BOOST_TEST(mapping->gateway == protocol + " at " + own_loopback());
  BOOST_TEST(mapping->verified);
  BOOST_TEST(!by.unmap(*mapping));
  BOOST_TEST(there.deleted == 1u);
}

/// `change` makes the router grant what makes no sense.
template <class Router>
void check_that_it_is_not_believed(Router& there, gateway& by,
                                   const std::function<void(Router&)>& change) {
  change(there);
  auto refused = by.map(wish);
  BOOST_TEST_REQUIRE(!refused);
  BOOST_TEST((refused.error().code == errc::gateway_failed));
}

template <class Router>
void check_that_it_is_not_waited_for_once_called_off(Router& there, gateway& by) {
  there.lost = 1000;
  by.call_off();
  auto begin = std::chrono::steady_clock::now();
  BOOST_TEST(!!by.find());
  BOOST_TEST((std::chrono::steady_clock::now() - begin < 1s));
  there.lost = 0;
  by.resume();
  BOOST_TEST(!by.find());
}

} // namespace devp2p::nat::test
