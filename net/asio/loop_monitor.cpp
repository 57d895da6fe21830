// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/asio/loop_monitor.hpp"

#include "devp2p/net/asio/event_loop.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace devp2p::net {

namespace {

/// The number of looks without any work after which the monitor sleeps. To wake it costs the next
/// borrower some microseconds.
constexpr unsigned max_idle_looks = 10;

} // namespace

loop_monitor::loop_monitor() : thread_([this] { run(); }) {}

loop_monitor::~loop_monitor() {
  stop();
}

void loop_monitor::watch(std::vector<event_loop*> loops) {
  std::lock_guard guard{mutex_};
  loops_ = std::move(loops);
}

void loop_monitor::stop() {
  {
    std::lock_guard guard{mutex_};
    stopping_ = true;
  }
  stops_.notify_one();
  wake();
  if (thread_.joinable())
    thread_.join();
}

workplace* loop_monitor::watch(borrower& who) {
  auto first = std::hash<std::thread::id>{}(std::this_thread::get_id());
  for (std::size_t i = 0; i < elsewhere_.size(); ++i) {
    auto& place = elsewhere_[(first + i) % elsewhere_.size()].work;
    if (!place.begin(who))
      continue;
    notice();
    return &place;
  }
  return nullptr;
}

void loop_monitor::run() {
  unsigned idle_looks = 0;
  std::unique_lock lock{mutex_};
  while (!stops_.wait_for(lock, patience, [this] { return stopping_; })) {
    idle_looks = look() ? 0 : idle_looks + 1;
    if (idle_looks < max_idle_looks)
      continue;
    lock.unlock();
    sleep();
    lock.lock();
  }
}

/// Returns whether there has been work since the last look.
bool loop_monitor::look() {
  auto now = std::chrono::steady_clock::now();
  auto out = look_elsewhere(now);
  for (auto* loop : loops_)
    out |= loop->look(now);
  return out;
}

bool loop_monitor::look_elsewhere(time_point now) {
  bool out = false;
  std::size_t stuck = 0;
  for (auto& place : elsewhere_)
    out |= place.work.look(
      now, [&](const borrower& who, auto held) { stuck += held > who.patience() ? 1 : 0; });
  if (stuck == 0)
    return out;
  for (auto& place : elsewhere_)
    place.work.look(now, [&](borrower& who, auto held) {
      if (held > who.patience())
        place.work.tell_overdue(who, stuck);
    });
  return out;
}

/// Sleeps until there is work.
void loop_monitor::sleep() {
  asleep_ = true;
  if (may_sleep())
    asleep_.wait(true);
  asleep_ = false;
}

void loop_monitor::wake() {
  asleep_ = false;
  asleep_.notify_one();
}

bool loop_monitor::may_sleep() {
  std::lock_guard guard{mutex_};
  return !stopping_ &&
         std::all_of(loops_.begin(), loops_.end(), [](const auto* x) { return x->rests(); }) &&
         std::all_of(elsewhere_.begin(), elsewhere_.end(),
                     [](const place& x) { return x.work.is_free(); });
}

} // namespace devp2p::net
