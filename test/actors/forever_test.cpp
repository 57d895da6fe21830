// SPDX-License-Identifier: BSL-1.0
//
// A duration without end in the settings does not keep memory of sessions that have ended.
#include "live_memory.hpp"
#include "node_fixture.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(forever_test)

namespace {

using namespace std::chrono_literals;

struct named_setting {
  const char* name;
  settings::duration settings::*which;

  friend std::ostream& operator<<(std::ostream& out, const named_setting& x) {
    return out << x.name;
  }
};

const named_setting times[] = {
  {"dial_timeout", &settings::dial_timeout},
  {"handshake_timeout", &settings::handshake_timeout},
  {"ping_interval", &settings::ping_interval},
  {"write_timeout", &settings::write_timeout},
  {"disconnect_timeout", &settings::disconnect_timeout},
  {"linger_timeout", &settings::linger_timeout},
  {"handler_timeout", &settings::handler_timeout},
};

struct lives {
  kit::seeded_random random{5};
  kit::world world{kit::world_options{.trace = false}};
  node_actor dialled;
  node_actor dialling;
  enode url;

  explicit lives(const settings& limits) {
    dialled = spawn("10.0.0.1", limits);
    dialling = spawn("10.0.0.2", limits);
    url = *ask<enode>(world, dialled, listen_atom_v, endpoint{"10.0.0.1", 30303}).value;
  }

  node_actor spawn(const std::string& address, const settings& limits) {
    node_config out{crypto::private_key::generate(random), &random};
    out.protocols = {make_protocol("test", 1, 8, ignore())};
    out.cleartext = true;
    out.limits = limits;
    return world.adopt(spawn_node(world.system(), world.host(address), out));
  }

  void live_once() {
    BOOST_REQUIRE(ask<peer_info>(world, dialling, dial_atom_v, url).value);
    ask<std::vector<peer_info>>(world, dialled, peers_atom_v);
    world.send(dialling, close_atom_v, url.id, disconnect_reason::requested);
    world.advance(1s);
  }
};

} // namespace

BOOST_DATA_TEST_CASE(sessions_leave_nothing_behind, times, what) {
  constexpr int count = 400;
  settings limits;
  limits.*what.which = settings::duration::max();
  lives all{limits};
  std::size_t before = 0;
  for (int i = 0; i < 2 * count; ++i) {
    if (i == count) {
      all.world.advance(5min);
      before = live_memory();
    }
    all.live_once();
  }
  all.world.advance(5min);
  BOOST_TEST(live_memory() < before + 50 * count);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
