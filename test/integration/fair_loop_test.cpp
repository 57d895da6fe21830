// SPDX-License-Identifier: BSL-1.0
//
// The round trips of a quiet session over loopback TCP, while others of the same two loops do all
// that they can.
#include "devp2p/actors/node.hpp"
#include "devp2p/actors/system_config.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/net/asio/asio_network.hpp"

#include <boost/test/unit_test.hpp>

#include <caf/all.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(fair_loop_test)

namespace {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

/// Far more than a round trip takes here, which is some milliseconds even under sanitizers, and far
/// less than it takes if one session may keep a loop as long as it likes.
constexpr auto most = 200ms;
constexpr std::size_t samples = 40;

/// Writes the same message all the time, and has two on their way to the network.
handler_actor::behavior_type flood(handler_actor::pointer self, const channel& link,
                                   const blob& payload) {
  struct loop {
    static void send(handler_actor::pointer self, const channel& link, const blob& payload) {
      link.write(self, packet{0, payload})
        .then([=] { send(self, link, payload); }, [](const caf::error&) {});
    }
  };
  loop::send(self, link, payload);
  loop::send(self, link, payload);
  return {[](const packet&) {}};
}

handler_actor::behavior_type drop(handler_actor::pointer, const channel&) {
  return {[](const packet&) {}};
}

/// Keeps what it is sent, so that its window fills and its session reads no more.
handler_actor::behavior_type keep(handler_actor::pointer self, const channel&) {
  auto kept = std::make_shared<std::vector<packet>>();
  self->attach_functor([kept] { kept->clear(); });
  return {[kept](const packet& x) { kept->push_back(x); }};
}

protocol named(std::string name, handler_factory spawn) {
  return {.name = std::move(name), .version = 1, .length = 1, .spawn = std::move(spawn)};
}

/// A hub, on a loop of its own, and nodes that have dialled it, on another.
class crowd {
public:
  explicit crowd(handler_factory hub_handler) {
    auto quiet = named("quiet", handled_by(drop));
    auto hub = spawn(near_, {named("load", std::move(hub_handler)), quiet}, {});
    url_ = ask<enode>(hub, listen_atom_v, endpoint{"127.0.0.1", 0});
    settings often;
    often.ping_interval = 10ms;
    quiet_ = dial({quiet}, often);
  }

  ~crowd() {
    for (auto& x : nodes_)
      self_->send_exit(x, caf::exit_reason::user_shutdown);
  }

  void add(std::size_t count, const handler_factory& handler) {
    for (std::size_t i = 0; i < count; ++i)
      dial({named("load", handler)}, {});
  }

  /// Returns the median of the quiet session's round trips from now on.
  steady::duration median_round_trip() {
    std::vector<steady::duration> out;
    steady::duration last{};
    const auto until = steady::now() + 30s;
    while (out.size() < samples && steady::now() < until) {
      std::this_thread::sleep_for(10ms);
      for (const auto& x : ask<std::vector<peer_info>>(quiet_, peers_atom_v))
        if (x.ping.last != last)
          out.push_back(last = x.ping.last);
    }
    BOOST_REQUIRE(out.size() > samples / 2);
    std::sort(out.begin(), out.end());
    BOOST_TEST_MESSAGE("longest: " << std::chrono::duration<double>(out.back()).count() << " s");
    return out[out.size() / 2];
  }

private:
  node_actor spawn(net::network& where, std::vector<protocol> protocols, const settings& limits) {
    node_config config{crypto::private_key::generate()};
    config.protocols = std::move(protocols);
    config.limits = limits;
    config.limits.max_peers = config.limits.max_pending = 1000;
    config.limits.dial_ratio = 0;
    config.limits.max_base_messages = 100'000;
    config.limits.max_missed_pings = 1000;
    nodes_.push_back(spawn_node(system_, where, std::move(config)));
    return nodes_.back();
  }

  node_actor dial(std::vector<protocol> protocols, const settings& limits) {
    auto out = spawn(far_, std::move(protocols), limits);
    ask<peer_info>(out, dial_atom_v, url_);
    return out;
  }

  template <class T, class... Args>
  T ask(const node_actor& who, Args&&... args) {
    T out;
    request_from(self_, who, 30s, std::forward<Args>(args)...)
      .receive([&](T& x) { out = std::move(x); },
               [](const caf::error& why) { BOOST_FAIL(describe(why)); });
    return out;
  }

  net::asio_network near_{1};
  net::asio_network far_{1};
  system_config config_;
  caf::actor_system system_{config_};
  caf::scoped_actor self_{system_};
  std::vector<node_actor> nodes_;
  node_actor quiet_;
  enode url_;
};

void check(steady::duration median) {
  BOOST_TEST_MESSAGE(std::chrono::duration<double>(median).count() << " s");
  BOOST_TEST(std::chrono::duration<double>(median).count() <
             std::chrono::duration<double>(most).count());
}

blob repeating(std::size_t size) {
  return blob{bytes(size, 0x55)};
}

} // namespace

BOOST_AUTO_TEST_CASE(a_quiet_session_waits_for_no_large_messages) {
  crowd subject{handled_by(drop)};
  subject.add(10, handled_by(flood, repeating(16'000'000)));
  check(subject.median_round_trip());
}

BOOST_AUTO_TEST_CASE(a_quiet_session_waits_for_no_remotes_that_do_not_read) {
  crowd subject{handled_by(flood, repeating(16'000'000))};
  subject.add(20, handled_by(keep));
  check(subject.median_round_trip());
}

BOOST_AUTO_TEST_CASE(a_quiet_session_waits_for_no_crowd_of_busy_peers) {
  crowd subject{handled_by(drop)};
  subject.add(32, handled_by(flood, repeating(20'000)));
  check(subject.median_round_trip());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
