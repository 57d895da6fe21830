// SPDX-License-Identifier: BSL-1.0
#include "punch_arena.hpp"

#include <algorithm>

namespace devp2p::nat {
BOOST_AUTO_TEST_SUITE(rendezvous_client_test)

BOOST_AUTO_TEST_SUITE(a_rendezvous_client)

namespace {

byte_array<16> seeded_bytes(int seed) {
  byte_array<16> out{};
  kit::seeded_random{static_cast<std::uint64_t>(seed)}.fill(out);
  return out;
}

} // namespace

BOOST_AUTO_TEST_CASE(is_made_by_the_rendezvous_alone) {
  const endpoint middle{"203.0.113.1", 3478};
  const endpoint second{"203.0.113.2", 3479};
  const arena::time_point now{1h};
  rendezvous_client subject{{}, transport::udp, {middle, second}, {1}, now, 10s};
  answer told{.status = answer_status::met, .nonce = {1}, .secret = {2}, .peer = second};
  subject.on_answer(second, told, now);
  subject.on_answer({middle.host, 1}, told, now);
  told.nonce = {2};
  subject.on_answer(middle, told, now);
  BOOST_TEST(!subject.met().has_value());
  told.nonce = {1};
  subject.on_answer(middle, told, now);
  BOOST_TEST(subject.met().has_value());
}

BOOST_AUTO_TEST_CASE(returns_a_cookie_at_once_but_only_once_in_each_interval) {
  const rendezvous_site site{{"203.0.113.1", 3478}, endpoint{"203.0.113.2", 3479}};
  arena::time_point now{1h};
  rendezvous_client subject{{}, transport::udp, site, {1}, now, 10s};
  BOOST_TEST(subject.on_time(now).size() == 2u);
  now += 1ms;
  subject.on_answer(site.first, {.nonce = {1}, .secret = {1}}, now);
  BOOST_TEST((subject.next() == now));
  auto out = subject.on_time(now);
  BOOST_REQUIRE(out.size() == 1u);
  BOOST_TEST((out[0].to == site.first));
  BOOST_TEST(
    (std::get<question>(*decode_punch_message(out[0].content)).cookie == byte_array<16>{1}));
  std::map<endpoint, std::size_t> asked;
  for (int i = 0; i < 10'000; ++i) {
    now += 100us;
    subject.on_answer(site.first, {.nonce = {1}, .secret = seeded_bytes(i)}, now);
    if (subject.next() <= now)
      for (const auto& each : subject.on_time(now))
        ++asked[each.to];
  }
  const std::size_t intervals = 1s / rendezvous_client::interval;
  BOOST_TEST(asked[site.first] == 2 * intervals);
  BOOST_TEST(asked[*site.second] == intervals);
}

BOOST_AUTO_TEST_CASE(asks_the_second_address_anew_when_the_first_sees_it_elsewhere) {
  const rendezvous_site site{{"203.0.113.1", 3478}, endpoint{"203.0.113.2", 3479}};
  const endpoint before{"198.51.100.1", 1};
  const endpoint after{"198.51.100.1", 2};
  arena::time_point now{1h};
  rendezvous_client subject{{}, transport::udp, site, {1}, now, 10s};
  auto sees = [&](const endpoint& from, answer_status as, const endpoint& what) {
    subject.on_answer(from, {.status = as, .nonce = {1}, .observed = what}, now);
  };
  sees(*site.second, answer_status::observed, before);
  sees(site.first, answer_status::waiting, before);
  BOOST_TEST((subject.mapping() == port_mapping_kind::independent));
  BOOST_TEST(subject.on_time(now).size() == 1u);
  sees(site.first, answer_status::waiting, after);
  BOOST_TEST((subject.mapping() == port_mapping_kind::unknown));
  BOOST_TEST(subject.on_time(now += rendezvous_client::interval).size() == 2u);
  sees(*site.second, answer_status::observed, after);
  BOOST_TEST((subject.mapping() == port_mapping_kind::independent));
}

BOOST_AUTO_TEST_CASE(is_not_waited_for_longer_than_the_greatest_patience) {
  const endpoint middle{"203.0.113.1", 3478};
  arena::time_point now{1h};
  rendezvous_client subject{
    {}, transport::tcp, {middle}, {1}, now, std::chrono::nanoseconds::max()};
  BOOST_TEST((subject.gives_up() == now + rendezvous_client::max_patience));
}

BOOST_AUTO_TEST_CASE(goes_by_another_name_for_another_protocol_or_secret) {
  const endpoint middle{"203.0.113.1", 3478};
  std::vector<byte_array<16>> names;
  for (auto protocol : {transport::udp, transport::tcp})
    for (std::uint8_t secret : {1, 2}) {
      rendezvous_client subject{{{secret}}, protocol, {middle}, {1}, {}, 10s};
      auto asked = subject.on_time({}).at(0).content;
      names.push_back(std::get<question>(*decode_punch_message(asked)).name);
    }
  std::ranges::sort(names);
  BOOST_TEST((std::ranges::adjacent_find(names) == names.end()));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::nat
