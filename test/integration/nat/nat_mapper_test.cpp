// SPDX-License-Identifier: BSL-1.0
//
// The mapper, and nodes with a mapper, behind a real router and in real time.
#include "hostile_igd.hpp"
#include "lab.hpp"
#include "runtime.hpp"

#include "devp2p/actors/mapper.hpp"
#include "devp2p/actors/node.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/nat/method.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <caf/all.hpp>

#include <atomic>
#include <thread>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(nat_mapper_test)

using namespace std::chrono_literals;
namespace data = boost::unit_test::data;
using steady = std::chrono::steady_clock;

const local_port tcp{transport::tcp, 30303};

/// The numbers of a mapper's events, by kind; readable on any thread.
struct told {
  std::atomic<int> mapped = 0;
  std::atomic<int> renewed = 0;
  std::atomic<int> lost = 0;
  std::atomic<int> changed = 0;
  std::atomic<int> failed = 0;

  mapping_subscriber_actor subscriber(caf::actor_system& system) {
    return system.spawn([this]() -> mapping_subscriber_actor::behavior_type {
      return {
        [this](const port_mapped&) { ++mapped; },    [this](const port_renewed&) { ++renewed; },
        [this](const port_lost&) { ++lost; },        [this](const external_changed&) { ++changed; },
        [this](const mapping_failed&) { ++failed; },
      };
    });
  }
};

std::vector<std::shared_ptr<nat::gateway>> make(const std::string& method) {
  return nat::gateways(*nat::method::parse(method));
}

/// A mapper at the first host behind the router. The test's body runs at that host, too.
struct mapping_at_home {
  mapping_at_home(runtime& home, mapper_config setup)
    : self(home.system),
      subject(spawn_mapper(home.system, std::move(setup))),
      listener(all.subscriber(home.system)) {
    send_to(self, subject, subscribe_atom_v, listener);
    send_to(self, subject, map_atom_v, tcp);
  }

  ~mapping_at_home() {
    if (subject)
      end();
    self->send_exit(listener, caf::exit_reason::kill);
  }

  /// Ends the mapper, and returns the duration of that.
  steady::duration end() {
    auto begin = steady::now();
    self->send_exit(subject, caf::exit_reason::user_shutdown);
    self->wait_for(subject);
    subject = nullptr;
    return steady::now() - begin;
  }

  std::vector<port_mapping> mapped() {
    std::vector<port_mapping> out;
    request_from(self, subject, 10s, info_atom_v)
      .receive([&](std::vector<port_mapping>& x) { out = std::move(x); },
               [](const caf::error& why) { BOOST_FAIL(describe(why)); });
    return out;
  }

  told all;
  caf::scoped_actor self;
  mapper_actor subject;
  mapping_subscriber_actor listener;
};

struct router_fixture {
  router_fixture() {
    there.reset();
    there.start_upnpd();
  }
  ~router_fixture() { there.reset(); }

  lab& there = lab::instance();
};

BOOST_FIXTURE_TEST_SUITE(a_mapper_behind_a_router, router_fixture)

BOOST_AUTO_TEST_CASE(takes_whatever_way_there_is_and_takes_the_mapping_back) {
  lab::at("h1", [&] {
    listening_at port{"h1", tcp.number};
    runtime home;
    mapping_at_home here{home, {.gateways = make("any")}};
    BOOST_TEST_REQUIRE(within(5s, [&] { return here.all.mapped == 1; }));
    auto external = here.mapped().front().external;
    BOOST_TEST((external == endpoint{lab::router, tcp.number}));
    BOOST_TEST(reaches("inet", external));
    BOOST_TEST((here.end() < 10s));
    BOOST_TEST(!reaches("inet", external));
  });
}

BOOST_DATA_TEST_CASE(notices_a_reboot_within_five_seconds, data::make({"upnp", "pmp", "pcp"}),
                     method) {
  lab::at("h1", [&] {
    listening_at port{"h1", tcp.number};
    runtime home;
    mapping_at_home here{home, {.gateways = make(method)}};
    BOOST_TEST_REQUIRE(within(5s, [&] { return here.all.mapped == 1; }));
    std::this_thread::sleep_for(500ms); // The watch listens for announcements by now.
    there.reboot_router();
    BOOST_TEST(within(5s, [&] { return reaches("inet", {lab::router, tcp.number}); }));
    BOOST_TEST(here.all.lost == 0);
  });
}

BOOST_AUTO_TEST_CASE(notices_another_external_address_within_five_seconds) {
  lab::at("h1", [&] {
    runtime home;
    mapping_at_home here{home, {.gateways = make("any")}};
    BOOST_TEST_REQUIRE(within(5s, [&] { return here.all.mapped == 1; }));
    std::this_thread::sleep_for(500ms);
    there.set_external("11.22.33.44");
    BOOST_TEST(within(5s, [&] { return here.all.changed > 0; }));
    BOOST_TEST((here.mapped().front().external == endpoint{"11.22.33.44", tcp.number}));
  });
}

BOOST_AUTO_TEST_CASE(holds_on_while_the_router_is_gone_and_maps_again_when_it_is_back) {
  lab::at("h1", [&] {
    listening_at port{"h1", tcp.number};
    runtime home;
    mapper_config setup{.gateways = make("upnp")};
    setup.lifetime = 6s;
    mapping_at_home here{home, std::move(setup)};
    BOOST_TEST_REQUIRE(within(5s, [&] { return here.all.mapped == 1; }));
    BOOST_TEST(within(5s, [&] { return here.all.renewed > 0; }));
    there.reset();
    BOOST_TEST(within(20s, [&] { return here.all.lost == 1; }));
    BOOST_TEST(here.mapped().empty());
    there.start_upnpd();
    BOOST_TEST(within(25s, [&] { return here.all.mapped == 2; }));
    BOOST_TEST(reaches("inet", {lab::router, tcp.number}));
  });
}

BOOST_DATA_TEST_CASE(ends_with_its_system_though_the_router_has_fallen_silent,
                     data::make({"upnp", "pmp", "pcp"}), method) {
  lab::at("h1", [&] {
    auto begin = steady::now();
    {
      runtime home;
      mapping_at_home here{home, {.gateways = make(method)}};
      send_to(here.self, here.subject, map_atom_v, local_port{transport::udp, tcp.number});
      send_to(here.self, here.subject, map_atom_v, local_port{transport::tcp, 30304});
      BOOST_TEST_REQUIRE(within(9s, [&] { return here.all.mapped == 3; }));
      there.run_at("rA", "nft insert rule inet filter input iifname br-lan drop");
      begin = steady::now();
      BOOST_TEST((here.end() < 10s));
    }
    BOOST_TEST((steady::now() - begin < 10s));
  });
}

BOOST_DATA_TEST_CASE(is_not_held_up_by_a_hostile_gateway,
                     data::make({hostility::silent, hostility::drips, hostility::drips_answers,
                                 hostility::endless_answers}),
                     what) {
  there.stop_upnpd();
  hostile_igd igd{"rA", "192.168.1.1", what};
  lab::at("h1", [&] {
    runtime home;
    mapping_at_home here{home, {.gateways = make("any")}};
    BOOST_TEST(within(10s, [&] { return igd.connections() > 0; }));
    BOOST_TEST((here.end() < 10s));
  });
}

BOOST_AUTO_TEST_SUITE_END()

/// Receives messages, and sends none.
inline handler_actor::behavior_type patient(handler_actor::pointer, const channel&) {
  return {[](const packet&) {}};
}

BOOST_FIXTURE_TEST_SUITE(a_node_behind_a_router, router_fixture)

BOOST_DATA_TEST_CASE(is_dialled_from_outside, data::make({"upnp", "pmp", "pcp"}), method) {
  lab::at("h1", [&] {
    runtime home;
    caf::scoped_actor self{home.system};
    node_config setup{crypto::private_key::generate()};
    const std::vector<protocol> protocols{
      {.name = "x", .version = 1, .length = 1, .spawn = handled_by(patient)}};
    setup.protocols = protocols;
    setup.gateways = make(method);
    auto node = spawn_node(home.system, home.network, std::move(setup));
    request_from(self, node, 10s, listen_atom_v, endpoint{"0.0.0.0", tcp.number})
      .receive([](const enode&) {}, [](const caf::error& why) { BOOST_FAIL(describe(why)); });
    enode url;
    BOOST_TEST_REQUIRE(within(10s, [&] {
      request_from(self, node, 10s, info_atom_v)
        .receive(
          [&](const node_info& x) { url = x.external.empty() ? enode{} : x.external.front(); },
          [](const caf::error& why) { BOOST_FAIL(describe(why)); });
      return url.address.port != 0;
    }));
    BOOST_TEST((url.address == endpoint{lab::router, tcp.number}));
    lab::at("inet", [&] {
      runtime outside;
      caf::scoped_actor stranger{outside.system};
      node_config theirs{crypto::private_key::generate()};
      theirs.protocols = protocols;
      auto other = spawn_node(outside.system, outside.network, std::move(theirs));
      request_from(stranger, other, 10s, dial_atom_v, url)
        .receive([&](const peer_info& x) { BOOST_TEST((x.id == url.id)); },
                 [](const caf::error& why) { BOOST_FAIL(describe(why)); });
      stranger->send_exit(other, caf::exit_reason::user_shutdown);
      stranger->wait_for(other);
    });
    auto begin = steady::now();
    self->send_exit(node, caf::exit_reason::user_shutdown);
    self->wait_for(node);
    BOOST_TEST((steady::now() - begin < 15s));
    listening_at port{"h1", tcp.number};
    BOOST_TEST(!reaches("inet", url.address));
  });
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
