// SPDX-License-Identifier: BSL-1.0
//
// PCP against a scripted server on loopback.
#include "devp2p/nat/pcp.hpp"

#include "gateway_checks.hpp"

#include "devp2p/nat/address.hpp"
#include "devp2p/nat/byte_order.hpp"
#include "devp2p/nat/pcp_message.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>

namespace devp2p::nat::test {
BOOST_AUTO_TEST_SUITE(pcp_gateway_test)

namespace {

namespace data = boost::unit_test::data;

/// A router that conforms to RFC 6887, except for what the test changes.
struct router {
  pcp::result result = pcp::result::success;
  /// The result of mapping requests only.
  pcp::result map_result = pcp::result::success;
  pcp::result unmap_result = pcp::result::success;
  std::uint8_t version = 2;
  std::string address = "11.22.33.99";
  std::atomic<std::uint32_t> epoch = 1000;
  std::uint16_t external = 18888;
  std::uint32_t lifetime = 600;
  std::atomic<unsigned> lost = 0;
  std::atomic<unsigned> deleted = 0;
  /// Set to send, before the answer, others with a wrong nonce and for a wrong port.
  bool others_first = false;

  std::vector<bytes> on_datagram(byte_view in) {
    if (in.size() < 24 || (lost > 0 && lost-- > 0))
      return {};
    auto maps = in[1] == 1 && in.size() >= 60;
    auto ends = maps && number_at<std::uint32_t>(in, 4) == 0;
    deleted += ends;
    auto code = result;
    if (maps && code == pcp::result::success)
      code = ends ? unmap_result : map_result;
    bytes out{version, static_cast<std::uint8_t>(in[1] | 128), 0, static_cast<std::uint8_t>(code)};
    put(out, ends ? std::uint32_t{0} : lifetime);
    put(out, epoch.load());
    put(out, byte_view{byte_array<12>{}});
    if (!maps)
      return {out};
    put(out, in.subspan(24, 18));
    put(out, external);
    put(out, byte_view{*to_address_bytes(address)});
    if (!others_first)
      return {out};
    auto nonce = out, port = out;
    nonce[24] ^= 1;
    port[41] ^= 1;
    return {{1, 2, 3}, nonce, port, out};
  }

  udp_server server{own_loopback(), pcp::server_port,
                    [this](byte_view in, const endpoint&) { return on_datagram(in); }};
};

std::unique_ptr<gateway> make() {
  return make_pcp(own_loopback());
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_router_by_pcp)

BOOST_DATA_TEST_CASE(maps_and_takes_back, data::make({true, false}), tcp) {
  router there;
  check_that_it_maps_and_takes_back(there, *make(), "PCP", tcp ? transport::tcp : transport::udp);
}

BOOST_AUTO_TEST_CASE(tells_its_address_and_keeps_nothing_for_it) {
  router there;
  auto address = make()->external_address();
  BOOST_TEST_REQUIRE(!!address);
  BOOST_TEST(*address == "11.22.33.99");
  BOOST_TEST(there.deleted == 1u);
}

BOOST_AUTO_TEST_CASE(is_asked_again_if_a_datagram_is_lost_and_others_are_not_heard) {
  router there;
  there.lost = 1;
  there.others_first = true;
  BOOST_TEST(!!make()->map(wish));
}

BOOST_AUTO_TEST_CASE(tells_by_its_epoch_that_it_has_restarted) {
  router there;
  auto by = make();
  BOOST_TEST(!by->find());
  there.epoch = 3;
  BOOST_TEST(!!by->map(wish));
  BOOST_TEST(by->has_restarted());
  BOOST_TEST(!by->has_restarted());
}

BOOST_AUTO_TEST_CASE(says_no_for_many_reasons) {
  using enum pcp::result;
  const std::pair<pcp::result, errc> all[] = {
    {unsupported_version, errc::no_gateway},      {not_authorized, errc::gateway_refused},
    {user_exceeded_quota, errc::gateway_refused}, {cannot_provide_external, errc::mapping_conflict},
    {network_failure, errc::gateway_failed},      {pcp::result{200}, errc::gateway_failed}};
  for (auto [result, code] : all) {
    router there;
    there.map_result = result;
    auto by = make();
    auto refused = by->map(wish);
    BOOST_TEST_REQUIRE(!refused);
    BOOST_TEST((refused.error().code == code), refused.error().detail);
    BOOST_TEST(refused.error().detail.starts_with("PCP at 127."));
    BOOST_TEST((by->external_address().error().code == code));
  }
  router there;
  there.result = not_authorized;
  BOOST_TEST((make()->find()->code == errc::gateway_refused));
  BOOST_TEST((make()->map(wish).error().code == errc::gateway_refused));
  BOOST_TEST((make()->unmap(wish)->code == errc::gateway_refused));
  BOOST_TEST(!make()->external_address());
}

BOOST_AUTO_TEST_CASE(may_have_forgotten_what_it_is_to_take_back) {
  router there;
  there.unmap_result = pcp::result::no_resources;
  BOOST_TEST(!make()->unmap(wish));
  there.unmap_result = pcp::result::network_failure;
  BOOST_TEST(!!make()->unmap(wish));
}

BOOST_AUTO_TEST_CASE(may_speak_natpmp_only) {
  router there;
  there.version = 0;
  BOOST_TEST((make()->find()->code == errc::no_gateway));
}

BOOST_AUTO_TEST_CASE(is_not_believed_what_grants_nothing) {
  const std::function<void(router&)> all[] = {[](router& x) { x.external = 0; },
                                              [](router& x) { x.lifetime = 0; }};
  for (const auto& change : all) {
    router there;
    check_that_it_is_not_believed(there, *make(), change);
  }
}

BOOST_AUTO_TEST_CASE(takes_back_what_leads_nowhere) {
  router there;
  there.address = "10.0.0.1";
  BOOST_TEST((make()->map(wish).error().code == errc::address_not_public));
  BOOST_TEST(there.deleted == 1u);
}

BOOST_AUTO_TEST_CASE(may_be_silent_or_not_there) {
  router there;
  there.lost = 1000;
  auto by = make();
  BOOST_TEST((by->find()->code == errc::no_gateway));
  there.lost = 0;
  BOOST_TEST(!!by->map(wish));
  there.lost = 1000;
  BOOST_TEST((by->map(wish).error().code == errc::no_gateway));
  there.lost = 0;
  BOOST_TEST(!!by->map(wish));
  BOOST_TEST((make_pcp("no address")->map(wish).error().code == errc::invalid_endpoint));
}

BOOST_AUTO_TEST_CASE(is_not_waited_for_once_the_call_is_called_off) {
  router there;
  check_that_it_is_not_waited_for_once_called_off(there, *make());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::nat::test
