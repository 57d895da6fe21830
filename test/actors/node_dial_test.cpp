// SPDX-License-Identifier: BSL-1.0
//
// Dials of a node, and its answers to the callers that asked for them.
#include "devp2p/messages/caf.hpp"

#include "node_fixture.hpp"

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(node_dial_test)

namespace {

using namespace std::chrono_literals;

/// Checks that the caller that asked for the dial has been answered, with that error.
template <class Request>
void check_failure(const caf::scoped_actor& self, Request& dialled, const caf::error& expected) {
  BOOST_REQUIRE(self->has_next_message());
  std::move(dialled).receive([](const peer_info&) { BOOST_ERROR("there is no session"); },
                             [&](const caf::error& why) { BOOST_TEST((why == expected)); });
}

/// A network that takes dials and never answers them.
struct deaf_network : net::network {
  struct attempt : net::pending_dial {
    explicit attempt(deaf_network& owner) : owner(owner) { ++owner.pending; }
    ~attempt() override { --owner.pending; }
    deaf_network& owner;
  };

  [[nodiscard]] net::loop* loop() const override { return nullptr; }

  expected<std::unique_ptr<net::listener>> listen(const endpoint&) override {
    return errc::permission_denied;
  }

  std::unique_ptr<net::pending_dial> dial(const endpoint&, net::stream_handler) override {
    return std::make_unique<attempt>(*this);
  }

  std::unique_ptr<net::pending_dial> dial_from(const endpoint&, const endpoint& to,
                                               net::stream_handler handler) override {
    return dial(to, std::move(handler));
  }

  expected<std::unique_ptr<net::datagram_socket>> bind(const endpoint&) override {
    return errc::permission_denied;
  }

  int pending = 0;
};

/// A node whose dials are never answered.
struct deaf_fixture {
  kit::seeded_random random{5};
  deaf_network network;
  kit::world world;
  node_actor subject;
  caf::scoped_actor self{world.system()};

  explicit deaf_fixture(const settings& limits = {}) {
    node_config config{crypto::private_key::generate(random), &random, {}, limits, {}, nullptr};
    subject = world.adopt(spawn_node(world.system(), network, std::move(config)));
  }

  /// Returns the URL of some node.
  enode target() { return {crypto::private_key::generate(random).id(), {"10.0.0.1", 1}, 1}; }

  answer<peer_info> dial(const enode& to) {
    return ask<peer_info>(world, subject, dial_atom_v, to);
  }

  /// Asks the node to dial some node; the world does not run yet.
  auto start_dial() { return request_from(self, subject, caf::infinite, dial_atom_v, target()); }
};

/// A node that dials a remote that sends no data.
struct mute_fixture : node_fixture {
  std::unique_ptr<kit::raw_remote> mute = stranger(1);
  caf::scoped_actor self{world.system()};

  mute_fixture() { mute->listen(30303); }

  /// Asks the node to dial that remote; the world does not run yet.
  auto start_dial() {
    return request_from(self, subject.handle, caf::infinite, dial_atom_v,
                        enode{mute->key().id(), {"10.0.2.1", 30303}, 30303});
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(a_node)

BOOST_AUTO_TEST_CASE(answers_a_dial_when_the_session_runs) {
  node_fixture fixture;
  auto other = fixture.another(1);
  auto peer = fixture.dial(*other, fixture.subject.url);
  BOOST_REQUIRE(peer.value);
  BOOST_TEST((peer.value->id == fixture.subject.key.id()));
  BOOST_TEST(peer.value->greeting.client_id == settings{}.client_id);
}

BOOST_AUTO_TEST_CASE(says_why_it_cannot_dial) {
  node_fixture fixture;
  auto other = fixture.another(1);
  auto somebody = fixture.subject.key.id();
  auto error = [&](const endpoint& to) {
    return describe(fixture.dial(*other, {somebody, to, to.port}).error);
  };
  BOOST_TEST(error({"10.0.0.1", 9}) == "connection refused: 10.0.0.1:9");
  BOOST_TEST(error({"10.9.9.9", 9}) == "host unreachable: 10.9.9.9:9");
  BOOST_TEST(error({"nowhere.example", 9}) == "no such host: nowhere.example:9");
}

BOOST_AUTO_TEST_CASE(counts_dials_that_bring_no_connection_by_error) {
  node_fixture fixture;
  auto other = fixture.another(1);
  auto somebody = fixture.subject.key.id();
  for (const auto* host : {"10.0.0.1", "10.0.0.1", "10.9.9.9"})
    fixture.dial(*other, {somebody, {host, 9}, 9});
  BOOST_REQUIRE(fixture.dial(*other, fixture.subject.url).value);
  auto of_other = ask<node_info>(fixture.world, other->handle, info_atom_v).value.value();
  std::map<errc, std::uint64_t> expected{{errc::connection_refused, 2},
                                         {errc::host_unreachable, 1}};
  BOOST_TEST((of_other.connections.failed_dials == expected));
  BOOST_TEST(of_other.connections.accepted == 0u);
  BOOST_TEST(fixture.info().connections.accepted == 1u);
  BOOST_TEST(fixture.info().connections.turned_away == 0u);
}

BOOST_AUTO_TEST_CASE(does_not_dial_itself) {
  node_fixture fixture;
  BOOST_TEST((fixture.dial(fixture.subject, fixture.subject.url).error == errc::connected_to_self));
}

BOOST_AUTO_TEST_CASE(answers_a_dial_of_a_peer_with_its_session) {
  node_fixture fixture;
  auto other = fixture.another(1);
  BOOST_REQUIRE(fixture.dial(*other, fixture.subject.url).value);
  auto again = fixture.dial(*other, fixture.subject.url).value;
  BOOST_REQUIRE(again.has_value());
  BOOST_TEST((again->id == fixture.subject.key.id()));
  // The answer is the same, whichever node has dialled the other.
  BOOST_TEST(fixture.dial(fixture.subject, other->url).value.has_value());
  BOOST_TEST(other->events.added.size() == 1u);
}

BOOST_AUTO_TEST_CASE(does_not_dial_a_node_twice_at_once) {
  deaf_fixture fixture;
  auto target = fixture.target();
  BOOST_TEST(!fixture.dial(target).error);
  auto again = fixture.dial(target).error;
  BOOST_TEST((again == errc::already_connected));
  BOOST_TEST(describe(again).ends_with(" is being dialled"));
  BOOST_TEST(fixture.network.pending == 1);
}

BOOST_AUTO_TEST_CASE(gives_a_dial_up_after_its_deadline) {
  deaf_fixture fixture;
  auto dialled = fixture.start_dial();
  fixture.world.advance(14999ms);
  BOOST_TEST(!fixture.self->has_next_message());
  BOOST_TEST(fixture.network.pending == 1);
  fixture.world.advance(1ms);
  BOOST_TEST(fixture.network.pending == 0);
  check_failure(fixture.self, dialled, caf::make_error(errc::dial_timeout));
}

BOOST_AUTO_TEST_CASE(dials_no_more_than_it_may_at_once) {
  settings limits;
  limits.max_dialing = 3;
  deaf_fixture fixture{limits};
  for (int i = 0; i < 5; ++i)
    BOOST_TEST((fixture.dial(fixture.target()).error == errc::too_many_pending) == (i >= 3));
}

BOOST_AUTO_TEST_CASE(answers_a_dial_of_a_node_that_is_not_who_was_dialled) {
  node_fixture fixture;
  auto other = fixture.another(1);
  auto wrong = fixture.subject.url;
  wrong.id = fixture.stranger(1)->key().id();
  auto dialled = fixture.dial(*other, wrong);
  // The remote cannot decrypt our auth, and hangs up.
  BOOST_TEST(static_cast<bool>(dialled.error));
  BOOST_TEST(other->events.added.empty());
  BOOST_TEST(other->events.failed.size() == 1u);
}

BOOST_AUTO_TEST_CASE(answers_a_dial_of_an_id_that_is_no_key) {
  node_fixture fixture;
  auto other = fixture.another(1);
  auto wrong = fixture.subject.url;
  wrong.id.value.fill(0xff);
  BOOST_TEST((fixture.dial(*other, wrong).error == errc::invalid_public_key));
}

BOOST_AUTO_TEST_CASE(answers_a_dial_of_a_node_that_says_nothing) {
  mute_fixture fixture;
  auto dialled = fixture.start_dial();
  fixture.world.advance(4999ms);
  BOOST_TEST(fixture.mute->accepted());
  BOOST_TEST(!fixture.self->has_next_message());
  fixture.world.advance(1ms);
  check_failure(fixture.self, dialled, caf::make_error(errc::handshake_timeout));
}

BOOST_AUTO_TEST_CASE(meets_a_recipient_by_hand) {
  node_fixture fixture;
  auto remote = fixture.stranger(1);
  remote->listen(30303);
  anon_send_to(fixture.subject.handle, dial_atom_v,
               enode{remote->key().id(), {"10.0.2.1", 30303}, 30303});
  fixture.world.run();
  BOOST_REQUIRE(remote->shake_hands());
  BOOST_REQUIRE(remote->greet({{"test", 1}}));
  BOOST_TEST(fixture.subject.events.added.size() == 1u);
}

BOOST_AUTO_TEST_CASE(answers_a_dial_whose_supervisor_is_killed) {
  mute_fixture fixture;
  auto dialled = fixture.start_dial();
  caf::anon_send_exit(fixture.next_supervisor(), caf::exit_reason::kill);
  fixture.world.run();
  check_failure(fixture.self, dialled, caf::exit_reason::kill);
  BOOST_REQUIRE(fixture.subject.events.failed.size() == 1u);
  BOOST_TEST(fixture.info().pending == 0u);
}

BOOST_AUTO_TEST_CASE(that_quits_answers_the_dials_under_way) {
  deaf_fixture fixture;
  auto dialled = fixture.start_dial();
  fixture.world.run();
  caf::anon_send_exit(fixture.subject, caf::exit_reason::user_shutdown);
  fixture.world.run();
  check_failure(fixture.self, dialled, caf::make_error(errc::shutting_down));
  BOOST_TEST(fixture.network.pending == 0);
}

BOOST_AUTO_TEST_CASE(is_answered_for_a_connected_node_although_the_own_is_killed) {
  node_fixture f;
  auto other = f.another(1);
  BOOST_REQUIRE(f.dial(*other, f.subject.url).value);
  caf::scoped_actor self{f.world.system()};
  auto dialled = request_from(self, other->handle, caf::infinite, dial_atom_v, f.subject.url);
  BOOST_REQUIRE(f.world.run_one()); // The node asks the session.
  caf::anon_send_exit(other->handle, caf::exit_reason::kill);
  f.world.advance(1min);
  check_failure(self, dialled, caf::make_error(errc::shutting_down));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
