// SPDX-License-Identifier: BSL-1.0
//
// Nodes and NATs: ports that a gateway maps, and connections that a puncher has opened.
#include "node_fixture.hpp"
#include "scripted_gateway.hpp"

#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/on_events.hpp"

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(node_nat_test)

namespace {

using namespace std::chrono_literals;

struct mapped_fixture {
  std::shared_ptr<scripted_gateway> gateway = std::make_shared<scripted_gateway>("router");
  kit::seeded_random random{5};
  kit::world world;
  test_node subject{world, "10.0.0.1", random, test_protocol(), {}, {}, [this](node_config& x) {
                      x.gateways = {gateway};
                    }};

  void listen(const endpoint& at) {
    BOOST_REQUIRE(ask<enode>(world, subject.handle, listen_atom_v, at).value);
  }

  std::vector<enode> external() {
    return ask<node_info>(world, subject.handle, info_atom_v).value.value().external;
  }
};

/// Two nodes, and a connection between their hosts that neither of them has opened.
struct punched_fixture {
  kit::seeded_random random{5};
  kit::world world;
  test_node one{world, "10.0.0.1", random, test_protocol()};
  test_node two{world, "10.0.0.2", random, test_protocol()};
  std::shared_ptr<net::stream> at_one;
  std::shared_ptr<net::stream> at_two;

  punched_fixture() {
    auto keep = [](std::shared_ptr<net::stream>& out) {
      return [&out](expected<std::unique_ptr<net::stream>> x) { out = std::move(*x); };
    };
    auto listener = world.host("10.0.0.1").listen({"10.0.0.1", 7});
    (*listener)->accept(keep(at_one));
    auto dial = world.host("10.0.0.2").dial({"10.0.0.1", 7}, keep(at_two));
    world.run();
    BOOST_REQUIRE((at_one && at_two));
  }

  auto adopt(caf::scoped_actor& by, const test_node& where, std::shared_ptr<net::stream>& link,
             const node_id& remote, bool initiator) {
    return request_from(by, where.handle, caf::infinite, adopt_atom_v, remote,
                        connected_stream{std::exchange(link, nullptr), initiator});
  }

  template <class Request>
  answer<peer_info> take(const caf::scoped_actor& by, Request& asked) {
    answer<peer_info> out;
    BOOST_REQUIRE(by->has_next_message());
    std::move(asked).receive([&](peer_info& x) { out.value = std::move(x); },
                             [&](caf::error& why) { out.error = std::move(why); });
    return out;
  }

  caf::scoped_actor first{world.system()};
  caf::scoped_actor second{world.system()};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_node_with_a_gateway, mapped_fixture)

BOOST_AUTO_TEST_CASE(says_where_it_is_reached_from_outside) {
  BOOST_TEST(external().empty());
  listen({"10.0.0.1", 30303});
  BOOST_TEST_REQUIRE(external().size() == 1u);
  BOOST_TEST((external().front() == enode{subject.key.id(), {"11.22.33.2", 40000}, 40000}));
}

BOOST_AUTO_TEST_CASE(follows_an_address_that_changes_and_one_that_is_lost) {
  listen({"10.0.0.1", 30303});
  gateway->address = "11.22.33.9";
  world.advance(10min);
  BOOST_TEST((external().front().address == endpoint{"11.22.33.9", 40000}));
  gateway->absent = true;
  world.advance(20min);
  BOOST_TEST(external().empty());
}

BOOST_AUTO_TEST_CASE(tells_its_subscribers) {
  int mapped = 0;
  auto subscriber = world.spawn([&mapped](mapping_subscriber_actor::pointer) {
    return on_events<mapping_subscriber_actor>([&](const port_mapped&) { ++mapped; });
  });
  world.send(subject.handle, subscribe_atom_v, subscriber);
  listen({"10.0.0.1", 30303});
  BOOST_TEST(mapped == 1);
}

BOOST_AUTO_TEST_CASE(accepts_no_more_subscribers_than_it_can_serve) {
  int accepted = 0;
  int served = 0;
  auto watch = [&](mapping_subscriber_actor::pointer self) {
    request_from(self, subject.handle, caf::infinite, subscribe_atom_v,
                 mapping_subscriber_actor{self})
      .then([&] { ++accepted; }, [](const caf::error&) {});
    return on_events<mapping_subscriber_actor>([&](const port_mapped&) { ++served; });
  };
  for (int i = 0; i < 1030; ++i)
    world.spawn(watch);
  world.run();
  listen({"10.0.0.1", 30303});
  BOOST_TEST(accepted > 1000);
  BOOST_TEST(accepted < 1030);
  BOOST_TEST(served == accepted);
}

BOOST_AUTO_TEST_CASE(takes_its_ports_back_before_it_ends) {
  listen({"10.0.0.1", 30303});
  listen({"10.0.0.1", 30304});
  BOOST_TEST(gateway->mapped.size() == 2u);
  caf::anon_send_exit(subject.handle, caf::exit_reason::user_shutdown);
  world.run();
  BOOST_TEST(gateway->mapped.empty());
  BOOST_TEST(world.living() == 1u); // The subscriber with the diary.
}

BOOST_AUTO_TEST_CASE(that_is_killed_leaves_no_mapper_behind) {
  listen({"10.0.0.1", 30303});
  caf::anon_send_exit(subject.handle, caf::exit_reason::kill);
  world.run();
  BOOST_TEST(world.living() == 1u);
}

BOOST_AUTO_TEST_CASE(does_not_wait_for_a_gateway_that_is_not_there) {
  gateway->absent = true;
  listen({"10.0.0.1", 30303});
  test_node other{world, "10.0.0.2", random, test_protocol()};
  BOOST_TEST(ask<peer_info>(world, other.handle, dial_atom_v, subject.url).value.has_value());
  caf::anon_send_exit(subject.handle, caf::exit_reason::user_shutdown);
  world.advance(10s);
  BOOST_TEST(gateway->searches > 0);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_connection_that_was_punched, punched_fixture)

BOOST_AUTO_TEST_CASE(carries_a_session) {
  auto asked = adopt(first, one, at_one, two.key.id(), true);
  auto other = adopt(second, two, at_two, one.key.id(), false);
  world.run();
  auto mine = take(first, asked);
  auto theirs = take(second, other);
  BOOST_TEST_REQUIRE(mine.value.has_value(), describe(mine.error));
  BOOST_TEST_REQUIRE(theirs.value.has_value(), describe(theirs.error));
  BOOST_TEST((mine.value->id == two.key.id() && theirs.value->id == one.key.id()));
  BOOST_TEST((!mine.value->inbound && theirs.value->inbound));
  BOOST_TEST((one.events.added.size() == 1u && two.events.added.size() == 1u));
}

BOOST_AUTO_TEST_CASE(goes_with_its_session_whoever_still_holds_what_the_puncher_gave) {
  connected_stream kept{std::exchange(at_one, nullptr), true};
  auto asked = request_from(first, one.handle, caf::infinite, adopt_atom_v, two.key.id(), kept);
  auto other = adopt(second, two, at_two, one.key.id(), false);
  world.run();
  BOOST_TEST(take(first, asked).value.has_value());
  BOOST_TEST(take(second, other).value.has_value());
  world.send(one.handle, close_atom_v, two.key.id(), disconnect_reason::requested);
  world.advance(10s);
  BOOST_TEST(one.events.dropped.size() == 1u);
  BOOST_TEST(two.events.dropped.size() == 1u);
  BOOST_TEST(!kept.take());
}

BOOST_AUTO_TEST_CASE(is_admitted_as_one_that_we_have_dialled) {
  // All places but that for a dial are taken.
  settings limits;
  limits.max_peers = 2;
  limits.dial_ratio = 2;
  test_node busy{world, "10.0.0.2", random, test_protocol(), limits};
  test_node guest{world, "10.0.0.3", random, test_protocol()};
  BOOST_TEST_REQUIRE(meet(world, guest, busy).value.has_value());
  auto asked = adopt(first, one, at_one, busy.key.id(), true);
  auto other = adopt(second, busy, at_two, one.key.id(), false);
  world.run();
  BOOST_TEST(take(first, asked).value.has_value());
  BOOST_TEST(take(second, other).value.has_value());
}

BOOST_AUTO_TEST_CASE(is_refused_if_another_is_at_its_end) {
  auto stranger = crypto::private_key::generate(random).id();
  auto asked = adopt(first, one, at_one, two.key.id(), true);
  auto other = adopt(second, two, at_two, stranger, false);
  world.run();
  BOOST_TEST((take(second, other).error == errc::unexpected_identity));
  BOOST_TEST_REQUIRE(two.events.failed.size() == 1u);
  BOOST_TEST((two.events.failed.front().id == stranger));
  BOOST_TEST(!take(first, asked).value.has_value());
  BOOST_TEST(two.events.added.empty());
}

BOOST_AUTO_TEST_CASE(that_breaks_is_told_to_who_waits) {
  auto asked = adopt(first, one, at_one, two.key.id(), true);
  auto other = adopt(second, two, at_two, one.key.id(), false);
  world.network().cut("10.0.0.1", "10.0.0.2");
  world.run();
  BOOST_TEST(!take(first, asked).value.has_value());
  BOOST_TEST(!take(second, other).value.has_value());
  // The failed connection does not stand in the way of another.
  BOOST_TEST(meet(world, one, two).value.has_value());
}

BOOST_AUTO_TEST_CASE(is_not_needed_where_there_is_a_session) {
  BOOST_TEST_REQUIRE(meet(world, one, two).value.has_value());
  auto asked = adopt(first, one, at_one, two.key.id(), true);
  world.run();
  BOOST_TEST((take(first, asked).error == errc::already_connected));
}

BOOST_AUTO_TEST_CASE(keeps_others_from_being_dialled_meanwhile) {
  // The other end begins no handshake, so the connection waits until its deadline.
  auto other = adopt(second, two, at_two, one.key.id(), false);
  world.run();
  auto dialled = ask<peer_info>(world, two.handle, dial_atom_v, one.url);
  BOOST_TEST((dialled.error == errc::already_connected));
  world.advance(settings{}.handshake_timeout);
  BOOST_TEST(!take(second, other).value.has_value());
  BOOST_TEST(meet(world, two, one).value.has_value());
}

BOOST_AUTO_TEST_CASE(does_not_stand_in_the_way_of_a_dial_by_the_other) {
  auto other = adopt(second, two, at_two, one.key.id(), false);
  world.run();
  // The other node has come by another way, or both ways go on until there is one session.
  auto dialled = meet(world, one, two);
  world.advance(settings{}.handshake_timeout);
  BOOST_TEST(two.events.added.size() == 1u);
  take(second, other);
}

BOOST_AUTO_TEST_CASE(is_no_connection_if_it_is_empty_or_our_own) {
  std::shared_ptr<net::stream> nothing;
  auto asked = adopt(first, one, nothing, two.key.id(), true);
  world.run();
  BOOST_TEST((take(first, asked).error == errc::end_of_stream));
  auto self = adopt(first, one, at_one, one.key.id(), true);
  world.run();
  BOOST_TEST((take(first, self).error == errc::connected_to_self));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
