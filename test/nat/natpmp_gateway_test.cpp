// SPDX-License-Identifier: BSL-1.0
//
// NAT-PMP against a scripted server on loopback.
#include "devp2p/nat/natpmp.hpp"

#include "gateway_checks.hpp"

#include "devp2p/nat/byte_order.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>

namespace devp2p::nat::test {
BOOST_AUTO_TEST_SUITE(natpmp_gateway_test)

namespace {

namespace data = boost::unit_test::data;

/// A router that conforms to RFC 6886, except for what the test changes.
struct router {
  std::uint16_t result = 0;
  /// The result of mapping requests only.
  std::uint16_t map_result = 0;
  std::uint8_t version = 0;
  byte_array<4> address{11, 22, 33, 99};
  std::atomic<std::uint32_t> epoch = 1000;
  /// The external port that it grants.
  std::uint16_t external = 18888;
  std::uint16_t internal_off = 0;
  std::uint32_t lifetime = 600;
  std::uint8_t opcode_off = 0;
  /// The number of the next requests that are lost.
  std::atomic<unsigned> lost = 0;
  std::atomic<unsigned> deleted = 0;

  std::vector<bytes> on_datagram(byte_view in) {
    if (in.size() < 2 || (lost > 0 && lost-- > 0))
      return {};
    auto maps = in[1] != 0;
    bytes out{version, static_cast<std::uint8_t>(128 + in[1] + opcode_off)};
    put(out, maps && map_result != 0 ? map_result : result);
    put(out, epoch.load());
    if (!maps) {
      put(out, byte_view{address});
    } else {
      auto wanted = number_at<std::uint32_t>(in, 8);
      deleted += wanted == 0;
      put(out, static_cast<std::uint16_t>(number_at<std::uint16_t>(in, 4) + internal_off));
      put(out, wanted == 0 ? std::uint16_t{0} : external);
      put(out, wanted == 0 ? wanted : lifetime);
    }
    return {out};
  }

  udp_server server{own_loopback(), 5351,
                    [this](byte_view in, const endpoint&) { return on_datagram(in); }};
};

std::unique_ptr<gateway> make() {
  return make_natpmp(own_loopback());
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_router_by_natpmp)

BOOST_DATA_TEST_CASE(maps_and_takes_back, data::make({true, false}), tcp) {
  router there;
  check_that_it_maps_and_takes_back(there, *make(), "NAT-PMP",
                                    tcp ? transport::tcp : transport::udp);
}

BOOST_AUTO_TEST_CASE(is_asked_again_if_a_datagram_is_lost) {
  router there;
  there.lost = 1;
  BOOST_TEST(!!make()->external_address());
}

BOOST_AUTO_TEST_CASE(tells_by_its_epoch_that_it_has_restarted) {
  router there;
  auto by = make();
  BOOST_TEST(!by->find());
  BOOST_TEST(!by->has_restarted());
  there.epoch = 3;
  BOOST_TEST(!by->find());
  BOOST_TEST(by->has_restarted());
  BOOST_TEST(!by->has_restarted());
}

BOOST_AUTO_TEST_CASE(says_no_for_many_reasons) {
  const std::pair<std::uint16_t, errc> all[] = {
    {1, errc::no_gateway},     {2, errc::gateway_refused}, {3, errc::gateway_failed},
    {4, errc::gateway_failed}, {5, errc::gateway_failed},  {99, errc::gateway_failed}};
  for (auto [result, code] : all) {
    router there;
    there.result = result;
    auto by = make();
    auto why = by->find();
    BOOST_TEST_REQUIRE(!!why);
    BOOST_TEST((why->code == code), why->detail);
    BOOST_TEST(why->detail.starts_with("NAT-PMP at 127."));
    BOOST_TEST(!by->map(wish));
    BOOST_TEST(!!by->unmap(wish));
  }
  router there;
  there.map_result = 2;
  auto refused = make()->map(wish);
  BOOST_TEST((refused.error().code == errc::gateway_refused));
}

BOOST_AUTO_TEST_CASE(is_not_believed_what_makes_no_sense) {
  const std::function<void(router&)> all[] = {
    [](router& x) { x.external = 0; },
    [](router& x) { x.lifetime = 0; },
    [](router& x) { x.internal_off = 1; },
  };
  for (const auto& change : all) {
    router there;
    check_that_it_is_not_believed(there, *make(), change);
  }
  router there;
  there.opcode_off = 1;
  BOOST_TEST((make()->external_address().error().code == errc::gateway_failed));
}

BOOST_AUTO_TEST_CASE(may_stand_behind_another) {
  router there;
  there.address = {10, 0, 0, 1};
  auto by = make();
  BOOST_TEST(!by->find());
  BOOST_TEST((by->external_address().error().code == errc::address_not_public));
  BOOST_TEST((by->map(wish).error().code == errc::address_not_public));
}

BOOST_AUTO_TEST_CASE(may_be_silent_or_not_there) {
  router there;
  there.lost = 1000;
  auto begin = std::chrono::steady_clock::now();
  BOOST_TEST((make()->find()->code == errc::no_gateway));
  auto lasted = std::chrono::steady_clock::now() - begin;
  BOOST_TEST((lasted > 1s && lasted < 10s));
  BOOST_TEST((make_natpmp("255.255.255.255")->find()->code == errc::no_gateway));
}

BOOST_AUTO_TEST_CASE(is_not_waited_for_once_the_call_is_called_off) {
  router there;
  check_that_it_is_not_waited_for_once_called_off(there, *make());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::nat::test
