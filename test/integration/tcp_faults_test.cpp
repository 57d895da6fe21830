// SPDX-License-Identifier: BSL-1.0
//
// Faults over loopback TCP, with real threads and clocks. The order of two events is not determined
// here, but the invariants are the same.
//
//     tcp_faults_test -- seeds=FIRST:LAST
#include "faulty_network.hpp"

#include "devp2p/actors/node.hpp"
#include "devp2p/actors/reason_for.hpp"
#include "devp2p/actors/scheduling.hpp"
#include "devp2p/kit/misbehaving_handler.hpp"
#include "devp2p/kit/witness.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/net/asio/asio_network.hpp"

#include <boost/test/unit_test.hpp>

#include <caf/all.hpp>

#include <algorithm>
#include <memory>
#include <random>
#include <thread>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(tcp_faults_test)

namespace {

using namespace std::chrono_literals;
using reason = disconnect_reason;

settings short_deadlines() {
  settings out;
  out.handshake_timeout = 1s;
  out.ping_interval = 100ms;
  out.write_timeout = 500ms;
  out.handler_timeout = 200ms;
  out.max_read_window = 100'000;
  out.message_events = true;
  return out;
}

struct config : caf::actor_system_config {
  config() {
    add_types(*this);
    prefer_low_latency(*this);
    set_option(*this, "scheduler.max-threads", std::size_t{2});
  }
};

/// Sends without end, and ignores refused messages.
using talker_actor = handler_actor::extend<reacts_to<tick_atom>>;

talker_actor::behavior_type talk(talker_actor::pointer self, const channel& link) {
  self->set_error_handler([](const caf::error&) {});
  send_to(self, self, tick_atom_v);
  return {
    [](const packet&) {},
    [=](tick_atom) {
      link.send(self, {1, blob{bytes(5000, 0xaa)}});
      send_later_to(self, 5ms, self, tick_atom_v);
    },
  };
}

/// Returns the reasons with which a session may end if its handler misbehaves in this way.
std::vector<reason> ends_of(kit::misbehaviour what) {
  using kit::misbehaviour;
  switch (what) {
  case misbehaviour::echoes:
  case misbehaviour::is_stubborn:
  case misbehaviour::replies_late:
    return {};
  case misbehaviour::returns:
    return {reason::client_quitting};
  case misbehaviour::breaks_protocol:
  case misbehaviour::writes_unknown_code:
    return {reason::breach_of_protocol};
  default:
    return {reason::subprotocol_error};
  }
}

/// Two nodes, the first of which is struck, and their network.
struct fault_run {
  fault_run(std::uint64_t seed) : rng(seed), network(real, seed), system(settings) {
    using kit::misbehaviour;
    const misbehaviour all[] = {misbehaviour::echoes,       misbehaviour::returns,
                                misbehaviour::throws,       misbehaviour::is_killed,
                                misbehaviour::floods,       misbehaviour::hoards,
                                misbehaviour::is_stubborn,  misbehaviour::breaks_protocol,
                                misbehaviour::replies_late, misbehaviour::writes_unknown_code};
    kit::handler_script script{all[choose(std::size(all))], kit::at_message{1 + choose(5)}};
    script.delay = 20ms;
    script.messages = 3000;
    script.message_size = 16;
    if (choose(2) == 0)
      script.what = misbehaviour::echoes; // The other faults have their turn, too.
    using strategy = supervision::strategy;
    const strategy strategies[] = {strategy::end_session, strategy::detach, strategy::restart};
    struck = open(kit::misbehaving(script), struck_seen, strategies[choose(3)]);
    other = open(handled_by(talk), other_seen, strategy::end_session);
    expected = ends_of(script.what);
    // A node whose handler hoards does not read the reason that the remote sends.
    tells = script.what != misbehaviour::hoards;
  }

  std::size_t choose(std::size_t end) { return rng() % end; }

  node_actor open(handler_factory handler, const kit::witness& seen,
                  supervision::strategy when_failed) {
    node_config setup{crypto::private_key::generate()};
    setup.limits = short_deadlines();
    setup.protocols = {{.name = "test",
                        .version = 1,
                        .length = 8,
                        .spawn = std::move(handler),
                        .supervised = {.when_failed = when_failed}}};
    ids.push_back(setup.key.id());
    auto node = spawn_node(system, network, std::move(setup));
    subscribers.push_back(seen.spawn(system));
    anon_send_to(node, subscribe_atom_v, subscribers.back());
    return node;
  }

  void run() {
    caf::scoped_actor self{system};
    enode url;
    request_from(self, struck, 10s, listen_atom_v, endpoint{"127.0.0.1", 0})
      .receive([&](const enode& x) { url = x; },
               [](const caf::error& why) { BOOST_ERROR(describe(why)); });
    if (choose(2) == 0)
      cut_after(choose(3000));
    anon_send_to(other, dial_atom_v, url);
    // A random time in the life of the session.
    std::this_thread::sleep_for(std::chrono::microseconds{choose(150'000)});
    strike();
    std::this_thread::sleep_for(20ms);
    for (const auto& x : {struck, other})
      self->send_exit(x, caf::exit_reason::user_shutdown);
    self->wait_for(struck, other);
    for (const auto& x : subscribers)
      self->send_exit(x, caf::exit_reason::user_shutdown);
    self->wait_for(subscribers);
  }

  void cut_after(std::size_t limit) {
    tells = false;
    network.cut_after(limit);
  }

  void strike() {
    switch (choose(6)) {
    case 0:
      expected.push_back(reason::useless_peer);
      return anon_send_to(struck, close_atom_v, ids[1], reason::useless_peer);
    case 1:
      return caf::anon_send_exit(other, caf::exit_reason::user_shutdown);
    case 2:
      tells = false;
      silenced = true;
      return caf::anon_send_exit(struck, caf::exit_reason::kill);
    case 3:
      return cut_after(0);
    case 4: // Both at once.
      expected.insert(expected.end(), {reason::requested, reason::too_many_peers});
      anon_send_to(struck, close_atom_v, ids[1], reason::requested);
      return anon_send_to(other, close_atom_v, ids[0], reason::too_many_peers);
    default: // The misbehaving handlers are enough.
      return;
    }
  }

  // The order matters: the actors use the members above until the last of them has ended.
  std::mt19937_64 rng;
  kit::witness struck_seen{"the one struck"};
  kit::witness other_seen{"the other"};
  std::vector<node_id> ids;
  /// The reasons that may end the sessions. At the end both nodes quit, unless another event was
  /// faster; on a busy machine, a deadline may be.
  std::vector<reason> expected;
  bool silenced = false;
  /// Set if each side that sends a reason is heard.
  bool tells = true;
  net::asio_network real;
  faulty_network network;
  config settings;
  caf::actor_system system;
  std::vector<subscriber_actor> subscribers;
  node_actor struck;
  node_actor other;
};

std::pair<std::uint64_t, std::uint64_t> seeds() {
  const auto& suite = boost::unit_test::framework::master_test_suite();
  for (int i = 1; i < suite.argc; ++i)
    if (std::string text = suite.argv[i]; text.starts_with("seeds="))
      return {std::stoull(text.substr(6)), std::stoull(text.substr(text.find(':') + 1))};
  return {1, 200};
}

} // namespace

BOOST_AUTO_TEST_CASE(what_must_always_hold_does_over_tcp) {
  auto [first, last] = seeds();
  std::size_t ran = 0;
  for (auto seed = first; seed <= last; ++seed) {
    auto one = std::make_unique<fault_run>(seed);
    one->run();
    auto silenced = one->silenced;
    auto tells = one->tells;
    auto expected = one->expected;
    expected.insert(expected.end(),
                    {reason::client_quitting, reason::network_error, reason::ping_timeout});
    auto struck = one->struck_seen;
    auto other = one->other_seen;
    one.reset(); // Waits for every actor.
    ran += struck.added();
    std::vector<std::string> wrong = struck.contradictions();
    auto add = [&](const std::vector<std::string>& more) {
      wrong.insert(wrong.end(), more.begin(), more.end());
    };
    add(other.contradictions());
    if (!silenced) {
      add(struck.invented(other));
      add(other.invented(struck));
      if (struck.running() + other.running() > 0)
        wrong.emplace_back("a session that ran has not ended");
    }
    if (tells) {
      add(struck.missed(other));
      add(other.missed(struck));
    }
    for (const auto* x : {&struck, &other})
      for (const auto& end : x->ends())
        if (end.ran &&
            std::find(expected.begin(), expected.end(), end.why.reason) == expected.end())
          wrong.push_back("nobody has a reason to say \"" + to_string(end.why.reason) + '"');
    for (const auto& x : wrong)
      BOOST_ERROR("seed " << seed << ": " << x);
  }
  // Some of the runs had a session.
  BOOST_TEST(ran > (last - first) / 3);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
