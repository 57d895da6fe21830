// SPDX-License-Identifier: BSL-1.0
#include "devp2p/kit/seeded_random.hpp"
#include "devp2p/nat/punching/punch_message.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace devp2p::nat {
BOOST_AUTO_TEST_SUITE(punch_message_test)

namespace {

byte_array<16> filled(std::uint8_t with) {
  byte_array<16> out{};
  out.fill(with);
  return out;
}

const question a_question{.from = side::second,
                          .mapping = port_mapping_kind::dependent,
                          .nonce = filled(1),
                          .name = filled(2),
                          .cookie = filled(3)};
const answer an_answer{.status = answer_status::met,
                       .mapping = port_mapping_kind::independent,
                       .nonce = filled(0xff),
                       .secret = filled(5),
                       .observed = endpoint{"198.51.100.1", 40000},
                       .peer = endpoint{"2001:db8::1", 1},
                       .start_in = decltype(answer::start_in){500}};
const probe a_probe{.from = side::second,
                    .wants_answer = true,
                    .confirmed = false,
                    .number = 0x0102030405060708,
                    .answers = 7,
                    .tag = filled(9)};

const std::vector<punch_message> samples{a_question, an_answer, a_probe,
                                         question{}, answer{},  probe{.wants_answer = false}};

template <class T>
T decoded(byte_view in) {
  auto out = decode_punch_message(in);
  BOOST_REQUIRE(out);
  BOOST_REQUIRE(std::holds_alternative<T>(*out));
  return std::get<T>(*out);
}

} // namespace

BOOST_AUTO_TEST_SUITE(punch_messages)

BOOST_AUTO_TEST_CASE(come_back_as_they_were) {
  BOOST_TEST((decoded<question>(encode(a_question)) == a_question));
  BOOST_TEST((decoded<answer>(encode(an_answer)) == an_answer));
  BOOST_TEST((decoded<probe>(encode(a_probe)) == a_probe));
}

BOOST_AUTO_TEST_CASE(come_back_without_endpoints_as_well) {
  auto x = an_answer;
  x.observed = x.peer = std::nullopt;
  BOOST_TEST((decoded<answer>(encode(x)) == x));
  x.observed = endpoint{"a name", 1};
  BOOST_TEST(!decoded<answer>(encode(x)).observed);
}

BOOST_AUTO_TEST_CASE(have_the_fields_where_the_header_says) {
  BOOST_TEST(to_hex(encode(a_probe)) ==
             "6470756e"         // dpun
             "01"               // version
             "03"               // a probe
             "01"               // from the second side
             "01"               // wants an answer
             "0102030405060708" // number
             "0000000000000007" // answers
               + std::string(16, '0').replace(0, 16, "0909090909090909") + "0909090909090909" // tag
               + std::string(80, '0'));
}

BOOST_AUTO_TEST_CASE(hide_endpoints_from_nats_that_would_rewrite_them) {
  auto out = encode(an_answer);
  const byte_array<4> address{198, 51, 100, 1};
  BOOST_TEST((std::search(out.begin(), out.end(), address.begin(), address.end()) == out.end()));
}

BOOST_AUTO_TEST_CASE(are_nothing_if_truncated_or_too_long) {
  for (const auto& sample : samples) {
    auto whole = encode(sample);
    bytes longer{whole.begin(), whole.end()};
    for (std::size_t size = 0; size < longer.size(); ++size)
      BOOST_TEST(!decode_punch_message(byte_view{longer}.first(size)));
    longer.resize(longer.size() + 1);
    BOOST_TEST(!decode_punch_message(longer));
    longer.resize(65'507);
    BOOST_TEST(!decode_punch_message(longer));
  }
}

BOOST_AUTO_TEST_CASE(have_one_encoding_only) {
  for (const auto& sample : samples) {
    const auto whole = encode(sample);
    for (std::size_t at = 0; at < whole.size(); ++at)
      for (unsigned bit = 0; bit < 8; ++bit) {
        auto changed = whole;
        changed[at] ^= static_cast<std::uint8_t>(1u << bit);
        if (auto out = decode_punch_message(changed))
          BOOST_TEST((encode(*out) == changed));
      }
  }
}

BOOST_AUTO_TEST_CASE(are_nothing_if_they_are_noise) {
  kit::seeded_random random{1};
  for (int round = 0; round < 10'000; ++round) {
    punch_datagram noise{};
    random.fill(noise);
    BOOST_TEST(!decode_punch_message(noise));
  }
}

BOOST_AUTO_TEST_CASE(are_something_whatever_is_in_their_fields) {
  // The offset of the first byte that belongs to no field, and so is zero.
  const std::vector<std::pair<punch_message, std::ptrdiff_t>> ends{
    {a_question, 56}, {an_answer, 78}, {a_probe, 40}};
  kit::seeded_random random{1};
  for (const auto& [sample, end] : ends)
    for (int round = 0; round < 3'000; ++round) {
      punch_datagram noise{};
      random.fill(noise);
      std::ranges::copy(byte_view{encode(sample)}.first(8), noise.begin());
      std::fill(noise.begin() + end, noise.end(), std::uint8_t{0});
      auto out = decode_punch_message(noise);
      BOOST_REQUIRE(out);
      BOOST_TEST((encode(*out) == noise));
    }
}

BOOST_AUTO_TEST_CASE(have_a_tag_that_depends_on_every_field_and_on_the_key) {
  const auto key = filled(1);
  std::vector<probe> all(6, a_probe);
  all[1].from = side::first;
  all[2].wants_answer = false;
  all[3].confirmed = true;
  all[4].number += 1;
  all[5].answers += 1;
  for (std::size_t i = 0; i < all.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      BOOST_TEST((tag_of(all[i], key) != tag_of(all[j], key)));
  BOOST_TEST((tag_of(a_probe, key) != tag_of(a_probe, filled(2))));
}

BOOST_AUTO_TEST_CASE(are_hashed_as_the_specification_says) {
  // RFC 4231, section 4.3.
  BOOST_TEST(to_hex(keyed_hash(as_bytes("Jefe"),
                               {as_bytes("what do ya want "), as_bytes("for nothing?")})) ==
             "5bdcc146bf60754e6a042426089575c7"
             "5a003f089d2739839dec58b964ec3843");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::nat
