// SPDX-License-Identifier: BSL-1.0
//
// Gateways against a real router: the kernel's NAT and miniupnpd, which speaks all three protocols.
#include "lab.hpp"

#include "devp2p/messages/bytes.hpp"
#include "devp2p/nat/address.hpp"
#include "devp2p/nat/method.hpp"
#include "devp2p/nat/router_watch.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <thread>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(nat_gateways_test)

namespace {

using namespace std::chrono_literals;
namespace data = boost::unit_test::data;

constexpr auto router = lab::router;
const auto protocols = data::make({"upnp", "pmp", "pcp"});

std::shared_ptr<nat::gateway> make(const std::string& method) {
  return nat::gateways(*nat::method::parse(method)).front();
}

port_mapping wish(std::uint16_t internal, std::uint16_t external,
                  std::chrono::seconds lifetime = 600s) {
  return {{transport::tcp, internal}, {"", external}, lifetime, {}};
}

struct router_fixture {
  router_fixture() {
    there.reset();
    there.start_upnpd();
  }
  ~router_fixture() { there.reset(); }

  /// Runs `what` at the first host behind the router.
  void home(const std::function<void()>& what) { lab::at("h1", what); }

  /// Makes the router drop what its hosts ask it.
  void fall_silent() {
    there.stop_upnpd();
    there.run_at("rA", "nft insert rule inet filter input iifname br-lan meta l4proto udp drop");
  }

  lab& there = lab::instance();
};

port_mapping granted(nat::gateway& by, const port_mapping& what) {
  auto out = by.map(what);
  BOOST_TEST_REQUIRE(!!out, (out ? "" : out.error().detail));
  return *out;
}

/// Gives the first host another address during its lifetime.
class moved_host {
public:
  moved_host(lab& there, const std::string& address) : there_(there) { move_to(address); }
  ~moved_host() { move_to("192.168.1.2"); }
  moved_host(const moved_host&) = delete;
  moved_host& operator=(const moved_host&) = delete;

private:
  void move_to(const std::string& address) {
    there_.run_at("h1", "sh -c 'ip -4 addr flush dev eth0; ip addr add " + address +
                          "/24 dev eth0; ip route add default via 192.168.1.1'");
  }

  lab& there_;
};

std::string text_of(const nat::failure& x) {
  return std::string{to_string(x.code)} + ": " + x.detail;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_router, router_fixture)

BOOST_DATA_TEST_CASE(maps_a_port_that_is_reached_until_it_is_taken_back, protocols, method) {
  home([&] {
    listening_at port{"h1", 8888};
    auto by = make(method);
    BOOST_TEST(!by->find());
    auto address = by->external_address();
    BOOST_TEST_REQUIRE(!!address, (address ? "" : text_of(address.error())));
    BOOST_TEST(*address == router);
    auto mapping = granted(*by, wish(8888, 18888));
    BOOST_TEST((mapping.external == endpoint{router, 18888}));
    BOOST_TEST((mapping.lifetime > 590s && mapping.lifetime <= 600s));
    BOOST_TEST(reaches("inet", mapping.external));
    auto renewed = granted(*by, mapping);
    BOOST_TEST((renewed.external == mapping.external));
    BOOST_TEST(!by->unmap(mapping));
    auto again = by->unmap(mapping); // There is no mapping any more, as requested.
    BOOST_TEST(!again, (again ? text_of(*again) : ""));
    BOOST_TEST(!reaches("inet", mapping.external));
  });
}

BOOST_DATA_TEST_CASE(gives_another_port_if_a_neighbour_has_it, protocols, method) {
  listening_at neighbour{"h2", 9999};
  lab::at("h2", [&] { granted(*make("upnp"), wish(9999, 18888)); });
  home([&] {
    listening_at port{"h1", 8888};
    auto by = make(method);
    auto mapping = granted(*by, wish(8888, 18888));
    BOOST_TEST(mapping.external.port != 18888);
    BOOST_TEST(reaches("inet", mapping.external));
    BOOST_TEST(!by->unmap(mapping));
  });
  BOOST_TEST(reaches("inet", {router, 18888}));
}

BOOST_DATA_TEST_CASE(says_no_to_what_it_is_told_to_refuse, protocols, method) {
  home([&] {
    auto refused = make(method)->map(wish(80, 80));
    BOOST_TEST_REQUIRE(!refused);
    BOOST_TEST((refused.error().code == errc::gateway_refused), text_of(refused.error()));
  });
}

BOOST_DATA_TEST_CASE(is_found_again_after_its_reboot, protocols, method) {
  home([&] {
    listening_at port{"h1", 8888};
    auto by = make(method);
    auto mapping = granted(*by, wish(8888, 18888));
    std::this_thread::sleep_for(4s); // The clock has advanced enough for its reset to be visible.
    there.reboot_router();
    BOOST_TEST(!reaches("inet", mapping.external));
    granted(*by, mapping);
    BOOST_TEST(reaches("inet", mapping.external));
    // UPnP has no epoch: a restart is only announced.
    BOOST_TEST((by->has_restarted() || method == std::string{"upnp"}));
  });
}

BOOST_DATA_TEST_CASE(follows_a_host_that_moves, protocols, method) {
  home([&] {
    listening_at port{"h1", 8888};
    auto by = make(method);
    granted(*by, wish(8888, 18888));
    const moved_host elsewhere{there, "192.168.1.77"};
    auto mapping = granted(*by, wish(8888, 28888));
    BOOST_TEST(reaches("inet", mapping.external));
    BOOST_TEST(!by->unmap(mapping));
  });
}

BOOST_DATA_TEST_CASE(that_is_silent_is_given_up_soon, protocols, method) {
  fall_silent();
  home([&] {
    auto by = make(method);
    auto begin = std::chrono::steady_clock::now();
    auto nothing = by->map(wish(8888, 18888));
    BOOST_TEST((std::chrono::steady_clock::now() - begin < 4s));
    BOOST_TEST_REQUIRE(!nothing);
    BOOST_TEST((nothing.error().code == errc::no_gateway), text_of(nothing.error()));
  });
}

BOOST_DATA_TEST_CASE(can_be_called_off, protocols, method) {
  fall_silent();
  home([&] {
    auto by = make(method);
    auto begin = std::chrono::steady_clock::now();
    std::thread other{[&] {
      std::this_thread::sleep_for(100ms);
      by->call_off();
    }};
    BOOST_TEST(!by->map(wish(8888, 18888)));
    BOOST_TEST(!by->map(wish(8888, 18888)));
    BOOST_TEST((std::chrono::steady_clock::now() - begin < 5s));
    other.join();
  });
}

BOOST_AUTO_TEST_CASE(behind_another_nat_is_of_no_use) {
  there.stop_upnpd();
  there.set_external("100.64.7.7");
  there.start_upnpd();
  home([&] {
    for (auto* method : {"upnp", "pmp", "pcp"}) {
      auto refused = make(method)->map(wish(8888, 18888));
      BOOST_TEST_REQUIRE(!refused, method);
      auto code = refused.error().code;
      // Without a public address, miniupnpd itself maps no port.
      BOOST_TEST((code == errc::address_not_public || code == errc::gateway_failed),
                 text_of(refused.error()));
    }
  });
}

BOOST_AUTO_TEST_CASE(forgets_who_does_not_come_back) {
  home([&] {
    listening_at port{"h1", 8888};
    auto mapping = granted(*make("upnp"), wish(8888, 18888, 3s));
    BOOST_TEST(reaches("inet", mapping.external));
    BOOST_TEST(within(8s, [&] { return !reaches("inet", mapping.external); }));
  });
}

BOOST_AUTO_TEST_CASE(opens_a_pinhole_for_ipv6) {
  home([&] {
    listening_at open{"h1", 7100, true};
    listening_at shut{"h1", 7300, true};
    auto by = make("pcp:[2a00:1:1::1]");
    auto mapping = granted(*by, wish(7100, 0));
    BOOST_TEST((mapping.external == endpoint{"2a00:1:1::2", 7100}));
    BOOST_TEST(reaches("inet", mapping.external));
    BOOST_TEST(!reaches("inet", {"2a00:1:1::2", 7300}));
    BOOST_TEST(!by->unmap(mapping));
    BOOST_TEST(!reaches("inet", mapping.external));
  });
}

BOOST_AUTO_TEST_CASE(opens_one_by_its_default_route_if_there_is_none_for_ipv4) {
  there.run_at("h1", "ip route del default");
  home([&] {
    listening_at open{"h1", 7100, true};
    auto by = make("pcp");
    auto mapping = granted(*by, wish(7100, 0));
    BOOST_TEST((mapping.external == endpoint{"2a00:1:1::2", 7100}));
    BOOST_TEST(reaches("inet", mapping.external));
    BOOST_TEST(!by->unmap(mapping));
  });
  there.run_at("h1", "ip route add default via 192.168.1.1");
}

BOOST_AUTO_TEST_CASE(is_the_default_gateway) {
  home([&] {
    BOOST_TEST((nat::default_gateway() == "192.168.1.1"));
    BOOST_TEST((nat::default_gateway_v6() == "2a00:1:1::1"));
    BOOST_TEST((nat::local_address_towards("11.22.33.100") == "192.168.1.2"));
  });
  lab::at("inet", [] { BOOST_TEST(!nat::default_gateway()); });
}

BOOST_AUTO_TEST_CASE(tells_its_network_of_a_new_address_and_of_a_restart) {
  std::atomic<int> news = 0;
  nat::interrupt stop;
  std::thread watch{[&] { lab::at("h1", [&] { nat::watch_router(stop, [&] { ++news; }); }); }};
  std::this_thread::sleep_for(300ms); // The watch has joined the groups by then.
  there.run_at("rA", "ip addr add 11.22.33.77/24 dev wan");
  there.run_at("rA", "ip addr del 11.22.33.77/24 dev wan");
  BOOST_TEST(within(5s, [&] { return news > 0; }));
  news = 0;
  there.reboot_router();
  BOOST_TEST(within(5s, [&] { return news > 0; }));
  // Another host that claims to be the router is ignored.
  std::this_thread::sleep_for(700ms);
  news = 0;
  send_datagram("h2", {"224.0.0.1", 5350}, *from_hex("008000000000000011223344"));
  std::this_thread::sleep_for(700ms);
  BOOST_TEST(news == 0);
  stop.raise();
  watch.join();
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
