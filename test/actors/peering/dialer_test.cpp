// SPDX-License-Identifier: BSL-1.0
#include "company.hpp"

#include <boost/test/unit_test.hpp>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(dialer_test)

namespace {

using namespace std::chrono_literals;

constexpr auto host = "11.1.0.1";

struct dialled : company {
  std::shared_ptr<std::vector<enode>> candidates = std::make_shared<std::vector<enode>>();
  std::shared_ptr<std::vector<std::uint32_t>> questions =
    std::make_shared<std::vector<std::uint32_t>>();
  dialer_actor dialer;

  /// Begins the node at `host` and its dialer.
  void begin_dialer(dialer_config setup = {}, const settings& limits = {}) {
    setup.node = begin(host, limits);
    setup.self = url(host).id;
    setup.random = &random;
    dialer = world.adopt(spawn_dialer(world.system(), std::move(setup)));
    world.run();
  }

  void add_source() {
    auto source = world.spawn(name_nodes, candidates, questions);
    BOOST_TEST(is_done(world.ask(dialer, subscribe_atom_v, source, std::string{"list"})));
    world.run();
  }

  /// Begins nodes at 11.2.0.1 and on, and has the source name them.
  void begin_others(std::size_t count) {
    for (std::size_t i = 1; i <= count; ++i) {
      begin(other(i));
      candidates->push_back(url(other(i)));
    }
  }

  static std::string other(std::size_t number) { return "11.2.0." + std::to_string(number); }

  dial_refusal reason_for(const std::string& at) {
    return world.ask(dialer, explain_atom_v, url(at).id)->reason;
  }
};

dialer_config wanting(std::size_t peers) {
  dialer_config out;
  out.limits.peers = peers;
  out.limits.kept_for_inbound = 0;
  return out;
}

} // namespace

BOOST_FIXTURE_TEST_CASE(keeps_as_many_peers_as_are_wanted, dialled) {
  begin_dialer(wanting(3));
  begin_others(6);
  add_source();
  world.advance(10s);
  BOOST_TEST(peers_of(host) >= 3u);
  auto info = world.ask(dialer, info_atom_v);
  BOOST_REQUIRE(is_done(info));
  BOOST_TEST(info->dialled == peers_of(host));
  BOOST_TEST(info->own_link_is_up);
  // One peer goes, and another one takes its place.
  auto before = peers_of(host);
  for (std::size_t i = 1; i <= before; ++i)
    end(other(i));
  world.advance(2min);
  BOOST_TEST(peers_of(host) == 6 - before);
}

BOOST_FIXTURE_TEST_CASE(a_static_node_is_dialled_again_whenever_it_is_gone, dialled) {
  begin(other(1));
  auto setup = wanting(3);
  setup.orders = std::make_shared<dialer_orders>();
  setup.orders->static_nodes = {url(other(1))};
  begin_dialer(std::move(setup));
  world.advance(1s);
  BOOST_TEST(are_peers(host, other(1)));
  for (int i = 0; i < 3; ++i) {
    end(other(1));
    BOOST_TEST(!are_peers(host, other(1)));
    world.advance(1h);
    begin(other(1));
    world.advance(15min);
    BOOST_TEST(are_peers(host, other(1)));
  }
}

BOOST_FIXTURE_TEST_CASE(says_why_a_node_is_no_peer, dialled) {
  begin_dialer(wanting(2));
  begin_others(1);
  BOOST_TEST((reason_for(other(1)) == dial_refusal::unknown));
  BOOST_TEST((reason_for(host) == dial_refusal::self));
  add_source();
  world.advance(1s);
  BOOST_TEST((reason_for(other(1)) == dial_refusal::connected));
  end(other(1));
  auto why = world.ask(dialer, explain_atom_v, url(other(1)).id);
  BOOST_REQUIRE(is_done(why));
  BOOST_TEST((why->reason == dial_refusal::recently_dialled));
  BOOST_TEST((why->until > 0s && why->until <= 45s));
  BOOST_TEST(!to_string(*why).empty());
}

BOOST_FIXTURE_TEST_CASE(a_source_is_asked_while_there_is_a_place_and_one_question_at_a_time,
                        dialled) {
  begin_dialer(wanting(2));
  begin_others(2);
  add_source();
  world.advance(5min);
  BOOST_TEST(peers_of(host) == 2u);
  const auto asked = questions->size();
  BOOST_TEST(asked >= 1u);
  for (auto x : *questions)
    BOOST_TEST((x >= 1 && x <= 64));
  world.advance(1h);
  BOOST_TEST(questions->size() == asked); // All places are taken.
  end(other(1));
  world.advance(1h);
  BOOST_TEST(questions->size() > asked);
  BOOST_TEST(questions->size() <= asked + 1h / 30s + 2);
}

BOOST_FIXTURE_TEST_CASE(a_source_that_ends_loses_its_candidates, dialled) {
  begin_dialer(wanting(1));
  begin_others(1);
  auto source = world.spawn(name_nodes, candidates, questions);
  candidates->push_back(url("11.3.0.1")); // Nobody is there.
  BOOST_TEST(is_done(world.ask(dialer, subscribe_atom_v, source, std::string{"list"})));
  world.advance(1s);
  BOOST_TEST(world.ask(dialer, info_atom_v)->candidates == 2u);
  caf::anon_send_exit(source, caf::exit_reason::kill);
  world.run();
  BOOST_TEST(world.ask(dialer, info_atom_v)->candidates == 0u);
}

BOOST_FIXTURE_TEST_CASE(the_operator_changes_its_mind, dialled) {
  begin_dialer(wanting(0));
  begin_others(4);
  add_source();
  world.advance(1min);
  BOOST_TEST(peers_of(host) == 0u);
  auto before = world.ask(dialer, limits_atom_v, dial_targets{2, 0, 50});
  BOOST_REQUIRE(is_done(before));
  BOOST_TEST(before->peers == 0u);
  world.advance(1min);
  BOOST_TEST(peers_of(host) >= 2u);
  BOOST_TEST(is_done(world.ask(dialer, limits_atom_v, dial_targets{0, 0, 50})));
  BOOST_TEST(is_done(world.ask(dialer, add_atom_v, url(other(4)))));
  BOOST_TEST(is_done(world.ask(dialer, trust_atom_v, url(other(4)).id)));
  world.advance(1min);
  BOOST_TEST(are_peers(host, other(4)));
  BOOST_TEST(is_done(world.ask(dialer, remove_atom_v, url(other(4)).id)));
  BOOST_TEST(is_done(world.ask(dialer, untrust_atom_v, url(other(4)).id)));
  auto refused = world.ask(dialer, remove_atom_v, url("11.9.0.1").id);
  BOOST_TEST((!refused && errc_of(refused.error()) == errc::no_such_peer));
}

BOOST_FIXTURE_TEST_CASE(a_new_dialer_of_a_node_knows_its_peers, dialled) {
  const auto orders = std::make_shared<dialer_orders>();
  auto first = wanting(0);
  first.orders = orders;
  begin_dialer(std::move(first));
  begin_others(2);
  add_source();
  BOOST_TEST(is_done(world.ask(dialer, limits_atom_v, dial_targets{2, 0, 50})));
  BOOST_TEST(is_done(world.ask(dialer, add_atom_v, url("11.4.0.1"))));
  BOOST_TEST(is_done(world.ask(dialer, trust_atom_v, url("11.4.0.2").id)));
  BOOST_TEST(is_done(world.ask(members.at(host).node, ban_atom_v,
                               ban{ban_subject{url("11.4.0.3").id}, 1h, "told"})));
  world.advance(1min);
  caf::anon_send_exit(dialer, caf::exit_reason::kill);
  world.run();
  auto setup = wanting(0);
  setup.orders = orders;
  setup.node = members.at(host).node;
  setup.self = url(host).id;
  setup.random = &random;
  dialer = world.adopt(spawn_dialer(world.system(), std::move(setup)));
  world.run();
  BOOST_TEST(world.ask(dialer, info_atom_v)->dialled == 2u);
  BOOST_TEST((reason_for(other(1)) == dial_refusal::connected));
  // It does what the first one was told.
  BOOST_TEST(world.ask(dialer, info_atom_v)->targets.peers == 2u);
  BOOST_TEST((reason_for("11.4.0.1") != dial_refusal::unknown));
  BOOST_TEST((reason_for("11.4.0.3") == dial_refusal::banned));
  BOOST_TEST(orders->trusted.contains(url("11.4.0.2").id));
  const auto asked = questions->size();
  end(other(1));
  world.advance(5min);
  BOOST_TEST(questions->size() > asked);
}

BOOST_FIXTURE_TEST_CASE(ends_with_its_node, dialled) {
  begin_dialer(wanting(2));
  begin_others(2);
  add_source();
  world.advance(1min);
  end(host);
  world.advance(1min);
  caf::scoped_actor self{world.system()};
  bool is_gone = false;
  self->monitor(dialer);
  world.run_until([&] { return self->has_next_message(); }, 1s);
  if (self->has_next_message())
    self->receive([&](const caf::down_msg&) { is_gone = true; });
  BOOST_TEST(is_gone);
}

BOOST_AUTO_TEST_SUITE_END()
} // namespace devp2p::test
