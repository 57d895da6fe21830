// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "two_nodes.hpp"

#include <boost/test/unit_test.hpp>

namespace devp2p::test {

inline packet text(std::uint64_t code, std::string_view what) {
  return {code, blob{as_bytes(what)}};
}

/// Sends a message at once.
inline handler_actor::behavior_type eager(handler_actor::pointer self, const channel& link) {
  link.send(self, text(3, "at once"));
  return {[](const packet&) {}};
}

/// `left` dials `right`; both speak "chat" and "test", of which "chat" comes first on the link.
struct session_fixture {
  inbox left_chat;
  inbox left_test;
  inbox right_chat;
  inbox right_test;
  kit::seeded_random random{1};
  kit::world world;
  test_node left;
  test_node right;

  explicit session_fixture(const settings& limits = {})
    : left(world, "10.0.0.1", random, protocols(left_chat, left_test), limits),
      right(world, "10.0.0.2", random, protocols(right_chat, right_test), limits) {
    auto met = meet(world, left, right);
    BOOST_REQUIRE_MESSAGE(met.value, describe(met.error));
  }

  static std::vector<protocol> protocols(inbox& chat, inbox& test) {
    // The order here does not matter; the order on the link is by name.
    return {make_protocol("test", 1, 8, collect(&test)),
            make_protocol("chat", 2, 4, collect(&chat))};
  }

  void write(const inbox& from, packet what) {
    world.send(from.link->writer, write_atom_v, from.link->place, std::move(what));
  }

  /// Has the left write a hundred messages of 1000 bytes to the right; the world does not run yet.
  void write_hundred() {
    const auto& from = *left_test.link;
    for (int i = 0; i < 100; ++i)
      from.post(packet{0, blob{bytes(1000, 0xaa)}});
  }

  /// Checks that both ends report the same end: `ended` found it or was asked for it, `told` was
  /// told by its remote.
  static void check_end(const test_node& ended, const test_node& told, disconnect_reason expected) {
    BOOST_REQUIRE(ended.events.dropped.size() == 1u);
    BOOST_REQUIRE(told.events.dropped.size() == 1u);
    const auto& here = ended.events.dropped[0];
    const auto& there = told.events.dropped[0];
    BOOST_TEST(to_string(here.end.reason) == to_string(expected));
    BOOST_TEST(!here.end.remote_requested);
    BOOST_TEST((here.id == told.key.id()));
    BOOST_TEST(to_string(there.end.reason) == to_string(expected));
    BOOST_TEST(there.end.remote_requested);
    BOOST_TEST((there.id == ended.key.id()));
  }

  template <class Error>
  void end_handler(const inbox& which, Error why) {
    caf::scoped_actor self{world.system()};
    self->send_exit(which.handler, caf::error{std::move(why)});
    world.run();
  }
};

} // namespace devp2p::test
