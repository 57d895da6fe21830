// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/peer_life.hpp"

#include <boost/test/unit_test.hpp>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(peer_life_test)

namespace {

using phase = peer_life::phase;
using consequence = peer_life::consequence;

constexpr phase before_the_end[] = {phase::dialling, phase::handshake, phase::admission,
                                    phase::greeting, phase::matching,  phase::running};
constexpr phase at_the_end[] = {phase::closing, phase::lingering};

} // namespace

BOOST_AUTO_TEST_SUITE(the_life_of_a_peer)

BOOST_AUTO_TEST_CASE(reads_while_the_remote_has_its_say) {
  for (auto x : before_the_end)
    BOOST_TEST(peer_life{x}.is_reading() ==
               (x == phase::handshake || x == phase::greeting || x == phase::running));
  for (auto x : {phase::failed, phase::closing, phase::lingering, phase::gone})
    BOOST_TEST(!peer_life{x}.is_reading());
}

BOOST_AUTO_TEST_CASE(takes_writes_from_the_routes_on_until_it_fails) {
  for (auto x : before_the_end)
    BOOST_TEST(peer_life{x}.takes_writes() == (x == phase::matching || x == phase::running));
  for (auto x : {phase::failed, phase::closing, phase::lingering, phase::gone})
    BOOST_TEST(!peer_life{x}.takes_writes());
}

BOOST_AUTO_TEST_CASE(reports_a_failure_of_the_network_unless_it_ends_already) {
  for (auto x : before_the_end)
    BOOST_TEST((peer_life{x}.on_network_failure() == consequence::report));
  for (auto x : at_the_end)
    BOOST_TEST((peer_life{x}.on_network_failure() == consequence::finish));
  // The supervisor is about to say how to end.
  BOOST_TEST((peer_life{phase::failed}.on_network_failure() == consequence::report));
}

BOOST_AUTO_TEST_CASE(finishes_by_an_exception_once_it_was_asked_to_close) {
  for (auto x : before_the_end)
    BOOST_TEST((peer_life{x}.on_exception() == consequence::report));
  for (auto x : at_the_end)
    BOOST_TEST((peer_life{x}.on_exception() == consequence::finish));
  peer_life asked{phase::running};
  BOOST_TEST(asked.on_close());
  BOOST_TEST((asked.on_exception() == consequence::finish));
}

BOOST_AUTO_TEST_CASE(is_lame_while_its_supervisor_could_not_be_told) {
  peer_life subject{phase::running};
  BOOST_TEST(!subject.is_lame());
  static_cast<void>(subject.on_exception());
  BOOST_TEST(subject.is_lame());
  subject.enter(phase::failed);
  BOOST_TEST(!subject.is_lame());
  BOOST_TEST(subject.is_broken());
}

BOOST_AUTO_TEST_CASE(begins_to_close_once) {
  peer_life subject{phase::failed};
  BOOST_TEST(subject.on_close());
  subject.enter(phase::closing);
  BOOST_TEST(!subject.on_close());
  subject.enter(phase::gone);
  BOOST_TEST(!subject.on_close());
}

BOOST_AUTO_TEST_CASE(holds_back_neither_the_last_write_nor_reads_after_a_failure) {
  for (auto x : before_the_end)
    BOOST_TEST(peer_life{x}.is_held_back());
  BOOST_TEST(!peer_life{phase::closing}.is_held_back());
  BOOST_TEST(peer_life{phase::lingering}.is_held_back());
  peer_life broken{phase::running};
  broken.on_write_failure();
  BOOST_TEST(!broken.is_held_back());
}

BOOST_AUTO_TEST_CASE(hears_a_remote_out_that_cannot_be_written_to_until_the_failure_is_known) {
  peer_life subject{phase::running};
  BOOST_TEST(!subject.hears_out());
  subject.on_write_failure();
  BOOST_TEST(subject.hears_out());
  BOOST_TEST(!subject.is_lame());
  subject.enter(phase::failed);
  BOOST_TEST(!subject.hears_out());
}

BOOST_AUTO_TEST_CASE(is_over_at_the_last_deadline_alone) {
  peer_life subject{phase::closing};
  auto first = subject.set_deadline();
  BOOST_TEST(subject.is_over_at(first));
  subject.enter(phase::lingering);
  auto second = subject.set_deadline();
  BOOST_TEST(!subject.is_over_at(first));
  BOOST_TEST(subject.is_over_at(second));
  subject.enter(phase::gone);
  BOOST_TEST(!subject.is_over_at(second));
}

BOOST_AUTO_TEST_CASE(is_not_over_at_a_deadline_while_the_session_runs) {
  peer_life subject{phase::running};
  BOOST_TEST(!subject.is_over_at(subject.set_deadline()));
  // Messages with a number that was never given are from elsewhere.
  BOOST_TEST(!peer_life{phase::closing}.is_over_at(1));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
