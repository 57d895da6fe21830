// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "two_nodes.hpp"

#include "devp2p/kit/raw_remote.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace devp2p::test {

/// A node and a remote that is driven by hand.
struct raw_fixture {
  inbox handler;
  kit::seeded_random random{3};
  kit::world world;
  test_node node;
  kit::raw_remote remote{world, "10.0.0.66", random};

  explicit raw_fixture(const settings& limits = {}, std::size_t pipe_capacity = 64 << 10)
    : world(pipe_capacity),
      node(world, "10.0.0.1", random, {make_protocol("test", 1, 8, collect(&handler))}, limits) {
    BOOST_REQUIRE(ask<enode>(world, node.handle, listen_atom_v, node.url.address).value);
  }

  bool meet() { return remote.meet(node.url.address, node.key.id(), {{"test", 1}}); }

  /// Has the handler write a message; the world does not run yet.
  void write(packet what) {
    const auto& link = *handler.link;
    link.post(std::move(what));
  }

  /// Has the handler write a message, and returns the answer to it.
  answer<caf::unit_t> request(packet what) {
    const auto& link = *handler.link;
    return ask<caf::unit_t>(world, link.writer, write_atom_v, link.place, std::move(what));
  }

  /// Has the node end the session.
  void close() {
    world.send(node.handle, close_atom_v, remote.key().id(), disconnect_reason::requested);
  }

  bytes incompressible(std::size_t size) {
    bytes out(size);
    random.fill(out);
    return out;
  }

  std::size_t received(std::uint64_t id) const {
    return static_cast<std::size_t>(std::count_if(remote.received().begin(),
                                                  remote.received().end(),
                                                  [=](const auto& x) { return x.id == id; }));
  }
};

} // namespace devp2p::test
