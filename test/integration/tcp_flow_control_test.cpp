// SPDX-License-Identifier: BSL-1.0
//
// The limits of reading and writing over loopback TCP, where the system buffers bytes, too, and
// time is real.
#include "devp2p/actors/node.hpp"
#include "devp2p/actors/read_window.hpp"
#include "devp2p/actors/scheduling.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/net/asio/asio_network.hpp"
#include "devp2p/net/crypto/system_random.hpp"

#include <boost/test/unit_test.hpp>

#include <caf/all.hpp>

#include <chrono>
#include <functional>
#include <mutex>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(tcp_flow_control_test)

namespace {

using namespace std::chrono_literals;
using reason = disconnect_reason;
using steady = std::chrono::steady_clock;

constexpr auto patience = 30s;

/// Returns whether `done` becomes true within `patience`.
bool eventually(const std::function<bool()>& done) {
  const auto until = steady::now() + patience;
  while (!done()) {
    if (steady::now() > until)
      return false;
    std::this_thread::sleep_for(1ms);
  }
  return true;
}

/// The messages that have arrived at one handler.
struct arrivals {
  std::size_t messages = 0;
  std::uint64_t received = 0;
  bool in_order = true;
  steady::time_point last = {};
};

/// One of two nodes, with handlers that only receive.
class party {
public:
  static constexpr std::uint64_t codes = 8;

  party(caf::actor_system& system, net::network& network, random_source& random,
        std::size_t protocols, const settings& limits)
    : watcher_(system),
      random_(random),
      lanes_(protocols) {
    node_config setup{crypto::private_key::generate(random)};
    setup.limits = limits;
    for (std::size_t i = 0; i < protocols; ++i)
      setup.protocols.push_back(
        {.name = "p" + std::to_string(i), .version = 1, .length = codes, .spawn = taking(i)});
    node_ = spawn_node(system, network, std::move(setup));
    anon_send_to(node_, subscribe_atom_v, caf::actor_cast<subscriber_actor>(watcher_));
  }

  /// After this, no actor uses the object any more.
  ~party() {
    watcher_->send_exit(node_, caf::exit_reason::user_shutdown);
    watcher_->wait_for(node_);
  }

  template <class T, class... Args>
  T ask(const Args&... args) {
    T out{};
    caf::scoped_actor self{watcher_->home_system()};
    request_from(self, node_, patience, args...)
      .receive([&](T& x) { out = std::move(x); },
               [](const caf::error& why) { BOOST_FAIL(describe(why)); });
    return out;
  }

  bool has_peer() { return ask<node_info>(info_atom_v).peers == 1; }

  peer_info peer() {
    auto all = ask<std::vector<peer_info>>(peers_atom_v);
    BOOST_REQUIRE(all.size() == 1u);
    return all.front();
  }

  /// Waits for a Ping sent after this call, and its Pong.
  bool pings() {
    for (int pongs = 0; pongs < 2; ++pongs) {
      auto before = peer().ping;
      if (!eventually([&] { return peer().ping != before; }))
        return false;
    }
    return true;
  }

  /// Returns the end of the session, and waits for it.
  session_end end() {
    session_end out;
    watcher_->receive([&](const peer_dropped& x) { out = x.end; },
                      caf::after(patience) >> [] { BOOST_FAIL("the session goes on"); });
    return out;
  }

  /// Writes messages whose content does not compress.
  void write(std::size_t index, std::size_t messages, std::size_t size) {
    bytes content(size);
    random_.fill(content);
    blob payload{content};
    auto& lane = lanes_[index];
    for (std::size_t i = 0; i < messages; ++i)
      lane.link->post(packet{lane.written++ % codes, payload});
  }

  /// Makes the handler keep all payloads from now on.
  void stick(std::size_t index) {
    std::lock_guard guard{mutex_};
    lanes_[index].stuck = true;
  }

  void let_go(std::size_t index) {
    std::vector<blob> kept;
    std::lock_guard guard{mutex_};
    lanes_[index].stuck = false;
    kept.swap(lanes_[index].kept);
  }

  arrivals seen(std::size_t index) {
    std::lock_guard guard{mutex_};
    return lanes_[index].seen;
  }

  /// Returns the bytes received by each handler at one moment.
  std::vector<std::uint64_t> received() {
    std::vector<std::uint64_t> out;
    std::lock_guard guard{mutex_};
    for (const auto& x : lanes_)
      out.push_back(x.seen.received);
    return out;
  }

private:
  struct lane {
    std::optional<channel> link;
    std::uint64_t written = 0;
    arrivals seen;
    bool stuck = false;
    std::vector<blob> kept;
  };

  /// Spawns a handler on the loop, so that it counts exactly what was read.
  handler_factory taking(std::size_t index) {
    auto behavior = [this, index](handler_actor::pointer,
                                  const channel&) -> handler_actor::behavior_type {
      return {[this, index](const packet& x) { take(lanes_[index], x); }};
    };
    return
      [this, index, spawn = handled_by(behavior)](caf::actor_system& system, const channel& link) {
        lanes_[index].link = link;
        return spawn(system, link);
      };
  }

  void take(lane& to, const packet& message) {
    std::lock_guard guard{mutex_};
    auto& seen = to.seen;
    seen.in_order = seen.in_order && message.code == seen.messages % codes;
    ++seen.messages;
    seen.received += message.payload.size();
    seen.last = steady::now();
    if (to.stuck)
      to.kept.push_back(message.payload);
  }

  caf::scoped_actor watcher_;
  random_source& random_;
  std::mutex mutex_;
  std::vector<lane> lanes_;
  node_actor node_;
};

struct config : caf::actor_system_config {
  config() {
    add_types(*this);
    prefer_low_latency(*this);
    set_option(*this, "scheduler.max-threads", std::size_t{2});
  }
};

settings limits(const std::function<void(settings&)>& change) {
  settings out;
  out.max_write_queue = 64 << 20;
  change(out);
  return out;
}

/// A session between two nodes.
struct link_fixture {
  using change = std::function<void(settings&)>;

  link_fixture(std::size_t loops, std::size_t protocols, const change& limit_left,
               const change& limit_right)
    : network(loops),
      left(system, network, random, protocols, limits(limit_left)),
      right(system, network, random, protocols, limits(limit_right)) {
    auto url = right.ask<enode>(listen_atom_v, endpoint{"127.0.0.1", 0});
    left.ask<peer_info>(dial_atom_v, url);
    BOOST_REQUIRE(eventually([this] { return right.has_peer(); }));
  }

  net::asio_network network;
  crypto::system_random random;
  config settings;
  caf::actor_system system{settings};
  party left;
  party right;
};

void as_they_are(settings&) {}

bool mentions(const session_end& end, std::string_view what) {
  return end.error.find(what) != std::string::npos;
}

/// A window that ten messages of `message_size` bytes fill.
constexpr std::size_t window = 100'000;
constexpr std::size_t message_size = window / 10 - read_window::overhead;

} // namespace

BOOST_AUTO_TEST_SUITE(a_handler_that_is_stuck)

BOOST_AUTO_TEST_CASE(holds_no_more_than_its_window_and_loses_nothing) {
  auto often = [](settings& x) {
    x.ping_interval = 20ms;
    x.max_missed_pings = 1'000'000;
    x.max_base_messages = 1'000'000;
  };
  link_fixture link{2, 2, often, [&](settings& x) {
                      often(x);
                      x.max_read_window = window;
                    }};
  link.right.stick(0);
  link.left.write(0, 10, message_size);
  BOOST_REQUIRE(eventually([&] { return link.right.seen(0).messages == 10; }));
  // The full handler does not obstruct the others.
  link.left.write(1, 100, 100);
  link.right.write(1, 100, 100);
  BOOST_REQUIRE(eventually([&] { return link.right.seen(1).messages == 100; }));
  BOOST_REQUIRE(eventually([&] { return link.left.seen(1).messages == 100; }));
  BOOST_REQUIRE(link.left.pings());
  BOOST_REQUIRE(link.right.pings());
  // A remote that sends to it must wait, as must its messages to the others; these may still write.
  link.left.write(0, 1000, message_size);
  BOOST_REQUIRE(eventually([&] { return link.right.seen(0).messages >= 11; }));
  for (std::size_t i = 101; i <= 200; ++i) {
    link.right.write(1, 1, 100);
    BOOST_REQUIRE(eventually([&] { return link.left.seen(1).messages == i; }));
  }
  BOOST_TEST(link.right.peer().protocols[0].counts.bytes_in <= window + message_size);
  BOOST_TEST(link.right.seen(0).messages == 11u);
  link.right.let_go(0);
  BOOST_REQUIRE(eventually([&] { return link.right.seen(0).messages == 1010; }));
  BOOST_TEST(link.right.seen(0).received == 1010u * message_size);
  BOOST_TEST(link.right.seen(0).in_order);
  BOOST_REQUIRE(link.left.pings());
  BOOST_REQUIRE(link.right.pings());
}

BOOST_AUTO_TEST_CASE(ends_its_session_in_the_end_and_is_named) {
  constexpr auto interval = 200ms;
  link_fixture link{1, 2, as_they_are, [&](settings& x) {
                      x.max_read_window = window;
                      x.ping_interval = interval;
                      x.max_missed_pings = 3;
                    }};
  link.right.stick(0);
  auto start = steady::now();
  link.left.write(0, 1000, message_size);
  auto end = link.right.end();
  BOOST_TEST((steady::now() - start >= 3 * interval));
  BOOST_TEST_CONTEXT(end.error) {
    BOOST_TEST(to_string(end.reason) == to_string(reason::subprotocol_error));
    BOOST_TEST(!end.remote_requested);
    BOOST_TEST(mentions(end, to_string(errc::handler_stalled)));
    BOOST_TEST(mentions(end, "p0/1"));
    BOOST_TEST(!mentions(end, "p1/1"));
  }
  auto told = link.left.end();
  BOOST_TEST(told.remote_requested);
  BOOST_TEST(to_string(told.reason) == to_string(reason::subprotocol_error));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(a_remote_that_never_reads_is_left_at_the_write_deadline) {
  constexpr auto deadline = 400ms;
  link_fixture link{2, 1, [&](settings& x) { x.write_timeout = deadline; },
                    [](settings& x) { x.max_read_window = 1; }};
  link.right.stick(0);
  auto start = steady::now();
  // More data than the system buffers.
  link.left.write(0, 800, 64 << 10);
  auto end = link.left.end();
  BOOST_TEST((steady::now() - start >= deadline));
  BOOST_TEST_CONTEXT(end.error) {
    BOOST_TEST(to_string(end.reason) == to_string(reason::network_error));
    BOOST_TEST(!end.remote_requested);
    BOOST_TEST(!end.sent);
    BOOST_TEST(mentions(end, to_string(errc::write_timeout)));
  }
}

BOOST_AUTO_TEST_CASE(a_protocol_that_floods_leaves_the_others_their_share) {
  link_fixture link{2, 8, [](settings& x) { x.max_rate_out = 1'000'000; }, as_they_are};
  auto written = [&] {
    std::size_t out = 0;
    auto sender = link.left.peer();
    for (const auto& x : sender.protocols)
      out += x.counts.messages_out;
    return out;
  };
  auto arrived = [&] {
    auto all = link.right.received();
    return std::accumulate(all.begin(), all.end(), std::uint64_t{0});
  };
  // All protocols have more to send than there is time for: half a minute's worth, even on a busy
  // machine. The flooding one comes first.
  link.left.write(0, 2000, 20'000);
  for (std::size_t i = 1; i < 8; ++i)
    link.left.write(i, 4000, 1000);
  BOOST_REQUIRE(eventually([&] { return written() == 2000 + 7 * 4000; }));
  auto before = link.right.received();
  auto start = std::accumulate(before.begin(), before.end(), std::uint64_t{0});
  BOOST_REQUIRE(eventually([&] { return arrived() - start >= 3'000'000; }));
  auto after = link.right.received();
  auto share = static_cast<double>(std::accumulate(after.begin(), after.end(), 0ull) - start) / 8;
  for (std::size_t i = 1; i < 8; ++i)
    BOOST_TEST_CONTEXT("protocol " << i)
  BOOST_TEST(static_cast<double>(after[i] - before[i]) >= 0.8 * share);
}

/// The evenness of a rate is tested in virtual time: `actors/flow_control_test.cpp`. Here a busy
/// machine may take longer by any amount, but never less.
BOOST_AUTO_TEST_CASE(a_rate_is_never_exceeded_either_way) {
  constexpr double rate = 4'000'000;
  constexpr std::size_t messages = 90;
  constexpr std::size_t size = 64 << 10;
  for (bool out : {true, false})
    BOOST_TEST_CONTEXT((out ? "out" : "in")) {
      auto limit = [&](settings& x) {
        (out ? x.max_rate_out : x.max_rate_in) = static_cast<std::uint64_t>(rate);
      };
      link_fixture link{1, 1, out ? link_fixture::change{limit} : as_they_are,
                        out ? link_fixture::change{as_they_are} : limit};
      const auto begin = steady::now();
      link.left.write(0, messages, size);
      BOOST_REQUIRE(eventually([&] { return link.right.seen(0).messages == messages; }));
      auto seen = link.right.seen(0);
      BOOST_TEST(seen.in_order);
      BOOST_TEST(seen.received == messages * size);
      // A late transfer is made up for by at most 30 ms.
      auto least = std::chrono::duration<double>{static_cast<double>(seen.received) / rate - 0.1};
      BOOST_TEST((seen.last - begin >= least));
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
