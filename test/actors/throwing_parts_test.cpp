// SPDX-License-Identifier: BSL-1.0
//
// Parts that an application hands to a node may throw any object. It costs only the session or the
// request for which the part was called.
#include "../forwarding_network.hpp"
#include "node_fixture.hpp"

#include "devp2p/kit/raw_remote.hpp"

#include <spdlog/sinks/base_sink.h>

#include <boost/test/unit_test.hpp>

#include <stdexcept>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(throwing_parts_test)

namespace {

/// Throws while it is told to.
struct fault {
  enum class kind { none, standard, other } now = kind::none;

  void occur() const {
    if (now == kind::standard)
      throw std::runtime_error{"on purpose"};
    if (now == kind::other)
      throw 1;
  }
};

struct faulty_random : random_source, fault {
  kit::seeded_random inner{9};

  void fill(mutable_byte_view out) override {
    occur();
    inner.fill(out);
  }
};

struct faulty_sink : spdlog::sinks::base_sink<spdlog::details::null_mutex>, fault {
  void sink_it_(const spdlog::details::log_msg&) override { occur(); }
  void flush_() override {}
};

struct faulty_network : forwarding_network, fault {
  using forwarding_network::forwarding_network;

  expected<std::unique_ptr<net::listener>> listen(const endpoint& at) override {
    occur();
    return forwarding_network::listen(at);
  }
  std::unique_ptr<net::pending_dial> dial(const endpoint& to, net::stream_handler then) override {
    occur();
    return forwarding_network::dial(to, std::move(then));
  }
};

constexpr auto both = {fault::kind::standard, fault::kind::other};

} // namespace

BOOST_AUTO_TEST_SUITE(what_throws)

BOOST_AUTO_TEST_CASE(in_the_random_source_ends_one_handshake) {
  for (auto kind : both) {
    faulty_random rng;
    kit::seeded_random random{3};
    kit::world world;
    test_node subject(world, "10.0.0.1", random, test_protocol(), {}, {},
                      [&](node_config& x) { x.random = &rng; });
    BOOST_REQUIRE(ask<enode>(world, subject.handle, listen_atom_v, subject.url.address).value);
    kit::raw_remote remote(world, "10.0.2.1", random);
    BOOST_REQUIRE(remote.connect(subject.url.address));
    rng.now = kind;
    BOOST_CHECK_NO_THROW(remote.shake_hands(subject.key.id()));
    BOOST_CHECK_NO_THROW(world.run());
    BOOST_REQUIRE(subject.events.failed.size() == 1u);
    BOOST_TEST(subject.events.failed[0].end.error != "");
    rng.now = fault::kind::none;
    test_node other(world, "10.0.1.1", random, test_protocol());
    BOOST_TEST(ask<peer_info>(world, other.handle, dial_atom_v, subject.url).value.has_value());
  }
}

BOOST_AUTO_TEST_CASE(in_the_log_costs_no_other_session) {
  for (auto kind : both) {
    kit::seeded_random random{3};
    kit::world world;
    auto sink = std::make_shared<faulty_sink>();
    test_node subject(world, "10.0.0.1", random, test_protocol(), {}, {}, [&](node_config& x) {
      x.log = std::make_shared<spdlog::logger>("", sink);
      x.log->set_error_handler([](const std::string&) {});
    });
    BOOST_REQUIRE(ask<enode>(world, subject.handle, listen_atom_v, subject.url.address).value);
    test_node companion(world, "10.0.1.1", random, test_protocol());
    BOOST_REQUIRE(
      ask<peer_info>(world, companion.handle, dial_atom_v, subject.url).value.has_value());
    test_node other(world, "10.0.1.2", random, test_protocol());
    sink->now = kind;
    ask<peer_info>(world, other.handle, dial_atom_v, subject.url);
    BOOST_TEST(companion.events.dropped.empty());
    sink->now = fault::kind::none;
    BOOST_TEST(ask<node_info>(world, subject.handle, info_atom_v).value.has_value());
  }
}

BOOST_AUTO_TEST_CASE(in_the_network_answers_who_has_asked) {
  for (auto kind : both) {
    kit::seeded_random random{3};
    kit::world world;
    faulty_network network{world.host("10.0.0.1")};
    node_config setup{crypto::private_key::generate(random), &random};
    setup.protocols = test_protocol();
    auto node = world.adopt(spawn_node(world.system(), network, setup));
    test_node other(world, "10.0.1.1", random, test_protocol());
    BOOST_REQUIRE(ask<enode>(world, other.handle, listen_atom_v, other.url.address).value);
    network.now = kind;
    auto listened = ask<enode>(world, node, listen_atom_v, endpoint{"10.0.0.1", 1});
    BOOST_TEST((listened.error == errc::callback_failed));
    auto dialled = ask<peer_info>(world, node, dial_atom_v, other.url);
    BOOST_TEST((dialled.error == errc::callback_failed));
    network.now = fault::kind::none;
    BOOST_TEST(ask<enode>(world, node, listen_atom_v, endpoint{"10.0.0.1", 1}).value.has_value());
    BOOST_TEST(ask<peer_info>(world, node, dial_atom_v, other.url).value.has_value());
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
