// SPDX-License-Identifier: BSL-1.0
#include "company.hpp"
#include "temporary_folder.hpp"

#include "devp2p/actors/peering/peer_keeper.hpp"
#include "devp2p/actors/peering/peering.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <utility>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(peering_test)

namespace {

using namespace std::chrono_literals;

constexpr auto host = "11.1.0.1";

struct supervised : company {
  peering all;

  /// Begins a node and the actors that keep its peers.
  void begin_peering(peering_config setup = {}) {
    setup.node = begin(host);
    setup.self = url(host).id;
    setup.limits.kept_for_inbound = 0;
    setup.random = &random;
    all = spawn_peering(world.system(), std::move(setup));
    static_cast<void>(world.adopt(all.top));
    world.run();
  }
};

/// A keeper of a store in memory, which the tests look at.
struct kept : company {
  std::shared_ptr<peer_store> store = std::make_shared<peer_store>();
  peer_keeper_actor keeper = world.adopt(spawn_peer_keeper(world.system(), store, nullptr));
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_keeper_answers_when_a_change_is_written, kept) {
  BOOST_TEST(is_done(world.ask(keeper, write_atom_v,
                               store_changes{{static_node{url("11.2.0.1")}, own_sequence{7}}})));
  BOOST_TEST(store->static_nodes().size() == 1u);
  BOOST_TEST(store->sequence() == 7u);
}

BOOST_FIXTURE_TEST_CASE(a_keeper_refuses_more_than_it_has_room_for, kept) {
  store_changes many;
  many.all.resize(20'001, own_sequence{1});
  auto refused = world.ask(keeper, write_atom_v, std::move(many));
  BOOST_TEST((!refused && errc_of(refused.error()) == errc::list_full));
  BOOST_TEST(is_done(world.ask(keeper, write_atom_v, store_changes{{own_sequence{2}}})));
  BOOST_TEST(store->sequence() == 2u);
}

BOOST_FIXTURE_TEST_CASE(a_keeper_writes_what_came_before_its_end, kept) {
  anon_send_to(keeper, write_atom_v, store_changes{{own_sequence{3}}});
  caf::anon_send_exit(keeper, caf::exit_reason::user_shutdown);
  world.run();
  BOOST_TEST(store->sequence() == 3u);
}

BOOST_FIXTURE_TEST_CASE(nodes_that_were_dialled_with_success_are_stored, kept) {
  begin("11.2.0.1");
  dialer_config setup{.node = begin(host), .self = url(host).id};
  setup.orders = std::make_shared<dialer_orders>();
  setup.orders->static_nodes = {url("11.2.0.1"), url("11.2.0.2")}; // Nobody is at the second one.
  setup.limits.kept_for_inbound = 0;
  setup.keeper = keeper;
  setup.random = &random;
  static_cast<void>(world.adopt(spawn_dialer(world.system(), std::move(setup))));
  world.advance(1min);
  BOOST_REQUIRE(store->known_nodes().size() == 1u);
  BOOST_TEST((store->known_nodes().front().url == url("11.2.0.1")));
  BOOST_TEST(store->known_nodes().front().proved.has_value());
}

BOOST_FIXTURE_TEST_CASE(scores_of_many_nodes_at_once_are_stored, kept) {
  reputation_config setup{.node = begin(host)};
  setup.keeper = keeper;
  setup.random = &random;
  auto reputation = world.adopt(spawn_reputation(world.system(), std::move(setup)));
  for (std::uint32_t i = 0; i < 2500; ++i) {
    node_id id;
    id.value[0] = static_cast<std::uint8_t>(i & 0xff);
    id.value[1] = static_cast<std::uint8_t>(i >> 8 | 0x80);
    anon_send_to(reputation, bad_atom_v, id, std::uint32_t{5}, std::string{"bad"});
  }
  world.run();
  // Those that need not wait are there, and the others follow.
  BOOST_TEST(store->scores().size() == 2000u);
  world.advance(11s);
  BOOST_TEST(store->scores().size() == 2500u);
}

BOOST_FIXTURE_TEST_CASE(a_new_reputation_of_a_node_knows_its_sessions, company) {
  begin("11.2.0.1");
  const auto& node = begin(host);
  BOOST_TEST(is_done(world.ask(node, dial_atom_v, url("11.2.0.1"))));
  reputation_config setup{.node = node};
  setup.random = &random;
  auto reputation = world.adopt(spawn_reputation(world.system(), std::move(setup)));
  world.run();
  // Failures of many networks at once are not our own fault, as that session shows.
  for (int i = 3; i < 12; ++i) {
    const auto at = "11." + std::to_string(i) + ".0.1";
    world.send(reputation, session_failed{url(at).id,
                                          {at, port},
                                          false,
                                          {disconnect_reason::network_error, false, false,
                                           "no answer", errc::dial_timeout}});
  }
  world.advance(3min);
  BOOST_TEST(*world.ask(reputation, info_atom_v, url("11.3.0.1").id) < 0);
}

BOOST_FIXTURE_TEST_CASE(a_child_that_dies_comes_back_and_no_session_ends, supervised) {
  begin("11.2.0.1");
  begin("11.2.0.2");
  begin_peering();
  BOOST_TEST(is_done(world.ask(all.dialer.get(), add_atom_v, url("11.2.0.1"))));
  for (int i = 0; i < 5; ++i)
    world.send(all.reputation.get(), bad_atom_v, url("11.3.0.1").id, std::uint32_t{25},
               std::string{"bad"});
  world.advance(15s);
  BOOST_TEST(are_peers(host, "11.2.0.1"));
  const auto points = *world.ask(all.reputation.get(), info_atom_v, url("11.3.0.1").id);
  BOOST_TEST(points < -90);
  const auto first = all.reputation.get();
  caf::anon_send_exit(first, caf::exit_reason::kill);
  world.advance(15s);
  BOOST_REQUIRE((all.reputation.get() && all.reputation.get() != first));
  BOOST_TEST(are_peers(host, "11.2.0.1"));
  BOOST_TEST(*world.ask(all.reputation.get(), info_atom_v, url("11.3.0.1").id) <= points + 1);
  // The static node is there again, too, and the dialer goes on.
  end("11.2.0.1");
  begin("11.2.0.1");
  world.advance(15min); // A dial that was refused meanwhile has a long pause.
  BOOST_TEST(are_peers(host, "11.2.0.1"));
  BOOST_TEST(is_done(world.ask(all.dialer.get(), add_atom_v, url("11.2.0.2"))));
  world.advance(1s);
  BOOST_TEST(are_peers(host, "11.2.0.2"));
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

/// Begins the actors that keep the peers of a node, with a file, and does that much with them.
template <class Function>
void with_file(const std::filesystem::path& file, Function what) {
  struct filed : company {
    peering all;
  } here;
  peering_config setup{.node = here.begin("11.1.0.1"), .self = here.url("11.1.0.1").id};
  setup.file = file;
  setup.has_own_thread = false;
  setup.random = &here.random;
  here.all = spawn_peering(here.world.system(), std::move(setup));
  static_cast<void>(here.world.adopt(here.all.top));
  here.world.run();
  what(here);
}

} // namespace

BOOST_AUTO_TEST_SUITE(peering_test)

BOOST_AUTO_TEST_CASE(what_the_file_has_is_there_again_in_a_new_process) {
  const temporary_folder folder;
  const auto subject = *ban_subject::parse("12.0.0.0/8");
  node_id liar;
  liar.value.fill(5);
  node_id friend_id;
  friend_id.value.fill(6);
  const enode friendly{friend_id, {"11.2.0.1", 30303}, 30303};
  {
    peer_store store{folder / "peers"};
    const auto now = std::chrono::system_clock::now();
    stored_score score{.id = liar, .score = -70, .changed = now, .failed = now};
    const std::vector<store_change> rows{
      score, stored_ban{to_string(subject), now + std::chrono::hours{1}, "told"},
      static_node{friendly}};
    BOOST_REQUIRE((store.write(rows).what == store_outcome::kind::confirmed));
  }
  for (int i = 0; i < 2; ++i)
    with_file(folder / "peers", [&](auto& here) {
      auto bans = here.world.ask(here.members.at("11.1.0.1").node, bans_atom_v);
      BOOST_REQUIRE(is_done(bans));
      BOOST_REQUIRE(bans->size() == 1u);
      BOOST_TEST((bans->front().subject == subject));
      BOOST_TEST(*here.world.ask(here.all.reputation.get(), info_atom_v, liar) <= -60);
      auto why = here.world.ask(here.all.dialer.get(), explain_atom_v, friend_id);
      BOOST_REQUIRE(is_done(why));
      BOOST_TEST((why->reason != dial_refusal::unknown));
    });
}

BOOST_AUTO_TEST_SUITE_END()
} // namespace devp2p::test
