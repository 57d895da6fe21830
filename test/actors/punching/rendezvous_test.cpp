// SPDX-License-Identifier: BSL-1.0
#include "../../forwarding_network.hpp"
#include "punch_fixture.hpp"

#include "devp2p/actors/punching/rendezvous_guest.hpp"
#include "devp2p/messages/caf.hpp"

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(rendezvous_test)

namespace {

/// A guest that connects to the rendezvous by TCP.
struct visitor {
  std::unique_ptr<net::stream> link;
  std::unique_ptr<net::pending_dial> dial;

  visitor(kit::world& world, const std::string& host, const endpoint& to) {
    dial = world.host(host).dial(to, [this](expected<std::unique_ptr<net::stream>> x) {
      if (x)
        link = std::move(*x);
    });
    world.advance(100ms);
    BOOST_REQUIRE(link);
  }

  bytes read() {
    bytes buffer(100'000);
    buffer.resize(link->read_some(buffer).size);
    return buffer;
  }

  void say(byte_view what) { link->write_some(what); }

  std::size_t heard() {
    bytes buffer(1000);
    return link->read_some(buffer).size;
  }

  /// Returns true iff the rendezvous has closed the connection. Data that was not read before is
  /// lost.
  bool turned_out() {
    bytes buffer(100'000);
    auto got = link->read_some(buffer);
    return got.error || (got.size > 0 && link->read_some(buffer).error);
  }
};

/// A host where other programs have taken ports for TCP that are free for UDP.
class busy_host : public forwarding_network {
public:
  busy_host(net::network& host, int taken) : forwarding_network(host), taken_(taken) {}

  expected<std::unique_ptr<net::listener>> listen(const endpoint& at) override {
    if (taken_-- > 0)
      return errc::address_in_use;
    return forwarding_network::listen(at);
  }

private:
  int taken_;
};

/// Opens a rendezvous at these two endpoints. Returns where it is, or why it cannot be there.
expected<std::pair<endpoint, endpoint>, caf::error> open(kit::world& world, net::network& network,
                                                         const endpoint& one, const endpoint& other,
                                                         rendezvous_config setup = {}) {
  auto middle = world.adopt(spawn_rendezvous(world.system(), network, std::move(setup)));
  caf::scoped_actor self{world.system()};
  auto handle = request_from(self, middle, caf::infinite, listen_atom_v, one, other);
  world.run();
  expected<std::pair<endpoint, endpoint>, caf::error> out{caf::error{}};
  std::move(handle).receive(
    [&](const endpoint& x, const endpoint& y) {
      out = std::pair{x, y};
    },
    [&](caf::error& why) { out = std::move(why); });
  return out;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_rendezvous_looks_for_a_port_that_is_free_for_udp_and_tcp) {
  const endpoint any{"203.0.113.1", 0};
  const endpoint certain{"203.0.113.1", 3478};
  for (auto taken : {0, 1, 9, 10}) {
    kit::world world;
    busy_host network{world.host(any.host), taken};
    auto where = open(world, network, any, any);
    BOOST_TEST(bool{where} == (taken < 10));
    if (where)
      BOOST_TEST((where->first.port != 0 && where->second.port != 0));
    else
      BOOST_TEST((where.error() == errc::address_in_use));
    // A port that was asked for is the only one to be tried.
    busy_host one_taken{world.host(any.host), 1};
    BOOST_TEST((open(world, one_taken, certain, any).error() == errc::address_in_use));
  }
}

BOOST_FIXTURE_TEST_SUITE(a_rendezvous_actor, punch_fixture)

BOOST_AUTO_TEST_CASE(says_where_it_cannot_be) {
  auto where = open(world, world.host(middle_host), first, second);
  BOOST_REQUIRE(!where);
  BOOST_TEST((where.error() == errc::address_in_use));
}

BOOST_AUTO_TEST_CASE(answers_by_tcp_as_much_as_it_is_asked) {
  visitor guest{world, one.host, first};
  const auto asked = nat::encode(nat::question{});
  for (int round = 0; round < 3; ++round) {
    guest.say(asked);
    world.advance(1s);
    BOOST_TEST(guest.heard() == asked.size());
  }
  guest.say(byte_view{asked}.first(40));
  world.advance(1s);
  BOOST_TEST(guest.heard() == 0u);
  guest.say(byte_view{asked}.subspan(40));
  world.advance(1s);
  BOOST_TEST(guest.heard() == asked.size());
}

BOOST_AUTO_TEST_CASE(keeps_who_asks_too_much_waiting) {
  const nat::rendezvous_limits limits;
  const auto asked = nat::encode(nat::question{});
  bytes all;
  for (int i = 0; i < 200; ++i)
    all.insert(all.end(), asked.begin(), asked.end());
  visitor guest{world, one.host, first};
  guest.say(all);
  world.advance(1s);
  auto answers = guest.read().size() / asked.size();
  BOOST_TEST(answers >= limits.max_burst);
  BOOST_TEST(answers <= limits.max_burst + 2 * limits.max_rate);
  BOOST_TEST(!guest.turned_out());
}

BOOST_AUTO_TEST_CASE(turns_out_who_says_what_is_no_question) {
  visitor guest{world, one.host, first};
  guest.say(nat::encode(nat::answer{}));
  world.advance(1s);
  BOOST_TEST(guest.turned_out());
}

BOOST_AUTO_TEST_CASE(turns_out_who_says_what_it_does_not_understand) {
  visitor guest{world, one.host, first};
  guest.say(bytes(nat::punch_datagram_size));
  world.advance(1s);
  BOOST_TEST(guest.turned_out());
}

BOOST_AUTO_TEST_CASE(turns_out_who_is_silent_or_drips) {
  visitor silent{world, one.host, first};
  visitor dripping{world, two.host, first};
  for (int i = 0; i < 25; ++i) {
    dripping.say(byte_view{nat::encode(nat::question{})}.subspan(static_cast<std::size_t>(i), 1));
    world.advance(1s);
  }
  BOOST_TEST(silent.turned_out());
  BOOST_TEST(dripping.turned_out());
}

BOOST_AUTO_TEST_CASE(turns_out_everybody_after_a_minute) {
  visitor guest{world, one.host, first};
  for (int i = 0; i < 61; ++i) {
    guest.say(nat::encode(nat::question{}));
    world.advance(1s);
    guest.heard();
  }
  BOOST_TEST(guest.turned_out());
}

BOOST_AUTO_TEST_CASE(lets_in_so_many_of_one_address_and_others_besides) {
  std::vector<std::unique_ptr<visitor>> crowd;
  for (std::size_t i = 0; i < rendezvous_config{}.max_guests_per_address + 5; ++i)
    crowd.push_back(std::make_unique<visitor>(world, one.host, first));
  world.advance(1s);
  auto out = std::ranges::count_if(crowd, [](auto& x) { return x->turned_out(); });
  BOOST_TEST(out == 5);
  visitor other{world, two.host, first};
  other.say(nat::encode(nat::question{}));
  world.advance(1s);
  BOOST_TEST(other.heard() == nat::punch_datagram_size);
}

BOOST_AUTO_TEST_CASE(that_is_full_lets_in_who_has_fewer_of_the_same_network) {
  const rendezvous_config limits;
  std::vector<std::unique_ptr<visitor>> crowd;
  for (std::size_t i = 0; i < limits.max_guests; ++i) {
    auto from = "11.5.5." + std::to_string(1 + i / limits.max_guests_per_address);
    crowd.push_back(std::make_unique<visitor>(world, from, first));
    if (i % 32 == 31) // A guest that says nothing is turned out.
      for (auto& x : crowd)
        x->say(nat::encode(nat::question{}));
  }
  BOOST_TEST(std::ranges::count_if(crowd, [](auto& x) { return x->turned_out(); }) == 0);
  visitor other{world, "11.5.5.99", first};
  other.say(nat::encode(nat::question{}));
  world.advance(1s);
  BOOST_TEST(other.heard() == nat::punch_datagram_size);
  BOOST_TEST(crowd[0]->turned_out());
  BOOST_TEST(std::ranges::count_if(crowd, [](auto& x) { return x->turned_out(); }) == 1);
}

BOOST_AUTO_TEST_CASE(that_is_full_throws_out_nobody_who_has_just_come) {
  const endpoint here{"10.3.3.3", 1};
  rendezvous_config small;
  small.max_guests = 3;
  BOOST_REQUIRE(!!open(world, world.host(here.host), here, {here.host, 2}, small));
  std::vector<std::unique_ptr<visitor>> crowd;
  for (int i = 0; i < 4; ++i) {
    crowd.push_back(std::make_unique<visitor>(world, "11.5." + std::to_string(i) + ".1", here));
    crowd.back()->say(nat::encode(nat::question{}));
  }
  world.advance(1s);
  for (std::size_t i = 0; i < 4; ++i)
    BOOST_TEST(crowd[i]->turned_out() == (i == 3));
  world.advance(8800ms); // The first guest has had its time, and has spoken.
  visitor other{world, "11.5.9.1", here};
  world.advance(100ms);
  BOOST_TEST(crowd[0]->turned_out());
  BOOST_TEST(!other.turned_out());
}

BOOST_AUTO_TEST_CASE(has_forgotten_all_after_a_minute) {
  outcomes<hole> answers;
  meet(answers.at_one, answers.at_two, punch_atom_v);
  BOOST_TEST(*ask<std::size_t>(world, middle, info_atom_v).value == 1u);
  world.advance(1min);
  BOOST_TEST(*ask<std::size_t>(world, middle, info_atom_v).value == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
