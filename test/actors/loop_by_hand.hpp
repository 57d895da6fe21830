// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/loop_unit.hpp"
#include "devp2p/messages/type_ids.hpp"
#include "devp2p/net/network.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
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
  void post_after(std::chrono::nanoseconds, std::function<void()> task) override {
    std::lock_guard guard{mutex_};
    later.push_back(std::move(task));
  }
  void wake(std::shared_ptr<net::wakeable> who) noexcept override {
    post([who] { who->on_wake(); });
  }

  [[nodiscard]] std::size_t tasks() const {
    std::lock_guard guard{mutex_};
    return tasks_.size();
  }

  /// Runs the first task. Returns false if there is none.
  bool run_one() {
    std::function<void()> task;
    {
      std::lock_guard guard{mutex_};
      if (tasks_.empty())
        return false;
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    task();
    return true;
  }

  /// Tasks that are not due yet.
  std::vector<std::function<void()>> later;

private:
  mutable std::mutex mutex_;
  std::deque<std::function<void()>> tasks_;
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
