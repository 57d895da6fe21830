// SPDX-License-Identifier: BSL-1.0
#include "devp2p/nat/punching/probe_exchange.hpp"

#include <boost/test/unit_test.hpp>

namespace devp2p::nat {
BOOST_AUTO_TEST_SUITE(probe_exchange_test)

namespace {

constexpr byte_array<32> shared_key{1, 2, 3};

struct two_ends {
  probe_exchange one{side::first, shared_key, 100};
  probe_exchange two{side::second, shared_key, 200};

  /// Returns the answer to a datagram, which must have one.
  static punch_datagram answer(const probe_exchange& from, const punch_datagram& to) {
    auto out = from.on_datagram(to);
    BOOST_REQUIRE(std::holds_alternative<punch_datagram>(out));
    return std::get<punch_datagram>(out);
  }

  static bool completes(const probe_exchange& who, const punch_datagram& in) {
    return std::holds_alternative<probe_exchange::complete>(who.on_datagram(in));
  }

  static bool refuses(const probe_exchange& who, byte_view in) {
    return std::holds_alternative<probe_exchange::refused>(who.on_datagram(in));
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(is_complete_once_the_own_number_is_answered, two_ends) {
  auto from_two = answer(two, one.first());
  auto from_one = answer(one, two.first());
  BOOST_TEST(completes(one, from_two));
  BOOST_TEST(completes(two, from_one));
}

BOOST_FIXTURE_TEST_CASE(refuses_its_own_probes, two_ends) {
  BOOST_TEST(refuses(one, one.first()), "a remote reflects them");
}

BOOST_FIXTURE_TEST_CASE(refuses_a_side_without_the_key, two_ends) {
  probe_exchange stranger{side::second, {4, 5, 6}, 200};
  BOOST_TEST(refuses(one, stranger.first()));
}

BOOST_FIXTURE_TEST_CASE(refuses_the_answer_to_another_number, two_ends) {
  probe_exchange earlier{side::first, shared_key, 99};
  BOOST_TEST(refuses(one, answer(two, earlier.first())), "of an earlier connection");
}

BOOST_FIXTURE_TEST_CASE(refuses_what_is_no_probe, two_ends) {
  BOOST_TEST(refuses(one, encode(question{})));
  BOOST_TEST(refuses(one, punch_datagram{}));
  BOOST_TEST(refuses(one, {}));
}

BOOST_FIXTURE_TEST_CASE(takes_no_first_probe_for_an_answer, two_ends) {
  probe_exchange zero{side::first, shared_key, 0};
  BOOST_TEST(!completes(zero, two.first()), "0 answers no number, so that none may be 0");
  BOOST_TEST(completes(zero, answer(two, zero.first())));
}

BOOST_AUTO_TEST_SUITE_END()
} // namespace devp2p::nat
