// SPDX-License-Identifier: BSL-1.0
//
// Nodes over loopback TCP whose handlers do not return. Waits are limited by `patience`.
#include "devp2p/actors/node.hpp"
#include "devp2p/actors/scheduling.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/net/asio/asio_network.hpp"

#include <boost/test/unit_test.hpp>

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>

#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(stuck_handler_test)

namespace {

using namespace std::chrono_literals;

constexpr auto patience = 20s;
constexpr std::size_t scheduler_threads = 2;

/// A door that is closed at first.
class gate {
public:
  void pass() {
    ++waiting_;
    waiting_.notify_all();
    opened_.wait(false);
  }
  void await(int waiting) {
    for (auto seen = waiting_.load(); seen < waiting; seen = waiting_.load())
      waiting_.wait(seen);
  }
  void open() {
    opened_ = true;
    opened_.notify_all();
  }

private:
  std::atomic<bool> opened_ = false;
  std::atomic<int> waiting_ = 0;
};

/// The codes of messages.
constexpr std::uint64_t echo_code = 0;
constexpr std::uint64_t stuck_code = 1;

/// Sends each message back, but waits at the gate before it handles `stuck_code`.
handler_actor::behavior_type server(handler_actor::pointer self, const channel& link, gate* door) {
  return {[=](const packet& x) {
    if (x.code == stuck_code)
      door->pass();
    link.send(self, x);
  }};
}

/// What a client has of its session.
struct player {
  std::optional<channel> link;
  std::promise<void> begun;
  std::atomic<int> echoes = 0;
};

handler_actor::behavior_type client(handler_actor::pointer, const channel& link, player* state) {
  state->link = link;
  state->begun.set_value();
  return {[=](const packet&) {
    ++state->echoes;
    state->echoes.notify_all();
  }};
}

struct config : caf::actor_system_config {
  config() {
    add_types(*this);
    prefer_low_latency(*this);
    set_option(*this, "scheduler.max-threads", scheduler_threads);
  }
};

/// A log that can be read while it is written.
class journal : public spdlog::sinks::base_sink<std::mutex> {
public:
  bool says(std::string_view what) {
    std::lock_guard guard{mutex_};
    return text_.find(what) != std::string::npos;
  }

protected:
  void sink_it_(const spdlog::details::log_msg& x) override {
    text_.append(x.payload.data(), x.payload.size()).append("\n");
  }
  void flush_() override {}

private:
  std::string text_;
};

struct fixture {
  explicit fixture(bool on_loop = true, const std::function<void(settings&)>& change = {}) {
    node_config setup{crypto::private_key::generate()};
    setup.protocols = {
      {.name = "game",
       .version = 1,
       .length = 2,
       .spawn = on_loop ? handled_by(server, &door) : handled_on_scheduler_by(server, &door)}};
    setup.limits.dial_ratio = 0;
    setup.limits.hold_timeout = 50ms;
    setup.limits.handler_timeout = 300ms;
    if (change)
      change(setup.limits);
    setup.log = std::make_shared<spdlog::logger>("hub", log);
    hub = spawn_node(system, network, std::move(setup));
    url = *ask<enode>(hub, listen_atom_v, endpoint{"127.0.0.1", 0});
  }

  ~fixture() {
    door.open();
    for (const auto& x : nodes)
      caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(hub, caf::exit_reason::user_shutdown);
    // A link is an actor of its system, and ends before that.
    for (const auto& x : players)
      x->link.reset();
  }

  template <class T, class... Args>
  std::optional<T> ask(const node_actor& who, const Args&... args) {
    std::optional<T> out;
    caf::scoped_actor self{system};
    request_from(self, who, patience, args...)
      .receive([&](T& x) { out = std::move(x); },
               [](const caf::error& why) { BOOST_ERROR(describe(why)); });
    return out;
  }

  /// Starts another node, and dials the hub.
  player& join() {
    auto& out = *players.emplace_back(std::make_unique<player>());
    node_config setup{crypto::private_key::generate()};
    setup.protocols = {
      {.name = "game", .version = 1, .length = 2, .spawn = handled_by(client, &out)}};
    nodes.push_back(spawn_node(far_system, far_network, std::move(setup)));
    caf::scoped_actor self{far_system};
    request_from(self, nodes.back(), patience, dial_atom_v, url)
      .receive([](const peer_info&) {}, [](const caf::error& why) { BOOST_ERROR(describe(why)); });
    out.begun.get_future().wait();
    return out;
  }

  /// Returns whether an echo comes back.
  bool is_answered(player& who) {
    auto before = who.echoes.load();
    who.link->post({echo_code, {}});
    return eventually([&] { return who.echoes > before; });
  }

  /// Returns whether the hub has, or comes to have, so many sessions.
  bool has_peers(std::uint64_t count) {
    return eventually([&] {
      auto info = ask<node_info>(hub, info_atom_v);
      return info && info->peers == count;
    });
  }

  static bool eventually(const std::function<bool()>& done) {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < until) {
      if (done())
        return true;
      std::this_thread::sleep_for(1ms);
    }
    return false;
  }

  gate door;
  /// Handlers count there until their system has ended.
  std::vector<std::unique_ptr<player>> players;
  std::shared_ptr<journal> log = std::make_shared<journal>();
  net::asio_network network;
  net::asio_network far_network;
  config settings;
  config far_settings;
  caf::actor_system far_system{far_settings};
  caf::actor_system system{settings};
  std::vector<node_actor> nodes;
  node_actor hub;
  enode url;
};

struct on_scheduler : fixture {
  on_scheduler()
    : fixture(false, [](auto& limits) {
        limits.ping_interval = 200ms;
        limits.max_missed_pings = 2;
      }) {}
};

} // namespace

BOOST_AUTO_TEST_SUITE(on_its_loop)

BOOST_FIXTURE_TEST_CASE(holds_up_no_other_session_and_not_the_node, fixture) {
  auto& stuck = join();
  auto& other = join();
  BOOST_TEST(is_answered(stuck));
  stuck.link->post({stuck_code, {}});
  door.await(1);
  BOOST_TEST(is_answered(other));
  BOOST_TEST(has_peers(2));
  BOOST_TEST(is_answered(join()));
}

BOOST_FIXTURE_TEST_CASE(is_named_and_ends_its_session_when_it_returns, fixture) {
  auto& stuck = join();
  join();
  stuck.link->post({stuck_code, {}});
  BOOST_TEST(eventually([this] { return log->says("handler of game/1 with "); }));
  BOOST_TEST(log->says("has been busy with one message for 50 ms on its loop"));
  BOOST_TEST(has_peers(2));
  door.open();
  BOOST_TEST(has_peers(1));
  BOOST_TEST(log->says(describe(caf::make_error(errc::handler_stalled))));
}

BOOST_FIXTURE_TEST_CASE(that_returns_in_time_goes_on, fixture) {
  auto& stuck = join();
  stuck.link->post({stuck_code, {}});
  door.await(1);
  door.open();
  BOOST_TEST(eventually([&] { return stuck.echoes == 1; }));
  for (int i = 0; i < 100; ++i)
    BOOST_TEST(is_answered(stuck));
}

BOOST_FIXTURE_TEST_CASE(does_not_keep_the_node_from_ending, fixture) {
  auto& stuck = join();
  join();
  stuck.link->post({stuck_code, {}});
  door.await(1);
  caf::scoped_actor self{system};
  self->send_exit(hub, caf::exit_reason::user_shutdown);
  self->wait_for(hub);
  BOOST_TEST(log->says("is left behind"));
}

BOOST_FIXTURE_TEST_CASE(with_many_of_its_kind_holds_up_nobody, fixture) {
  constexpr int many = 24; // More than the threads that a loop lends.
  for (int i = 0; i < many; ++i)
    join().link->post({stuck_code, {}});
  auto& other = join();
  BOOST_TEST(has_peers(many + 1));
  // Its handler shares the scheduler with them, whose threads are all taken. Its link answers.
  auto all = ask<std::vector<peer_info>>(hub, peers_atom_v);
  BOOST_TEST((all && all->size() == many + 1u));
  door.open();
  BOOST_TEST(is_answered(other));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(on_the_scheduler, on_scheduler)

BOOST_AUTO_TEST_CASE(is_not_named_while_others_can_run) {
  auto& stuck = join();
  auto& other = join();
  stuck.link->post({stuck_code, {}});
  door.await(1);
  BOOST_TEST(is_answered(other));
  std::this_thread::sleep_for(200ms); // In which it would be named.
  BOOST_TEST(!log->says("has been busy"));
}

BOOST_AUTO_TEST_CASE(is_named_if_all_threads_are_taken) {
  for (std::size_t i = 0; i < scheduler_threads; ++i)
    join().link->post({stuck_code, {}});
  BOOST_TEST(eventually([this] { return log->says("so are all threads of CAF's scheduler"); }));
}

BOOST_AUTO_TEST_CASE(ends_its_session_after_the_deadline_although_its_window_is_not_full) {
  auto& stuck = join();
  auto& other = join();
  stuck.link->post({stuck_code, {}});
  door.await(1);
  BOOST_TEST(has_peers(1));
  BOOST_TEST(log->says(describe(caf::make_error(errc::handler_stalled))));
  BOOST_TEST(is_answered(other));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
