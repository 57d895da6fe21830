// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/asio/event_loop.hpp"

#include <asio/dispatch.hpp>
#include <asio/post.hpp>

#include <algorithm>
#include <chrono>
#include <new>
#include <utility>

namespace devp2p::net {

namespace {

using steady = std::chrono::steady_clock;

/// The longest spin, and the longest sleep after which the loop spins. To wake a thread takes about
/// half as long.
constexpr auto max_spin = std::chrono::microseconds{100};
/// A thread that gets the processor back only after this time has taken it from a thread that needs
/// it.
constexpr auto crowded = std::chrono::microseconds{500};
/// The time for which such a thread does not spin, but sleeps when it has no work.
constexpr auto backoff = std::chrono::seconds{1};
/// The number of rounds of a spin of which only one looks at more than the last socket.
constexpr unsigned looks_at_last = 8;
/// The maximum number of handlers that run before the system watches for all sockets that wait.
constexpr unsigned max_handlers = 64;

/// Returns the time at which a task is due, a hundredth of `delay` late at most: tasks that are due
/// at about the same time are due at once. Thousands of sessions that ping then wake the thread,
/// and their remotes' threads, a few times a second.
steady::time_point due_after(steady::duration delay) {
  constexpr steady::duration ever = std::chrono::years{100};
  delay = std::min(delay, ever);
  auto grain = std::max(delay / 100, steady::duration{1});
  auto due = (steady::now() + delay).time_since_epoch();
  return steady::time_point{(due / grain + 1) * grain};
}

/// Runs `task` and drops what it throws, so that the tasks after it have their turn.
template <class Task>
void run_alone(const Task& task) {
  try {
    task();
  } catch (...) {
    return; // Only the task's owner has failed.
  }
}

} // namespace

event_loop::event_loop() : thread_([this] { run(); }) {}

void event_loop::run() {
  while (!context_.stopped())
    run_alone([this] { run_round(); });
}

/// Runs what is ready, or sleeps until there is something. After a short sleep the loop spins
/// first: then round trips do not wait for threads to wake, and idle sessions cost no time.
void event_loop::run_round() {
  if (awaited_.size() > 1)
    watch_all();
  if (std::exchange(unarmed_, false))
    await_first();
  if (run_ready() || (soon_ && spin()))
    return;
  watch_all();
  auto since = steady::now();
  if (unarmed_)
    context_.run_one_for(retry_pause);
  else
    context_.run_one();
  soon_ = steady::now() - since < max_spin;
}

/// Runs what is ready, `max_handlers` handlers at most, as there may always be more. Returns
/// whether any has run.
bool event_loop::run_ready() {
  for (unsigned count = 0; count < max_handlers; ++count) {
    auto waited = !awaited_.empty();
    tasks_ran_ = false;
    if (context_.poll_one() == 0)
      return count > 0;
    // After a task, the sockets that wait are watched at once. After a socket, they are watched
    // when each has had its turn: then more has come for each.
    if (waited && tasks_ran_)
      watch_all();
  }
  watch_all();
  return true;
}

void event_loop::await_bytes(std::shared_ptr<watched_socket> socket) {
  awaited_.push_back(std::move(socket));
}

/// Calls the reader of the only socket that waits, if that has bytes; returns whether it has. To
/// ask the socket is half the work of having the system watch it. Answers to what was read before
/// are on their way by then.
bool event_loop::look_at_last() {
  if (awaited_.size() != 1 || !awaited_.front()->has_bytes())
    return false;
  auto socket = std::move(awaited_.front());
  awaited_.clear();
  socket->call_reader();
  return true;
}

void event_loop::watch_all() {
  // A socket that cannot be watched calls its reader, which may await another socket.
  for (std::size_t i = 0; i < awaited_.size(); ++i) {
    auto& socket = *awaited_[i];
    run_alone([&] { socket.watch_for_reader(); });
  }
  awaited_.clear();
}

/// Polls for up to `max_spin`, and yields the processor meanwhile. Returns whether a handler has
/// run.
bool event_loop::spin() {
  auto now = steady::now();
  const auto until = now + max_spin;
  for (unsigned round = 1; now < until && now >= quiet_until_; ++round) {
    if (look_at_last())
      return true;
    if (!awaited_.empty() && round % looks_at_last != 0)
      continue;
    std::this_thread::yield();
    if (run_ready())
      return true;
    auto before = std::exchange(now, steady::now());
    if (now - before > crowded)
      quiet_until_ = now + backoff;
  }
  return false;
}

event_loop::~event_loop() {
  stop();
  drop_tasks();
}

void event_loop::tell_thread(auto add) {
  {
    std::lock_guard guard{mutex_};
    if (dropping_)
      return;
    add();
    if (std::exchange(told_, true))
      return;
  }
  asio::post(context_, wake_up_.keep([this] { run_tasks(); }));
}

void event_loop::post(std::function<void()> task) {
  tell_thread([&] { tasks_.push_back(std::move(task)); });
}

void event_loop::wake(std::shared_ptr<wakeable> who) noexcept {
  tell_thread([&] { to_wake_.push(std::move(who)); });
}

void event_loop::post_after(std::chrono::nanoseconds delay, std::function<void()> task) {
  auto due = due_after(delay);
  {
    std::lock_guard guard{mutex_};
    if (dropping_)
      return;
    auto added = later_.emplace(due, std::move(task));
    if (added != later_.begin() || std::exchange(told_of_first_, true))
      return;
  }
  asio::dispatch(context_, news_of_first_.keep([this] {
    {
      std::lock_guard guard{mutex_};
      told_of_first_ = false;
    }
    await_first();
  }));
}

void event_loop::await_first() {
  {
    std::lock_guard guard{mutex_};
    if (later_.empty())
      return;
    timer_.expires_at(later_.begin()->first);
  }
  try {
    timer_.async_wait([this](const std::error_code& error) {
      if (!error)
        run_due();
    });
  } catch (const std::bad_alloc&) {
    unarmed_ = true;
  }
}

void event_loop::run_due() {
  tasks_ran_ = true;
  const auto now = steady::now();
  while (auto task = take_due(now))
    run_alone([&] {
      try {
        task.mapped()();
      } catch (const std::bad_alloc&) {
        put_off(std::move(task));
      }
    });
  await_first();
}

/// Returns the first task if it is due, or else an empty node.
event_loop::timetable::node_type event_loop::take_due(steady::time_point now) {
  std::lock_guard guard{mutex_};
  if (later_.empty() || later_.begin()->first > now)
    return {};
  return later_.extract(later_.begin());
}

/// Makes `task` due again after `retry_pause`. Needs no memory.
void event_loop::put_off(timetable::node_type task) {
  task.key() = steady::now() + retry_pause;
  std::lock_guard guard{mutex_};
  if (!dropping_)
    later_.insert(std::move(task));
}

void event_loop::run_tasks() {
  // Tasks that these tasks post run in the next round, after the sockets had their turn.
  tasks_ran_ = true;
  wake_list to_wake;
  {
    std::lock_guard guard{mutex_};
    round_.swap(tasks_);
    std::swap(to_wake, to_wake_);
    told_ = false;
  }
  for (auto& task : round_) {
    run_alone(task);
    task = nullptr; // Releases what it owns now, not when all have run.
  }
  round_.clear();
  while (!to_wake.empty())
    run_alone([who = to_wake.pop()] { who->on_wake(); });
}

void event_loop::stop() {
  context_.stop();
  if (thread_.joinable())
    thread_.join();
}

void event_loop::drop_tasks() {
  // Destroyed outside the lock: objects that a task owns may post when they are destroyed.
  decltype(tasks_) dropped;
  decltype(later_) dropped_later;
  wake_list dropped_sleepers;
  std::lock_guard guard{mutex_};
  dropping_ = true;
  dropped.swap(tasks_);
  std::swap(dropped_sleepers, to_wake_);
  dropped_later.swap(later_);
}

loop_pool::loop_pool(std::size_t size) {
  loops_.reserve(size);
  while (loops_.size() < size)
    loops_.push_back(std::make_unique<event_loop>());
}

loop_pool::~loop_pool() {
  for (auto& loop : loops_)
    loop->stop();
  for (auto& loop : loops_)
    loop->drop_tasks();
}

event_loop& loop_pool::next() {
  return *loops_[turn_.fetch_add(1, std::memory_order_relaxed) % loops_.size()];
}

} // namespace devp2p::net
