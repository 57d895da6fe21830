// SPDX-License-Identifier: BSL-1.0
//
// A mapper, with and without a node, in an actor system that ends without waiting for its actors.
#include "devp2p/actors/mapper.hpp"
#include "devp2p/actors/node.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/on_events.hpp"
#include "devp2p/nat/fixed.hpp"
#include "devp2p/nat/interrupt.hpp"
#include "devp2p/nat/natpmp.hpp"
#include "devp2p/nat/pcp.hpp"
#include "devp2p/nat/upnp.hpp"
#include "devp2p/net/asio/asio_network.hpp"

#include <boost/test/unit_test.hpp>

#include <caf/all.hpp>

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(mapper_end_test)

namespace {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

/// The limit for the end of a system. Each call of a gateway takes longer unless it is called off.
constexpr auto at_once = 1s;

/// A gateway that never answers: each call waits until it is called off.
class silent_gateway final : public nat::gateway {
public:
  [[nodiscard]] std::string name() const override { return "silent"; }
  std::optional<nat::failure> find() override { return wait(); }
  nat::outcome<std::string> external_address() override { return wait(); }
  nat::outcome<port_mapping> map(const port_mapping&) override { return wait(); }
  std::optional<nat::failure> unmap(const port_mapping&) override { return wait(); }
  void call_off() override { stop_.raise(); }
  void resume() override { stop_.clear(); }

  /// Set when the gateway is first asked.
  std::promise<void> asked;

private:
  nat::failure wait() {
    if (!std::exchange(was_asked_, true))
      asked.set_value();
    stop_.readable({}, steady::now() + 20s);
    return {errc::no_gateway, "silent"};
  }

  nat::interrupt stop_;
  bool was_asked_ = false;
};

/// Reports the external endpoint of a TCP port once it is mapped.
mapping_subscriber_actor::behavior_type await_mapping(mapping_subscriber_actor::pointer,
                                                      std::promise<endpoint>* there) {
  return on_events<mapping_subscriber_actor>([=](const port_mapped& x) {
    if (x.mapping.internal.protocol == transport::tcp)
      there->set_value(x.mapping.external);
  });
}

/// Lets a mapper with these gateways begin to map a port, and calls `meanwhile`. Then ends the
/// system, which does not wait for its actors. Returns the duration of that end.
steady::duration end_with(std::vector<std::shared_ptr<nat::gateway>> gateways,
                          const std::function<void(caf::actor_system&, mapper_actor)>& meanwhile) {
  caf::actor_system_config config;
  add_types(config);
  std::optional<caf::actor_system> system;
  system.emplace(config);
  system->await_actors_before_shutdown(false);
  auto mapper = spawn_mapper(*system, {.gateways = std::move(gateways)});
  anon_send_to(mapper, map_atom_v, local_port{transport::udp, 30303});
  meanwhile(*system, std::move(mapper));
  auto begun = steady::now();
  system.reset();
  return steady::now() - begun;
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_mapper_alone)

BOOST_AUTO_TEST_CASE(ends_with_its_system_while_it_looks_for_a_gateway) {
  for (auto round = 0; round < 10; ++round) {
    auto silent = std::make_shared<silent_gateway>();
    auto took = end_with({silent}, [&](auto&, const auto&) {
      BOOST_REQUIRE(silent->asked.get_future().wait_for(20s) == std::future_status::ready);
    });
    BOOST_TEST((took < at_once));
  }
}

BOOST_AUTO_TEST_CASE(ends_with_its_system_whatever_it_has_come_to) {
  for (auto round = 0; round < 10; ++round) {
    // An address without a server.
    const std::string nowhere = "127.94.17.1";
    auto took = end_with({nat::make_pcp(nowhere), nat::make_natpmp(nowhere),
                          nat::make_upnp(nowhere), nat::make_fixed("11.22.33.44")},
                         [](auto&, const auto&) {});
    BOOST_TEST((took < at_once));
  }
}

BOOST_AUTO_TEST_CASE(ends_with_its_system_when_a_port_is_mapped) {
  for (auto is_told : {false, true}) {
    std::promise<endpoint> mapped;
    auto took = end_with({nat::make_fixed("11.22.33.44")}, [&](auto& system, mapper_actor mapper) {
      auto subscriber = system.spawn(await_mapping, &mapped);
      anon_send_to(mapper, subscribe_atom_v, subscriber);
      anon_send_to(mapper, map_atom_v, local_port{transport::tcp, 30303});
      auto where = mapped.get_future();
      BOOST_REQUIRE(where.wait_for(20s) == std::future_status::ready);
      BOOST_TEST(where.get().host == "11.22.33.44");
      // The mapper may even be ending already.
      if (is_told)
        caf::anon_send_exit(mapper, caf::exit_reason::user_shutdown);
    });
    BOOST_TEST((took < at_once));
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(a_mapper_of_a_node_ends_with_its_system) {
  for (auto round = 0; round < 5; ++round) {
    auto silent = std::make_shared<silent_gateway>();
    net::asio_network network;
    caf::actor_system_config config;
    add_types(config);
    std::optional<caf::actor_system> system;
    system.emplace(config);
    system->await_actors_before_shutdown(false);
    node_config setup{crypto::private_key::generate()};
    setup.gateways = {silent};
    auto node = spawn_node(*system, network, std::move(setup));
    // A loopback address would not be mapped.
    anon_send_to(node, listen_atom_v, endpoint{"0.0.0.0", 0});
    BOOST_REQUIRE(silent->asked.get_future().wait_for(20s) == std::future_status::ready);
    node = nullptr;
    auto begun = steady::now();
    system.reset();
    BOOST_TEST((steady::now() - begun < at_once));
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
