// SPDX-License-Identifier: BSL-1.0
//
// Every attack of the kit's remotes, in each phase of a session in which it can be made.
#include "scripted_fixture.hpp"

#include "devp2p/kit/misbehaving_remote.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(misbehaving_remote_test)

namespace {

using namespace std::chrono_literals;

struct attacked_fixture : scripted_fixture {
  using scripted_fixture::dropped_with;

  void dropped_with(const kit::attack::outcome& expected) {
    dropped_with(expected.reason, expected.remote_requested, expected.sent);
    BOOST_TEST((life().end == errc::session_closed));
    check_error(node.events.dropped[0].end.error, expected.found);
  }

  /// Checks that the session has ended as expected before it ran.
  void failed_with(const kit::attack::outcome& expected) {
    BOOST_REQUIRE(node.events.dropped.empty());
    BOOST_REQUIRE(node.events.failed.size() == 1u);
    const auto& end = node.events.failed[0].end;
    check(end, expected.reason, expected.remote_requested, expected.sent);
    check_error(end.error, expected.found);
    BOOST_TEST(record->spawned == 0u);
  }

  static void check_error(const std::string& error, errc expected) {
    BOOST_TEST_CONTEXT(error << " says " << to_string(expected))
    BOOST_TEST(error.starts_with(to_string(expected)));
  }
};

kit::attack_target target() {
  kit::attack_target out;
  out.end_of_ids = p2p::base_length + 8;
  out.max_message_size = scripted_fixture::max_message_size;
  return out;
}

/// Runs each attack that has an outcome there, against a node to which `begin` connects.
template <class Outcome, class Begin>
void check_in_place(std::optional<Outcome> kit::attack::*there, Begin begin) {
  for (const auto& x : kit::attacks()) {
    if (!(x.*there))
      continue;
    BOOST_TEST_CONTEXT(x.name) {
      attacked_fixture fixture;
      BOOST_REQUIRE(begin(fixture));
      x.run(fixture.remote, target());
      fixture.failed_with(*(x.*there));
    }
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(remotes)

BOOST_AUTO_TEST_CASE(have_a_name_for_each_attack) {
  std::set<std::string> names;
  for (const auto& x : kit::attacks())
    BOOST_TEST(names.insert(x.name).second);
  BOOST_TEST(names.size() >= 60u);
}

BOOST_AUTO_TEST_CASE(end_a_session_that_has_just_begun) {
  for (const auto& x : kit::attacks())
    BOOST_TEST_CONTEXT(x.name) {
      attacked_fixture fixture;
      BOOST_REQUIRE(fixture.meet());
      x.run(fixture.remote, target());
      fixture.dropped_with(x.in_session);
    }
}

BOOST_AUTO_TEST_CASE(end_a_session_with_a_past) {
  for (const auto& x : kit::attacks())
    BOOST_TEST_CONTEXT(x.name) {
      attacked_fixture fixture;
      BOOST_REQUIRE(fixture.meet());
      // Messages both ways, of many blocks, and a Ping that is not answered.
      for (std::size_t size : {0u, 1u, 1000u, 50000u})
        fixture.send(1, size);
      fixture.remote.send(p2p::ping_id, p2p::ping_payload);
      fixture.world.advance(20s);
      fixture.send(1);
      BOOST_TEST(fixture.received(p2p::base_length + 1) == 5u);
      BOOST_REQUIRE(fixture.runs());
      x.run(fixture.remote, target());
      fixture.dropped_with(x.in_session);
    }
}

BOOST_AUTO_TEST_CASE(say_it_in_place_of_hello) {
  check_in_place(&kit::attack::before_hello, [](attacked_fixture& x) {
    return x.remote.connect(x.node.url.address) && x.remote.shake_hands(x.node.key.id());
  });
}

BOOST_AUTO_TEST_CASE(say_it_in_place_of_the_handshake) {
  check_in_place(&kit::attack::before_handshake,
                 [](attacked_fixture& x) { return x.remote.connect(x.node.url.address); });
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
