// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/asio/asio_network.hpp"
#include "two_nodes.hpp"

#include <boost/test/unit_test.hpp>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(cleartext_test)

namespace {

struct fixture {
  inbox received;
  kit::world world;
  kit::seeded_random random{1};

  test_node make(const std::string& address, bool cleartext, handler_factory handler) {
    return {world,
            address,
            random,
            {make_protocol("test", 1, 1, std::move(handler))},
            {},
            {},
            [=](node_config& x) { x.cleartext = cleartext; }};
  }
};

BOOST_FIXTURE_TEST_CASE(a_simulation_can_do_without_cryptography, fixture) {
  auto near = make("10.0.0.1", true, collect(&received));
  auto far = make("10.0.0.2", true, handled_by(echo));
  world.network().tap("10.0.0.1", "10.0.0.2");
  auto met = meet(world, near, far);
  BOOST_REQUIRE(met.value);
  BOOST_TEST((met.value->id == far.url.id));
  const std::string words = "who reads the wire reads this";
  caf::scoped_actor self{world.system()};
  received.link->send(self.ptr(), packet{0, blob{bytes(words.begin(), words.end())}});
  world.run();
  BOOST_REQUIRE(received.packets.size() == 1u);
  auto wire = world.network().tapped("10.0.0.1", "10.0.0.2").at(0);
  auto found = std::search(wire.begin(), wire.end(), words.begin(), words.end());
  BOOST_TEST((found != wire.end()));
}

BOOST_FIXTURE_TEST_CASE(it_and_rlpx_do_not_understand_each_other, fixture) {
  auto near = make("10.0.0.1", true, collect(&received));
  auto far = make("10.0.0.2", false, handled_by(echo));
  for (auto [from, to] : {std::pair{&near, &far}, std::pair{&far, &near}}) {
    auto met = meet(world, *from, *to);
    world.advance(std::chrono::seconds{30});
    BOOST_TEST(!met.value);
  }
  BOOST_TEST(near.events.added.empty());
  BOOST_TEST(far.events.added.empty());
  BOOST_TEST(near.events.failed.size() >= 1u);
  BOOST_TEST(far.events.failed.size() >= 1u);
}

BOOST_FIXTURE_TEST_CASE(a_real_network_refuses_it, fixture) {
  net::asio_network real;
  caf::actor_system_config settings;
  add_types(settings);
  caf::actor_system system{settings};
  node_config setup{crypto::private_key::generate(random), &random};
  setup.cleartext = true;
  BOOST_CHECK_EXCEPTION((void)spawn_node(system, real, std::move(setup)), std::invalid_argument,
                        [](const auto& e) {
                          return std::string{e.what()} ==
                                 "a node on a real network cannot have cleartext sessions: they "
                                 "are for simulations only";
                        });
}

} // namespace

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
