// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "eth/session.hpp"

#include "raw_fixture.hpp"
#include "sample_chain.hpp"

#include "devp2p/net/rlp/decode.hpp"
#include "devp2p/net/rlp/encode.hpp"

#include <memory>
#include <string>
#include <vector>

/// Nodes that speak eth in one version.
namespace devp2p::test {

using sessions = std::vector<eth::session_ready>;

inline eth::session_subscriber_actor::behavior_type
collect_sessions(eth::session_subscriber_actor::pointer, sessions* out) {
  return {[=](const eth::session_ready& x) { out->push_back(x); }};
}

inline std::shared_ptr<const eth::served_chain> share(eth::served_chain what) {
  return std::make_shared<const eth::served_chain>(std::move(what));
}

/// A node that serves this chain; null for a visitor.
struct eth_node {
  eth::host shared;
  test_node node;

  eth_node(kit::world& world, const std::string& address, random_source& random,
           std::uint64_t version, std::shared_ptr<const eth::served_chain> served, sessions* out)
    : shared{.served = std::move(served), .subscriber = world.spawn(collect_sessions, out)},
      node(world, address, random, in_version(version, shared)) {}

  static std::vector<protocol> in_version(std::uint64_t version, const eth::host& shared) {
    auto out = eth::protocols(shared);
    std::erase_if(out, [=](const protocol& x) { return x.version != version; });
    return out;
  }
};

/// Two nodes that have met.
struct eth_pair {
  sessions left_ready;
  sessions right_ready;
  kit::seeded_random random{1};
  kit::world world;
  eth_node left;
  eth_node right;

  eth_pair(std::uint64_t version, std::shared_ptr<const eth::served_chain> at_left,
           std::shared_ptr<const eth::served_chain> at_right)
    : left(world, "10.0.0.1", random, version, std::move(at_left), &left_ready),
      right(world, "10.0.0.2", random, version, std::move(at_right), &right_ready) {}

  explicit eth_pair(std::uint64_t version = 69)
    : eth_pair(version, share(served_sample(20)), share(served_sample(20))) {
    meet();
  }

  void meet() {
    BOOST_REQUIRE(test::meet(world, left.node, right.node).value);
    world.run();
  }

  /// Has the left ask the right.
  template <class Answer, class Question>
  answer<Answer> asked(const Question& question) {
    BOOST_REQUIRE(left_ready.size() == 1u);
    return ask<Answer>(world, left_ready.front().handler, question);
  }
};

/// A node, and a remote that is driven by hand.
struct eth_interview {
  sessions ready;
  kit::seeded_random random{1};
  kit::world world;
  std::uint64_t version;
  std::shared_ptr<const eth::served_chain> served;
  eth_node subject;
  kit::raw_remote remote;

  explicit eth_interview(std::uint64_t version = 69)
    : eth_interview(version, share(served_sample(20))) {}

  eth_interview(std::uint64_t version, std::shared_ptr<const eth::served_chain> chain)
    : version(version),
      served(std::move(chain)),
      subject(world, "10.0.0.1", random, version, served, &ready),
      remote(world, "10.0.0.66", random) {
    const auto& url = subject.node.url;
    BOOST_REQUIRE(ask<enode>(world, subject.node.handle, listen_atom_v, url.address).value);
    BOOST_REQUIRE(remote.meet(url.address, subject.node.key.id(), {{"eth", version}}));
  }

  template <class T>
  void send(const T& message) {
    send_encoded(eth::wire_protocol::messages::code_of<T>(version).value(),
                 rlp::encode(message).view());
  }

  void send_encoded(std::uint64_t code, byte_view content) {
    remote.send(p2p::base_length + code, content);
    world.run();
  }

  [[nodiscard]] eth::status_66 status_66() const { return status_66_of(*served, version); }
  [[nodiscard]] eth::status_69 status_69() const { return status_69_of(*served, version); }

  /// Tells the subject the status that it wants.
  void greet() {
    if (version >= 69)
      send(status_69());
    else
      send(status_66());
    BOOST_REQUIRE(ready.size() == 1u);
  }

  /// Returns all messages `T` that the subject has sent.
  template <class T>
  std::vector<T> heard() {
    std::vector<T> out;
    for (const auto& one : remote.received())
      if (one.id == p2p::base_length + eth::wire_protocol::messages::code_of<T>(version).value())
        out.push_back(*rlp::decode<T>(one.payload));
    return out;
  }

  /// Checks that the session has ended for this reason at both ends, and returns why, for people.
  std::string end(disconnect_reason reason = disconnect_reason::subprotocol_error) {
    const auto& dropped = subject.node.events.dropped;
    BOOST_REQUIRE(dropped.size() == 1u);
    BOOST_TEST(to_string(dropped.front().end.reason) == to_string(reason));
    BOOST_TEST((remote.goodbyes() == std::vector{reason}));
    return dropped.front().end.error;
  }

  [[nodiscard]] bool ended() const { return !subject.node.events.dropped.empty(); }
};

} // namespace devp2p::test
