// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/asio/asio_network.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <future>
#include <map>
#include <new>
#include <set>
#include <stdexcept>
#include <thread>

namespace devp2p::net {

namespace {

using stream_promise = std::promise<expected<std::unique_ptr<stream>>>;

/// Returns a handler that hands its result to `promise`.
stream_handler fulfil(stream_promise& promise) {
  return
    [&promise](expected<std::unique_ptr<stream>> result) { promise.set_value(std::move(result)); };
}

/// Waits for a loop; a test that waits for ever is ended by ctest.
template <class T>
T wait_for(std::promise<T>& promise) {
  return promise.get_future().get();
}

/// Returns the value of `result`, without which the test ends.
template <class T>
T value(expected<T> result) {
  BOOST_REQUIRE(result);
  return std::move(*result);
}

struct stream_pair {
  std::unique_ptr<stream> dialled;
  std::unique_ptr<stream> accepted;
};

stream_pair connect(network& subject, listener& door, const endpoint& to) {
  stream_promise dialled;
  stream_promise accepted;
  door.accept(fulfil(accepted));
  auto pending = subject.dial(to, fulfil(dialled));
  auto near = value(wait_for(dialled));
  return {std::move(near), value(wait_for(accepted))};
}

stream_pair connect(network& subject, const endpoint& at) {
  auto door = value(subject.listen(at));
  return connect(subject, *door, door->local());
}

/// Runs `task` on `where` and waits until it is done.
void run_on(loop& where, const std::function<void()>& task) {
  std::promise<void> done;
  where.post([&] {
    task();
    done.set_value();
  });
  wait_for(done);
}

} // namespace

/// The world of the contracts. Everything that a case looks at is touched on the one loop only.
struct world {
  std::string ip = "127.0.0.1";
  asio_network system;
  network& server = system;
  network& client = system;
  loop& home = *connect(system, {ip, 0}).dialled->loop();

  void run(const std::function<void()>& task) { run_on(home, task); }

  void run_until(const std::function<bool()>& done) {
    for (auto reached = false; !reached;)
      run([&] { reached = done(); });
  }

  /// Makes a connection. Events that the system knew of before are reported before it, or together
  /// with it.
  void settle() {
    auto links = connect(system, {ip, 0});
    struct : stream_observer {
      bool told = false;
      void on_readable() override { told = true; }
      void on_writable() override {}
    } observer;
    run([&] {
      links.dialled->await_readable(observer);
      links.accepted->write_some(as_bytes("x"));
    });
    run_until([&] { return observer.told; });
    run([&] {
      links.dialled.reset();
      links.accepted.reset();
    });
  }
};

} // namespace devp2p::net

#include "../network_contract.hpp"

namespace devp2p::net {
BOOST_AUTO_TEST_SUITE(asio_network_test)

namespace {

boost::test_tools::assertion_result has_ipv6(boost::unit_test::test_unit_id) {
  boost::test_tools::assertion_result result{bool{asio_network{}.listen({"::1", 0})}};
  result.message() << "this machine has no IPv6";
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(asio_only)

BOOST_AUTO_TEST_CASE(speaks_ipv6, *boost::unit_test::precondition(has_ipv6)) {
  asio_network subject;
  auto [near, far] = connect(subject, {"::1", 0});
  BOOST_TEST(near->remote().host == "::1");
  BOOST_TEST((near->local() == far->remote()));
}

BOOST_AUTO_TEST_CASE(listens_for_both_families, *boost::unit_test::precondition(has_ipv6)) {
  asio_network subject;
  auto door = value(subject.listen({"::", 0}));
  BOOST_TEST(door->local().host == "::");
  auto [near, far] = connect(subject, *door, {"127.0.0.1", door->local().port});
  BOOST_TEST(far->remote().host == "127.0.0.1", "not ::ffff:127.0.0.1");
  BOOST_TEST(far->local().host == "127.0.0.1");
}

BOOST_AUTO_TEST_CASE(resolves_a_name) {
  asio_network subject;
  auto door = value(subject.listen({"127.0.0.1", 0}));
  auto [near, far] = connect(subject, *door, {"localhost", door->local().port});
  BOOST_TEST(near->remote().host == "127.0.0.1");
}

BOOST_AUTO_TEST_CASE(has_at_least_one_loop) {
  asio_network subject{0};
  BOOST_TEST(connect(subject, {"127.0.0.1", 0}).dialled->loop() != nullptr);
}

BOOST_AUTO_TEST_CASE(spreads_its_streams_over_its_loops) {
  asio_network subject{3};
  std::map<loop*, int> streams;
  std::map<loop*, std::set<std::thread::id>> threads;
  for (auto i = 0; i < 6; ++i) {
    auto links = connect(subject, {"127.0.0.1", 0});
    auto& near = links.dialled;
    auto& far = links.accepted;
    for (auto* link : {near.get(), far.get()}) {
      ++streams[link->loop()];
      run_on(*link->loop(), [&] { threads[link->loop()].insert(std::this_thread::get_id()); });
    }
  }
  BOOST_TEST(streams.size() == 3);
  std::set<std::thread::id> all;
  for (auto& [home, ids] : threads) {
    BOOST_TEST(ids.size() == 1, "a loop is one thread");
    all.insert(ids.begin(), ids.end());
  }
  BOOST_TEST(all.size() == 3);
}

BOOST_AUTO_TEST_CASE(gives_its_loops_the_connections_in_turn_whether_they_come_at_once_or_not) {
  asio_network subject{2};
  asio_network far;
  auto door = value(subject.listen({"127.0.0.1", 0}));
  std::map<loop*, int> streams;
  for (std::size_t at_once : {1, 1, 1, 1, 4}) {
    std::vector<std::unique_ptr<stream>> kept;
    for (std::size_t i = 0; i < at_once; ++i) {
      stream_promise dialled;
      auto pending = far.dial(door->local(), fulfil(dialled));
      kept.push_back(value(wait_for(dialled)));
    }
    std::promise<accept_outcome> accepted;
    door->accept(16, [&](accept_outcome x) { accepted.set_value(std::move(x)); });
    auto all = value(wait_for(accepted));
    BOOST_TEST(all.size() == at_once);
    for (const auto& x : all)
      ++streams[x->loop()];
  }
  BOOST_TEST(streams.size() == 2u);
  for (const auto& [home, count] : streams)
    BOOST_TEST(count == 4);
}

BOOST_AUTO_TEST_CASE(calls_handlers_and_observers_on_the_loop_of_the_stream) {
  struct : stream_observer {
    std::promise<std::thread::id> readable;
    std::promise<std::thread::id> writable;
    void on_readable() override { readable.set_value(std::this_thread::get_id()); }
    void on_writable() override { writable.set_value(std::this_thread::get_id()); }
  } observer;
  asio_network subject{2};
  auto door = value(subject.listen({"127.0.0.1", 0}));
  stream_promise accepted;
  door->accept(fulfil(accepted));
  std::promise<std::thread::id> handler;
  stream_promise dialled;
  auto pending = subject.dial(door->local(), [&](expected<std::unique_ptr<stream>> result) {
    handler.set_value(std::this_thread::get_id());
    dialled.set_value(std::move(result));
  });
  auto link = value(wait_for(dialled));
  std::thread::id home;
  run_on(*link->loop(), [&] {
    home = std::this_thread::get_id();
    link->await_readable(observer);
    link->await_writable(observer);
  });
  BOOST_TEST((wait_for(handler) == home));
  BOOST_TEST((wait_for(observer.writable) == home));
  // The accepted end is gone at once, which makes the other end readable.
  value(wait_for(accepted)).reset();
  BOOST_TEST((wait_for(observer.readable) == home));
  run_on(*link->loop(), [&] { link.reset(); });
}

BOOST_AUTO_TEST_CASE(goes_on_when_a_callback_throws) {
  struct : stream_observer {
    void on_readable() override { throw std::runtime_error{"of an observer"}; }
    void on_writable() override { throw std::runtime_error{"of an observer"}; }
  } observer;
  asio_network subject;
  auto door = value(subject.listen({"127.0.0.1", 0}));
  auto links = connect(subject, *door, door->local());
  auto& home = *links.dialled->loop();
  run_on(home, [&] {
    links.dialled->await_writable(observer);
    links.dialled->await_readable(observer);
    links.accepted->write_some(as_bytes("x"));
  });
  home.post([] { throw std::runtime_error{"of a task"}; });
  home.post([] { throw 1; });
  home.post_after(std::chrono::milliseconds{1}, [] { throw std::runtime_error{"of a timer"}; });
  door->accept([](const auto&) { throw std::runtime_error{"of who accepts"}; });
  stream_promise dialled;
  auto first = subject.dial(door->local(), [&](expected<std::unique_ptr<stream>> result) {
    dialled.set_value(std::move(result));
    throw std::runtime_error{"of who dials"};
  });
  value(wait_for(dialled));
  std::promise<void> later;
  home.post_after(std::chrono::milliseconds{20}, [&] { later.set_value(); });
  wait_for(later);
  BOOST_TEST(connect(subject, *door, door->local()).accepted->loop() != nullptr);
  run_on(home, [&] { links = {}; });
}

BOOST_AUTO_TEST_CASE(makes_keys_while_it_has_nothing_to_do_once_one_was_asked_for) {
  asio_network subject;
  auto& home = *subject.loop();
  auto asks = [&] {
    auto out = false;
    run_on(home, [&] { out = home.keys().take().has_value(); });
    return out;
  };
  run_on(home, [&] { BOOST_TEST(!home.keys().wants_more()); });
  BOOST_TEST(!asks());
  // The loop may have no rest between two tasks.
  while (!asks())
    continue;
}

BOOST_AUTO_TEST_CASE(drops_what_is_not_needed_later_and_runs_the_rest) {
  using namespace std::chrono_literals;
  asio_network subject;
  auto& home = *subject.loop();
  auto owned = std::make_shared<int>(0);
  std::weak_ptr<int> alive = owned;
  auto dropped = home.post_after(20ms, [owned] { BOOST_ERROR("was dropped"); });
  owned = nullptr;
  std::promise<void> done;
  auto other = home.post_after(40ms, [&] { done.set_value(); });
  BOOST_TEST((dropped != other));
  BOOST_TEST(!alive.expired());
  home.drop(dropped);
  BOOST_TEST(alive.expired());
  wait_for(done);
  home.drop(dropped);
  home.drop(other);
  home.drop({});
}

BOOST_AUTO_TEST_CASE(runs_what_is_due_first_after_the_first_was_dropped) {
  using namespace std::chrono_literals;
  asio_network subject;
  auto& home = *subject.loop();
  std::vector<int> order;
  std::promise<void> done;
  run_on(home, [&] {
    home.drop(home.post_after(1h, [] { BOOST_ERROR("was dropped"); }));
    auto first = home.post_after(10ms, [] { BOOST_ERROR("was dropped"); });
    home.post_after(60ms, [&] {
      order.push_back(2);
      done.set_value();
    });
    home.drop(first);
    home.post_after(30ms, [&] { order.push_back(1); });
  });
  wait_for(done);
  BOOST_TEST(order == (std::vector{1, 2}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(runs_again_what_was_due_when_there_was_no_memory) {
  asio_network subject;
  std::promise<int> done;
  auto runs = std::make_shared<int>(0);
  subject.loop()->post_after(std::chrono::milliseconds{1}, [&, runs] {
    if (++*runs < 3)
      throw std::bad_alloc{};
    done.set_value(*runs);
  });
  BOOST_TEST(wait_for(done) == 3);
}

BOOST_AUTO_TEST_CASE(wakes_all_that_are_to_be_woken_in_order_and_as_often_as_they_ask) {
  struct sleeper : wakeable {
    explicit sleeper(std::function<void()> task) : task(std::move(task)) {}
    void on_wake() override { task(); }
    std::function<void()> task;
  };
  asio_network subject;
  auto& home = *subject.loop();
  std::string order;
  std::promise<void> done;
  std::shared_ptr<sleeper> first;
  first = std::make_shared<sleeper>([&] {
    order += 'a';
    if (order.size() < 4)
      home.wake(first);
    else
      done.set_value();
  });
  auto second = std::make_shared<sleeper>([&] {
    order += 'b';
    throw std::runtime_error{"of who is woken"};
  });
  home.post([&] {
    home.wake(second);
    home.wake(first);
  });
  wait_for(done);
  BOOST_TEST(order == "baaa");
  run_on(home, [&] { first->task = nullptr; });
}

BOOST_AUTO_TEST_CASE(goes_on_receiving_datagrams_when_a_handler_throws) {
  asio_network subject;
  auto near = value(subject.bind({"127.0.0.1", 0}));
  auto far = value(subject.bind({"127.0.0.1", 0}));
  auto& home = *connect(subject, {"127.0.0.1", 0}).dialled->loop();
  std::vector<std::promise<void>> heard(5);
  std::size_t count = 0;
  run_on(home, [&] {
    far->receive([&](const endpoint&, byte_view) {
      heard.at(count).set_value();
      switch (count++ % 3) {
      case 0:
        throw std::runtime_error{"of who receives"};
      case 1:
        throw 1;
      default:
        throw std::bad_alloc{};
      }
    });
  });
  for (auto& each : heard) {
    run_on(home, [&] { near->send(far->local(), as_bytes("x")); });
    auto told = each.get_future().wait_for(std::chrono::seconds{5});
    BOOST_TEST((told == std::future_status::ready));
  }
  run_on(home, [&] {
    near.reset();
    far.reset();
  });
}

BOOST_AUTO_TEST_CASE(runs_tasks_in_the_order_in_which_they_were_posted) {
  asio_network subject;
  auto& home = *connect(subject, {"127.0.0.1", 0}).dialled->loop();
  std::vector<int> order;
  std::promise<void> done;
  home.post([&] {
    order.push_back(1);
    home.post([&] {
      order.push_back(3);
      done.set_value();
    });
    order.push_back(2);
  });
  wait_for(done);
  BOOST_TEST(order == (std::vector{1, 2, 3}), boost::test_tools::per_element());
}

namespace {

/// A task that posts itself for ever, so that there always is one.
struct endless {
  loop& home;
  std::shared_ptr<int> token;
  void operator()() const { home.post(*this); }
};

} // namespace

BOOST_AUTO_TEST_CASE(tells_who_waits_however_busy_the_loop_is) {
  struct : stream_observer {
    std::promise<void> readable;
    void on_readable() override { readable.set_value(); }
    void on_writable() override {}
  } observer;
  asio_network subject;
  auto links = connect(subject, {"127.0.0.1", 0});
  auto& near = links.dialled;
  auto& far = links.accepted;
  auto& home = *near->loop();
  home.post(endless{home, nullptr});
  auto wait = [&] {
    observer.readable = {};
    run_on(home, [&] { near->await_readable(observer); });
  };
  wait();
  run_on(home, [&] { far->write_some(as_bytes("x")); });
  wait_for(observer.readable);
  byte_array<1> got;
  run_on(home, [&] { BOOST_TEST(near->read_some(got).size == 1u); });
  wait();
  run_on(home, [&] { far.reset(); });
  wait_for(observer.readable);
  run_on(home, [&] { near.reset(); });
}

BOOST_AUTO_TEST_CASE(gives_sockets_their_turn_between_tasks) {
  constexpr int size = 1000;
  struct counting : stream_observer {
    explicit counting(stream& link) : link(link) {}
    void on_readable() override {
      byte_array<1> got;
      read += static_cast<int>(link.read_some(got).size);
      if (read < size)
        link.await_readable(*this);
      else
        done.set_value();
    }
    void on_writable() override {}
    stream& link;
    int read = 0;
    std::promise<void> done;
  };
  asio_network subject;
  auto links = connect(subject, {"127.0.0.1", 0});
  auto& near = links.dialled;
  auto& far = links.accepted;
  auto& home = *near->loop();
  counting observer{*near};
  auto tasks = std::make_shared<int>(0);
  struct task {
    loop& home;
    std::shared_ptr<int> count;
    void operator()() const {
      ++*count;
      home.post(*this);
    }
  };
  int run = 0;
  run_on(home, [&] {
    far->write_some(bytes(size));
    near->await_readable(observer);
    home.post(task{home, tasks});
  });
  wait_for(observer.done);
  run_on(home, [&] {
    run = *tasks;
    near.reset();
    far.reset();
  });
  BOOST_TEST(run < 8 * size);
}

BOOST_AUTO_TEST_CASE(drops_the_tasks_that_have_not_run) {
  auto token = std::make_shared<int>();
  {
    asio_network subject;
    auto& home = *connect(subject, {"127.0.0.1", 0}).dialled->loop();
    home.post(endless{home, token});
  }
  BOOST_TEST(token.use_count() == 1);
}

BOOST_AUTO_TEST_CASE(drops_a_task_that_owns_a_stream_of_another_loop) {
  struct endless {
    loop& home;
    std::shared_ptr<stream_pair> streams;
    void operator()() const { home.post(*this); }
  };
  asio_network subject{2};
  auto streams = std::make_shared<stream_pair>(connect(subject, {"127.0.0.1", 0}));
  auto& near = *streams->dialled->loop();
  auto& far = *streams->accepted->loop();
  std::weak_ptr<stream_pair> there = streams;
  near.post(endless{near, streams});
  far.post(endless{far, streams});
  streams.reset();
  BOOST_TEST(!there.expired());
}

BOOST_AUTO_TEST_CASE(tells_who_accepts_that_descriptors_have_run_out) {
  asio_network subject;
  auto door = value(subject.listen({"127.0.0.1", 0}));
  stream_promise dialled;
  auto pending = subject.dial(door->local(), fulfil(dialled));
  auto near = wait_for(dialled);
  rlimit limit{};
  BOOST_REQUIRE(getrlimit(RLIMIT_NOFILE, &limit) == 0);
  auto none = limit;
  none.rlim_cur = 0;
  BOOST_REQUIRE(setrlimit(RLIMIT_NOFILE, &none) == 0);
  stream_promise failed;
  door->accept(fulfil(failed));
  auto failure = wait_for(failed);
  stream_promise unable;
  auto second = subject.dial(door->local(), fulfil(unable));
  auto refusal = wait_for(unable);
  stream_promise lost;
  auto named = subject.dial({"host.invalid", 30303}, fulfil(lost));
  auto unknown = wait_for(lost);
  auto second_door = subject.listen({"127.0.0.1", 0});
  auto datagrams = subject.bind({"127.0.0.1", 0});
  BOOST_REQUIRE(setrlimit(RLIMIT_NOFILE, &limit) == 0);
  BOOST_REQUIRE(!failure);
  BOOST_TEST((failure.error() == errc::too_many_files));
  BOOST_REQUIRE(!refusal);
  BOOST_TEST((refusal.error() == errc::too_many_files));
  BOOST_REQUIRE((!unknown && !second_door && !datagrams));
  BOOST_TEST((unknown.error() == errc::too_many_files), "and not that there is no such host");
  BOOST_TEST((second_door.error() == errc::too_many_files));
  BOOST_TEST((datagrams.error() == errc::too_many_files));
  stream_promise accepted;
  door->accept(fulfil(accepted));
  BOOST_TEST(bool{wait_for(accepted)}, "the connection waited in the backlog");
}

BOOST_AUTO_TEST_CASE(hands_over_what_it_accepted_before_descriptors_ran_out) {
  asio_network subject;
  auto door = value(subject.listen({"127.0.0.1", 0}));
  std::vector<std::unique_ptr<stream>> dialled;
  for (int i = 0; i < 3; ++i) {
    stream_promise one;
    auto pending = subject.dial(door->local(), fulfil(one));
    dialled.push_back(value(wait_for(one)));
  }
  rlimit limit{};
  BOOST_REQUIRE(getrlimit(RLIMIT_NOFILE, &limit) == 0);
  const auto next = dup(0);
  BOOST_REQUIRE(close(next) == 0);
  auto few = limit;
  few.rlim_cur = static_cast<rlim_t>(next) + 2;
  BOOST_REQUIRE(setrlimit(RLIMIT_NOFILE, &few) == 0);
  std::promise<accept_outcome> first;
  door->accept(16, [&](accept_outcome x) { first.set_value(std::move(x)); });
  auto some = wait_for(first);
  std::promise<accept_outcome> second;
  door->accept(16, [&](accept_outcome x) { second.set_value(std::move(x)); });
  auto failure = wait_for(second);
  BOOST_REQUIRE(setrlimit(RLIMIT_NOFILE, &limit) == 0);
  BOOST_REQUIRE(some);
  BOOST_TEST(some->size() == 2u);
  BOOST_REQUIRE(!failure);
  BOOST_TEST((failure.error() == errc::too_many_files));
}

BOOST_AUTO_TEST_CASE(runs_tasks_when_they_are_due_in_order) {
  using namespace std::chrono_literals;
  using clock = std::chrono::steady_clock;
  asio_network subject;
  auto& home = *subject.loop();
  std::promise<void> done;
  std::vector<int> order;
  auto post = [&](std::chrono::nanoseconds delay, int number) {
    auto due = clock::now() + delay;
    home.post_after(delay, [&, due, number] {
      BOOST_TEST((clock::now() >= due));
      order.push_back(number);
    });
  };
  home.post_after(60s, [] { BOOST_ERROR("is not due"); });
  home.post_after(std::chrono::nanoseconds::max(), [] { BOOST_ERROR("is never due"); });
  // Due far later than the others, and posted from another thread than theirs.
  home.post_after(600ms, [&] { done.set_value(); });
  run_on(home, [&] {
    post(60ms, 3);
    post(20ms, 1);
    post(40ms, 2);
  });
  wait_for(done);
  BOOST_TEST(order == (std::vector{1, 2, 3}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(is_used_by_many_threads_at_once) {
  constexpr auto threads = 4;
  constexpr auto rounds = 50;
  asio_network subject{2};
  std::atomic<int> connected = 0;
  {
    std::vector<std::jthread> users;
    for (auto user = 0; user < threads; ++user)
      users.emplace_back([&] {
        for (auto i = 0; i < rounds; ++i) {
          auto listening = subject.listen({"127.0.0.1", 0});
          auto& door = *listening;
          stream_promise accepted;
          stream_promise dialled;
          door->accept(fulfil(accepted));
          auto pending = subject.dial(door->local(), fulfil(dialled));
          // Given up somewhere between its beginning and its end.
          auto hasty = subject.dial(door->local(), [](expected<std::unique_ptr<stream>>) {});
          hasty.reset();
          auto far = wait_for(accepted);
          connected += far && wait_for(dialled);
        }
      });
  }
  BOOST_TEST(connected == threads * rounds);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::net
