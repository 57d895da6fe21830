// SPDX-License-Identifier: BSL-1.0
//
// The records that the kit keeps of handlers that misbehave.
#include "scripted_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <utility>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(handler_record_test)

using kit::misbehaviour;

BOOST_AUTO_TEST_SUITE(records)

BOOST_AUTO_TEST_CASE(may_be_left_to_the_handlers) {
  kit::seeded_random random{5};
  kit::world world;
  auto factory = kit::misbehaving({.what = misbehaviour::throws, .when = kit::at_message{1}});
  test_node node{world, "10.0.0.1", random, {make_protocol("test", 1, 8, std::move(factory))}};
  BOOST_REQUIRE(ask<enode>(world, node.handle, listen_atom_v, node.url.address).value);
  kit::raw_remote remote{world, "10.0.0.66", random};
  BOOST_REQUIRE(remote.meet(node.url.address, node.key.id(), {{"test", 1}}));
  remote.send(p2p::base_length, p2p::ping_payload);
  BOOST_TEST(node.events.dropped.size() == 1u);
}

BOOST_AUTO_TEST_CASE(outlive_the_world) {
  std::shared_ptr<kit::handler_record> record;
  {
    scripted_fixture fixture;
    BOOST_REQUIRE(fixture.meet());
    fixture.send(1);
    record = fixture.record;
    BOOST_TEST(static_cast<bool>(record->lives.at(0)->link.writer));
  }
  const auto& life = *record->lives.at(0);
  BOOST_TEST(!life.link.writer);
  BOOST_TEST((life.end == errc::session_closed));
  BOOST_TEST(life.packet_count == 1u);
}

BOOST_AUTO_TEST_CASE(have_a_life_for_each_session) {
  scripted_fixture fixture;
  BOOST_REQUIRE(fixture.meet());
  fixture.send(1);
  kit::raw_remote other{fixture.world, "10.0.0.67", fixture.random};
  BOOST_REQUIRE(other.meet(fixture.node.url.address, fixture.node.key.id(), {{"test", 1}}));
  BOOST_TEST(fixture.record->spawned == 2u);
  BOOST_REQUIRE(fixture.record->lives.size() == 2u);
  BOOST_TEST(fixture.record->lives[0]->packet_count == 1u);
  BOOST_TEST(fixture.record->lives[1]->packet_count == 0u);
  BOOST_TEST((fixture.record->lives[1]->link.remote.id == other.key().id()));
}

BOOST_AUTO_TEST_CASE(are_bounded) {
  scripted_fixture fixture{{.what = misbehaviour::hoards}};
  BOOST_REQUIRE(fixture.meet());
  for (std::size_t i = 0; i < kit::handler_life::max_packets + 5; ++i)
    fixture.send(1, 1);
  BOOST_TEST(fixture.life().packet_count == kit::handler_life::max_packets + 5);
  BOOST_TEST(fixture.life().packets.size() == kit::handler_life::max_packets);
}

BOOST_AUTO_TEST_CASE(that_are_stubborn_count_what_comes_after_the_close) {
  bool over = false;
  auto writer = [](writer_actor::pointer, const bool* over) -> writer_actor::behavior_type {
    auto write = [over](write_atom, writer_place, const auto&) {
      return *over ? caf::result<void>{caf::make_error(errc::session_closed)} : caf::unit;
    };
    return {[=](write_atom a, writer_place from, const packet& message) {
              return write(a, from, message);
            },
            [=](write_atom a, writer_place from, const std::vector<packet>& messages) {
              return write(a, from, messages);
            }};
  };
  auto record = std::make_shared<kit::handler_record>();
  kit::world world;
  channel link;
  link.writer = world.spawn(writer, &over);
  auto handler = world.adopt(
    kit::misbehaving({.what = misbehaviour::is_stubborn}, record)(world.system(), link));
  const auto& life = *record->lives.at(0);
  caf::anon_send_exit(handler, caf::exit_reason::user_shutdown);
  world.send(handler, packet{});
  BOOST_TEST(!life.closed, "the session goes on");
  over = true;
  caf::anon_send_exit(handler, caf::exit_reason::user_shutdown);
  world.run();
  BOOST_TEST(life.closed);
  BOOST_TEST(life.packets_after_close == 0u);
  world.send(handler, packet{});
  BOOST_TEST(life.packets_after_close == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
