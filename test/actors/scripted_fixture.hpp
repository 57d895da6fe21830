// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "two_nodes.hpp"

#include "devp2p/kit/misbehaving_handler.hpp"
#include "devp2p/kit/raw_remote.hpp"
#include "devp2p/net/p2p/base.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <memory>

namespace devp2p::test {

/// A node whose only handler follows a script, and a remote that is driven by hand.
struct scripted_fixture {
  static constexpr std::size_t max_message_size = 100000;

  std::shared_ptr<kit::handler_record> record = std::make_shared<kit::handler_record>();
  kit::seeded_random random{5};
  kit::world world;
  test_node node;
  kit::raw_remote remote{world, "10.0.0.66", random};
  /// The number of living actors without a session.
  std::size_t actors_before = 0;

  explicit scripted_fixture(const kit::handler_script& script = {}, const settings& limits = {})
    : node(world, "10.0.0.1", random, {scripted(script)}, limits) {
    BOOST_REQUIRE(ask<enode>(world, node.handle, listen_atom_v, node.url.address).value);
    actors_before = world.living();
  }

  protocol scripted(const kit::handler_script& script) {
    auto out = make_protocol("test", 1, 8, kit::misbehaving(script, record));
    out.max_message_size = max_message_size;
    return out;
  }

  bool meet() { return remote.meet(node.url.address, node.key.id(), {{"test", 1}}); }

  void send(std::uint64_t code, std::size_t size = 3) {
    remote.send(p2p::base_length + code, bytes(size, 0xaa));
  }

  /// Returns the life of the only handler.
  const kit::handler_life& life() {
    BOOST_REQUIRE(record->lives.size() == 1u);
    return *record->lives[0];
  }

  std::size_t received(std::uint64_t id) {
    auto is_one = [=](const auto& x) { return x.id == id; };
    return static_cast<std::size_t>(
      std::count_if(remote.received().begin(), remote.received().end(), is_one));
  }

  bool runs() { return node.events.dropped.empty() && node.events.failed.empty(); }

  void check(const session_end& end, disconnect_reason expected, bool remote_requested, bool sent) {
    BOOST_TEST(to_string(end.reason) == to_string(expected));
    BOOST_TEST(end.remote_requested == remote_requested);
    BOOST_TEST(end.sent == sent);
    if (sent && remote.connected()) {
      BOOST_REQUIRE(remote.goodbyes().size() == 1u);
      BOOST_TEST(to_string(remote.goodbyes()[0]) == to_string(expected));
    } else {
      BOOST_TEST(remote.goodbyes().empty());
    }
    world.advance(std::chrono::seconds{10});
    BOOST_TEST(world.living() == actors_before);
    if (remote.connected()) {
      remote.read_on();
      BOOST_TEST(remote.closed());
    }
  }

  /// Checks that the session ran, and has ended for this reason.
  void dropped_with(disconnect_reason expected, bool remote_requested = false, bool sent = true) {
    BOOST_REQUIRE(node.events.failed.empty());
    BOOST_REQUIRE(node.events.dropped.size() == 1u);
    check(node.events.dropped[0].end, expected, remote_requested, sent);
    BOOST_TEST(record->spawned == 1u);
    BOOST_TEST(life().end.has_value());
    BOOST_TEST(!life().link.writer);
    BOOST_TEST(life().packets_after_close == 0u);
  }
};

} // namespace devp2p::test
