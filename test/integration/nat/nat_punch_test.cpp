// SPDX-License-Identifier: BSL-1.0
//
// Holes through every pair of real NATs: two hosts behind the kernel's NAT, and a rendezvous that
// both can reach.
#include "lab.hpp"
#include "runtime.hpp"

#include "devp2p/actors/node.hpp"
#include "devp2p/actors/punching/puncher.hpp"
#include "devp2p/actors/punching/rendezvous.hpp"
#include "devp2p/messages/caf.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <caf/scoped_actor.hpp>

#include <array>
#include <future>
#include <memory>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(nat_punch_test)

using namespace std::chrono_literals;
namespace data = boost::unit_test::data;

constexpr auto patience = 30s;

/// Returns the answer, or the reason why there is none.
template <class T, class Handle, class... Args>
caf::expected<T> ask(runtime& home, const Handle& whom, const Args&... args) {
  caf::expected<T> out{caf::make_error(errc::network_failure)};
  caf::scoped_actor self{home.system};
  request_from(self, whom, patience, args...)
    .receive([&](T& x) { out = std::move(x); }, [&](caf::error& why) { out = std::move(why); });
  return out;
}

/// Returns a human-readable reason why there is no answer.
template <class T>
std::string why_not(const caf::expected<T>& x) {
  return x ? "it worked" : describe(x.error());
}

/// A rendezvous on the public host, at two of its addresses.
class public_rendezvous {
public:
  public_rendezvous() {
    lab::at("inet", [&] {
      home_ = std::make_unique<runtime>();
      middle_ = spawn_rendezvous(home_->system, home_->network);
      caf::scoped_actor self{home_->system};
      request_from(self, middle_, patience, listen_atom_v, site.first, *site.second)
        .receive([](const endpoint&, const endpoint&) {},
                 [](const caf::error& why) { BOOST_FAIL(describe(why)); });
    });
  }

  ~public_rendezvous() { caf::anon_send_exit(middle_, caf::exit_reason::user_shutdown); }

  const nat::rendezvous_site site{{"11.22.33.100", 3478}, endpoint{"11.22.33.101", 3478}};

private:
  std::unique_ptr<runtime> home_;
  rendezvous_actor middle_;
};

/// A node behind a router, and its puncher.
class hidden_party {
public:
  hidden_party(const std::string& where, const nat::rendezvous_site& site) {
    lab::at(where, [&] {
      home_ = std::make_unique<runtime>();
      key_ = std::make_unique<crypto::private_key>(crypto::private_key::generate());
      puncher_ = spawn_puncher(home_->system, home_->network, {.key = *key_, .rendezvous = site});
      node_config setup{*key_};
      setup.protocols = {{.name = "x", .version = 1, .length = 1, .spawn = handled_by(patient)}};
      node_ = spawn_node(home_->system, home_->network, std::move(setup));
    });
  }

  ~hidden_party() {
    caf::anon_send_exit(puncher_, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(node_, caf::exit_reason::user_shutdown);
  }

  [[nodiscard]] node_id id() const { return key_->id(); }

  caf::expected<hole> punch(const node_id& other) {
    return ask<hole>(*home_, puncher_, punch_atom_v, other);
  }

  /// Holds a session over a connection that both sides have dialled.
  caf::expected<peer_info> meet(const node_id& other) {
    auto way = ask<connected_stream>(*home_, puncher_, dial_atom_v, other);
    return way ? ask<peer_info>(*home_, node_, adopt_atom_v, other, *way) : way.error();
  }

private:
  /// Receives messages, and sends none.
  static handler_actor::behavior_type patient(handler_actor::pointer, const channel&) {
    return {[](const packet&) {}};
  }

  std::unique_ptr<runtime> home_;
  std::unique_ptr<crypto::private_key> key_;
  puncher_actor puncher_;
  node_actor node_;
};

constexpr std::array kinds{"fullcone", "addrcone", "cone", "portrange", "symmetric"};

/// Returns whether a hole is possible. A symmetric NAT shows each remote another port, and the
/// other side must admit datagrams from it without knowing it. Only a NAT that does not filter by
/// ports does so.
bool can_meet(const std::string& one, const std::string& other) {
  auto filters_ports = [](const std::string& x) { return x != "fullcone" && x != "addrcone"; };
  return !((one == "symmetric" && filters_ports(other)) ||
           (other == "symmetric" && filters_ports(one)));
}

struct pair_of_nats {
  std::string first;
  std::string second;

  friend std::ostream& operator<<(std::ostream& out, const pair_of_nats& x) {
    return out << x.first << " and " << x.second;
  }
};

inline std::vector<pair_of_nats> all_pairs() {
  std::vector<pair_of_nats> out;
  for (auto* one : kinds)
    for (auto* other : kinds)
      out.push_back({one, other});
  return out;
}

struct two_routers {
  two_routers() { there.reset(); }

  void set(const pair_of_nats& which, int loss) {
    there.run("nat rA " + which.first);
    there.run("nat rB " + which.second);
    for (auto* router : {"rA", "rB"})
      there.run("loss " + std::string{router} + ' ' + std::to_string(loss));
  }

  void punch(const pair_of_nats& which, int loss) {
    set(which, loss);
    auto other = std::async(std::launch::async, [&] { return two.punch(one.id()); });
    auto mine = one.punch(two.id());
    auto theirs = other.get();
    if (can_meet(which.first, which.second)) {
      BOOST_TEST_REQUIRE(!!mine, which << ": " << why_not(mine));
      BOOST_TEST_REQUIRE(!!theirs, which << ": " << why_not(theirs));
      BOOST_TEST((mine->peer == two.id() && theirs->peer == one.id()));
      BOOST_TEST(mine->remote.host == "11.22.33.3");
      BOOST_TEST(theirs->remote.host == "11.22.33.2");
    } else {
      BOOST_TEST((!mine && mine.error() == errc::symmetric_nat), which);
      BOOST_TEST((!theirs && theirs.error() == errc::symmetric_nat), which);
    }
  }

  lab& there = lab::instance();
  public_rendezvous middle;
  hidden_party one{"h1", middle.site};
  hidden_party two{"hB", middle.site};
};

BOOST_AUTO_TEST_SUITE(without_loss)

BOOST_DATA_TEST_CASE_F(two_routers, let_a_hole_be_punched, data::make(all_pairs()), which) {
  punch(which, 0);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(with_loss)

/// Each router loses a ninth of the packets: a fifth on the path through both.
BOOST_DATA_TEST_CASE_F(two_routers, let_a_hole_be_punched, data::make(all_pairs()), which) {
  punch(which, 11);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(by_simultaneous_open)

const std::vector<pair_of_nats> open_pairs{
  {"cone", "cone"}, {"cone", "portrange"}, {"portrange", "cone"}, {"portrange", "portrange"}};

BOOST_DATA_TEST_CASE_F(two_routers, let_a_session_be_held, data::make(open_pairs), which) {
  set(which, 0);
  auto other = std::async(std::launch::async, [&] { return two.meet(one.id()); });
  auto mine = one.meet(two.id());
  auto theirs = other.get();
  BOOST_TEST_REQUIRE(!!mine, why_not(mine));
  BOOST_TEST_REQUIRE(!!theirs, why_not(theirs));
  BOOST_TEST((mine->id == two.id() && theirs->id == one.id()));
  BOOST_TEST(mine->protocols.size() == 1u);
  // The side with the smaller id is the initiator.
  BOOST_TEST(mine->inbound == (two.id() < one.id()));
  BOOST_TEST(theirs->inbound != mine->inbound);
  BOOST_TEST(mine->remote.host == "11.22.33.3");
}

BOOST_FIXTURE_TEST_CASE(do_not_let_anybody_through_if_one_is_symmetric, two_routers) {
  set({"symmetric", "cone"}, 0);
  auto other = std::async(std::launch::async, [&] { return two.meet(one.id()); });
  auto mine = one.meet(two.id());
  auto theirs = other.get();
  BOOST_TEST((!mine && mine.error() == errc::symmetric_nat), why_not(mine));
  BOOST_TEST((!theirs && theirs.error() == errc::symmetric_nat), why_not(theirs));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
