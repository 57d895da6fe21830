// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/loop_unit.hpp"
#include "devp2p/messages/type_ids.hpp"
#include "devp2p/net/network.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace devp2p::test {

/// A loop that runs its tasks when the test says so.
class loop_by_hand : public net::loop {
public:
  void post(std::function<void()> task) override {
    std::lock_guard guard{mutex_};
    tasks_.push_back(std::move(task));
  }
  timer post_after(std::chrono::nanoseconds, std::function<void()> task) override {
    std::lock_guard guard{mutex_};
    timer out{std::chrono::steady_clock::time_point::max(), ++timers_};
    later.emplace(out, std::move(task));
    return out;
  }
  void drop(const timer& which) noexcept override {
    std::lock_guard guard{mutex_};
    later.erase(which);
  }
  void wake(std::shared_ptr<net::wakeable> who) noexcept override {
    std::lock_guard guard{mutex_};
    woken_.push_back(std::move(who));
  }
  [[nodiscard]] bool is_here() const noexcept override {
    return std::this_thread::get_id() == here_;
  }
  net::workplace* lend(net::borrower& who) noexcept override {
    return lends && place_.begin(who) ? &place_ : nullptr;
  }
  bool take_back(net::workplace& lent) noexcept override { return lent.end(); }
  net::workplace* watch(net::borrower&) noexcept override { return nullptr; }

  /// Returns the number of tasks and of objects that are woken.
  [[nodiscard]] std::size_t tasks() const {
    std::lock_guard guard{mutex_};
    return tasks_.size() + woken_.size();
  }

  /// Runs a callback of the network, and then what is woken by then.
  template <class Callback>
  void run(const Callback& callback) {
    callback();
    decltype(woken_) woken;
    {
      std::lock_guard guard{mutex_};
      woken.swap(woken_);
    }
    for (auto& x : woken)
      x->on_wake();
  }

  /// Runs the first task, and then what is woken. Returns false if there is neither.
  bool run_one() {
    if (tasks() == 0)
      return false;
    run([this] {
      if (auto task = next_task())
        task();
    });
    return true;
  }

  /// Does what the monitor does when the borrower, in whose work this is called, has held the loop
  /// for too long. Afterwards the test plays the next thread, from `go_on`.
  void take() {
    look([this](net::borrower& who) { place_.take(who); });
    here_ = std::thread::id{};
  }
  void go_on() { here_ = std::this_thread::get_id(); }
  /// Does what the monitor does when that borrower is overdue.
  void tell_overdue() {
    look([this](net::borrower& who) { place_.tell_overdue(who, 0); });
  }

  /// Tasks that are not due yet.
  std::map<timer, std::function<void()>> later;
  /// Whether it has threads to lend.
  bool lends = true;

private:
  template <class Look>
  void look(const Look& look) {
    place_.look(std::chrono::steady_clock::now(), [&](net::borrower& who, auto) { look(who); });
  }

  std::function<void()> next_task() {
    std::lock_guard guard{mutex_};
    if (tasks_.empty())
      return {};
    auto out = std::move(tasks_.front());
    tasks_.pop_front();
    return out;
  }

  std::thread::id here_ = std::this_thread::get_id();
  net::workplace place_;
  mutable std::mutex mutex_;
  std::uint64_t timers_ = 0;
  std::deque<std::function<void()>> tasks_;
  std::vector<std::shared_ptr<net::wakeable>> woken_;
};

/// An actor system and a loop on the test's own thread. The test must end all actors that it
/// spawns.
struct loop_fixture {
  struct configuration : caf::actor_system_config {
    configuration() { add_types(*this); }
  };

  loop_by_hand loop;
  configuration config;
  caf::actor_system system{config};
  std::shared_ptr<loop_unit> unit = std::make_shared<loop_unit>(system, loop);

  /// Runs tasks until none is left.
  void settle() {
    while (loop.run_one())
      continue;
  }
};

} // namespace devp2p::test
