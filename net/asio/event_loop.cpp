// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/asio/event_loop.hpp"

#include <asio/post.hpp>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstdint>
#include <new>
#include <optional>
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
/// The maximum number of handlers that run before those that are busy have a turn.
constexpr unsigned max_ahead = 16;
/// The time after which objects that were woken let a callback go first.
constexpr auto max_wake_ups = std::chrono::microseconds{500};

/// Returns the time at which a task is due, a hundredth of `delay` late at most: tasks that are due
/// at about the same time are due at once. Thousands of sessions that ping then wake the thread,
/// and their remotes' threads, a few times a second. Times that are rounded to a power of two
/// nanoseconds are due at once although their delays differ.
steady::time_point due_after(steady::duration delay) {
  constexpr steady::duration ever = std::chrono::years{100};
  delay = std::min(delay, ever);
  auto least = std::max<std::int64_t>(delay.count() / 100, 1);
  steady::duration grain{std::bit_floor(static_cast<std::uint64_t>(least))};
  auto due = (steady::now() + delay).time_since_epoch();
  return steady::time_point{(due + grain - steady::duration{1}) / grain * grain};
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

event_loop::event_loop(loop_monitor& monitor) : monitor_(monitor) {
  run_on(add_worker());
}

/// Adds a thread, which waits. Throws `std::system_error` if the system has none to give.
event_loop::worker& event_loop::add_worker() {
  auto& out = workers_.emplace_back();
  try {
    out.thread = std::thread{[this, &out] { work(out); }};
  } catch (...) {
    workers_.pop_back();
    throw;
  }
  return out;
}

/// Has a thread that waits run the loop.
void event_loop::run_on(worker& next) {
  current_ = &next;
  next.what = worker::order::run;
  next.what.notify_one();
}

void event_loop::work(worker& self) {
  using order = worker::order;
  for (;; self.what.wait(order::wait)) {
    if (self.what == order::end)
      return;
    if (self.what == order::wait)
      continue;
    run();
    self.kept = nullptr;
    if (current_ != &self)
      --lost_;
    // By now the thread may have to end.
    auto expected = order::run;
    self.what.compare_exchange_strong(expected, order::wait);
  }
}

void event_loop::run() {
  here_ = std::this_thread::get_id();
  run_alone([this] { run_woken(); }); // The thread before may have left some.
  while (is_here() && !context_.stopped())
    run_alone([this] { run_round(); });
}

/// Runs one callback, and then what it has woken, or sleeps until there is a callback. A loop that
/// has nothing to run makes keys for handshakes to come. After a short sleep it spins first: then
/// round trips do not wait for threads to wake, and idle sessions cost no time.
void event_loop::run_round() {
  if (std::exchange(unarmed_, false))
    await_first();
  if (!run_ready() && !has_woken() && !make_key() && !(soon_ && spin()))
    sleep();
  run_woken(); // The thread may have lost the loop when this returns.
}

/// Runs a callback that is ready. Returns false if there was none, and none since the last such
/// call.
bool event_loop::run_ready() {
  auto waited = !awaited_.empty();
  tasks_ran_ = false;
  if (handlers_ < max_handlers && ahead_ < max_ahead && context_.poll_one() > 0) {
    ++handlers_;
    ++ahead_;
    // After a task, the sockets that wait are watched at once. After a socket, they are watched
    // when each has had its turn: then more has come for each.
    if (waited && tasks_ran_)
      watch_all();
    return true;
  }
  const auto any = std::exchange(ahead_, 0) > 0;
  if (run_busy())
    return true;
  if (awaited_.size() > 1 || handlers_ == max_handlers)
    watch_all();
  return std::exchange(handlers_, 0) > 0 || any;
}

/// Gives a turn to the busy socket that has waited longest, and to an object that its own time has
/// cut short. Returns whether there was any.
bool event_loop::run_busy() {
  if (late_.empty() && busy_.empty())
    return false;
  if (!late_.empty())
    woken_.push(late_.pop());
  if (!busy_.empty()) {
    auto socket = std::move(busy_.front());
    busy_.pop_front();
    run_alone([&] { socket->call_those_due(); });
  }
  // Before the next one, others that have become ready meanwhile have their turn. The loop may come
  // to no spin and to no sleep, in which it would look at a socket that waits alone.
  watch_all();
  handlers_ = 0;
  return true;
}

bool event_loop::call_later(std::shared_ptr<watched_socket> socket) {
  try {
    // A socket is here once for each of its observers at most.
    busy_.push_back(std::move(socket));
    return true;
  } catch (const std::bad_alloc&) {
    return false;
  }
}

void event_loop::sleep() {
  watch_all();
  if (has_woken())
    return;
  auto since = steady::now();
  if (unarmed_)
    context_.run_one_for(retry_pause);
  else
    context_.run_one();
  soon_ = steady::now() - since < max_spin;
}

/// Takes the objects that other threads have woken.
void event_loop::take_woken() {
  std::lock_guard guard{mutex_};
  woken_.push_all(to_wake_);
  any_to_wake_ = false;
}

/// Returns whether objects wait that a callback has woken.
bool event_loop::has_woken() const {
  return !woken_.empty() || !waking_.empty() || !late_.empty();
}

/// Calls the objects that were woken up to now, as far as there is time. No callback is under way:
/// if one of them loses the thread that it has lent, the next thread goes on here.
void event_loop::run_woken() {
  if (any_to_wake_)
    take_woken();
  if (!awake_ && waking_.empty())
    std::swap(waking_, woken_);
  std::optional<steady::time_point> until;
  while (awake_ || !waking_.empty()) {
    if (!awake_)
      awake_ = waking_.pop();
    run_alone([this] { awake_->on_wake(); });
    if (!is_here())
      return;
    awake_ = nullptr;
    if (waking_.empty())
      return;
    auto now = steady::now();
    if (!until)
      until = now + max_wake_ups;
    else if (now >= *until)
      return;
  }
}

void event_loop::await_bytes(std::shared_ptr<watched_socket> socket) {
  awaited_.push_back(std::move(socket));
}

/// Calls the reader of the only socket that waits, if that has bytes; with `for_end` also if it has
/// ended. Returns whether it was called. To ask the socket is half the work of having the system
/// watch it. Answers to what was read before are on their way by then.
bool event_loop::look_at_last(bool for_end) {
  if (awaited_.size() != 1)
    return false;
  auto& last = *awaited_.front();
  if (!(for_end ? last.has_news() : last.has_bytes()))
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

/// Polls for up to `max_spin`, and yields the processor meanwhile. Returns whether a callback has
/// run.
bool event_loop::spin() {
  auto now = steady::now();
  const auto until = now + max_spin;
  for (unsigned round = 1; now < until && now >= quiet_until_; ++round) {
    const auto only_last = !awaited_.empty() && round % looks_at_last != 0;
    if (look_at_last(!only_last))
      return true;
    if (only_last)
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

/// Makes one key if the loop wants some, unless the last socket has bytes. Returns whether it did
/// either.
bool event_loop::make_key() {
  if (!keys().wants_more())
    return false;
  if (!look_at_last(false))
    keys().make_one();
  return true;
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
  // An object that wakes itself has not finished, and lets others go first.
  if (is_here())
    return (who == awake_ ? late_ : woken_).push(std::move(who));
  tell_thread([&] {
    to_wake_.push(std::move(who));
    any_to_wake_ = true;
  });
}

loop::timer event_loop::post_after(std::chrono::nanoseconds delay, std::function<void()> task) {
  timer out{due_after(delay)};
  auto here = is_here();
  {
    std::lock_guard guard{mutex_};
    if (dropping_)
      return {};
    out.number = last_number_ + 1;
    later_.emplace(out, std::move(task));
    last_number_ = out.number;
    if (out.due >= looks_at_)
      return out;
    looks_at_ = out.due;
    if (!here && std::exchange(told_of_first_, true))
      return out;
  }
  if (here)
    await_first();
  else
    asio::post(context_, news_of_first_.keep([this] {
      {
        std::lock_guard guard{mutex_};
        told_of_first_ = false;
      }
      await_first();
    }));
  return out;
}

// The timer stays as it is: tasks that are dropped are many, and to set it takes a system call.
void event_loop::drop(const timer& which) noexcept {
  timetable::node_type dropped; // Destroyed outside the lock.
  std::lock_guard guard{mutex_};
  dropped = later_.extract(which);
}

void event_loop::await_first() {
  {
    std::lock_guard guard{mutex_};
    looks_at_ = later_.empty() ? steady::time_point::max() : later_.begin()->first.due;
    if (later_.empty())
      return;
    timer_.expires_at(looks_at_);
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
  if (later_.empty() || later_.begin()->first.due > now)
    return {};
  return later_.extract(later_.begin());
}

/// Makes `task` due again after `retry_pause`. Needs no memory.
void event_loop::put_off(timetable::node_type task) {
  task.key().due = steady::now() + retry_pause;
  std::lock_guard guard{mutex_};
  if (!dropping_)
    later_.insert(std::move(task));
}

void event_loop::run_tasks() {
  // Tasks that these tasks post run in the next round, after the sockets had their turn.
  tasks_ran_ = true;
  {
    std::lock_guard guard{mutex_};
    round_.swap(tasks_);
    told_ = false;
  }
  for (auto& task : round_) {
    run_alone(task);
    task = nullptr; // Releases what it owns now, not when all have run.
  }
  round_.clear();
}

bool event_loop::is_here() const noexcept {
  return here_.load(std::memory_order_relaxed) == std::this_thread::get_id();
}

workplace* event_loop::lend(borrower& who) noexcept {
  if (lost_ >= max_lost)
    return nullptr;
  auto& place = current_.load()->place;
  here_ = std::thread::id{}; // Before the monitor may take the loop.
  if (!place.begin(who)) {
    here_ = std::this_thread::get_id();
    return nullptr;
  }
  monitor_.notice();
  return &place;
}

bool event_loop::take_back(workplace& lent) noexcept {
  if (!lent.end())
    return false;
  here_ = std::this_thread::get_id();
  return true;
}

workplace* event_loop::watch(borrower& who) noexcept {
  return monitor_.watch(who);
}

bool event_loop::look(workplace::time_point now) {
  bool out = false;
  for (auto& x : workers_)
    out |= x.place.look(now, [&](borrower& who, auto held) {
      if (&x == current_ && held >= loop_monitor::patience)
        take_from(x, who);
      if (held > who.patience())
        x.place.tell_overdue(who, 0);
    });
  return out;
}

/// Has another thread run the loop. Without one, the next look tries again.
void event_loop::take_from(worker& lost, borrower& who) {
  run_alone([&] {
    auto& next = spare();
    lost.place.take(who);
    lost.kept = awake_;
    ++lost_;
    run_on(next);
  });
}

/// Returns a thread that waits. Throws `std::system_error` if the system has none to give.
event_loop::worker& event_loop::spare() {
  auto i = std::find_if(workers_.begin(), workers_.end(),
                        [](const worker& x) { return x.what == worker::order::wait; });
  return i != workers_.end() ? *i : add_worker();
}

bool event_loop::rests() const {
  return std::all_of(workers_.begin(), workers_.end(),
                     [](const worker& x) { return x.place.is_free(); });
}

void event_loop::stop() {
  context_.stop();
  for (auto& x : workers_) {
    x.what = worker::order::end;
    x.what.notify_one();
    if (x.thread.joinable())
      x.thread.join();
  }
}

void event_loop::drop_tasks() {
  // Destroyed outside the lock: objects that a task owns may post when they are destroyed.
  decltype(tasks_) dropped;
  decltype(later_) dropped_later;
  wake_list dropped_sleepers;
  std::swap(dropped_sleepers, waking_);
  dropped_sleepers.push_all(woken_);
  dropped_sleepers.push_all(late_);
  awake_ = nullptr;
  std::lock_guard guard{mutex_};
  dropping_ = true;
  dropped.swap(tasks_);
  dropped_sleepers.push_all(to_wake_);
  dropped_later.swap(later_);
}

loop_pool::loop_pool(std::size_t size) {
  loops_.reserve(size);
  while (loops_.size() < size)
    loops_.push_back(std::make_unique<event_loop>(monitor_));
  std::vector<event_loop*> all;
  for (auto& loop : loops_)
    all.push_back(loop.get());
  monitor_.watch(std::move(all));
}

loop_pool::~loop_pool() {
  monitor_.stop();
  for (auto& loop : loops_)
    loop->stop();
  for (auto& loop : loops_)
    loop->drop_tasks();
}

event_loop& loop_pool::next() {
  return *loops_[turn_.fetch_add(1, std::memory_order_relaxed) % loops_.size()];
}

} // namespace devp2p::net
