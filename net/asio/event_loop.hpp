// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/asio/loop_monitor.hpp"
#include "devp2p/net/asio/name_resolver.hpp"
#include "devp2p/net/asio/reserved_memory.hpp"
#include "devp2p/net/asio/watched_socket.hpp"
#include "devp2p/net/network.hpp"

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace devp2p::net {

/// The pause before a loop, a listener or a socket that ran out of memory tries again.
inline constexpr std::chrono::milliseconds retry_pause{100};

/// An `asio::io_context` and the one thread that runs it. If the loop lends that and does not get
/// it back in time, another thread of the loop takes its place.
///
/// Tasks are kept here and not in the context, so that they can be dropped while all loops are
/// still there: a task may own a stream of another loop.
class event_loop : public loop {
public:
  /// The maximum number of threads that are lent and have lost the loop.
  static constexpr std::size_t max_lost = 16;

  /// `monitor` must outlive the loop.
  explicit event_loop(loop_monitor& monitor);
  ~event_loop() override;

  void post(std::function<void()> task) override;
  timer post_after(std::chrono::nanoseconds delay, std::function<void()> task) override;
  void drop(const timer& which) noexcept override;
  void wake(std::shared_ptr<wakeable> who) noexcept override;
  [[nodiscard]] bool is_here() const noexcept override;
  workplace* lend(borrower& who) noexcept override;
  bool take_back(workplace& lent) noexcept override;
  workplace* watch(borrower& who) noexcept override;

  /// Calls the socket's reader once bytes, the end or an error have come. Only for the loop's own
  /// thread.
  void await_bytes(std::shared_ptr<watched_socket> socket);

  /// Calls the observers of that socket that are due, when others had their turn. Returns false if
  /// there is no memory for that. Only for the loop's own thread.
  [[nodiscard]] bool call_later(std::shared_ptr<watched_socket> socket);

  [[nodiscard]] asio::io_context& context() { return context_; }

  /// Ends the threads when what they run has returned.
  void stop();

  // For the monitor.

  /// Goes on with another thread if the loop's has been lent for too long, and tells borrowers that
  /// are overdue. Returns whether there has been a borrower since the last call.
  bool look(workplace::time_point now);
  /// Returns true iff no thread is lent.
  [[nodiscard]] bool rests() const;

  /// Drops the tasks that have not run and those that are still to come.
  void drop_tasks();

private:
  /// Tasks in the order of the times at which they are due, and then of their numbers.
  using timetable = std::map<timer, std::function<void()>>;

  /// One of the loop's threads. All but one are lent, or wait for their turn to run the loop.
  struct worker {
    enum class order : std::uint8_t { wait, run, end };

    workplace place;
    std::atomic<order> what = order::wait;
    /// If it has lost the loop: the object that it was waking.
    std::shared_ptr<wakeable> kept;
    std::thread thread;
  };

  void work(worker& self);
  void run();
  void run_round();
  bool run_ready();
  bool run_busy();
  void sleep();
  void take_woken();
  void run_woken();
  [[nodiscard]] bool has_woken() const;
  bool look_at_last(bool for_end);
  void watch_all();
  bool spin();
  bool make_key();
  /// Calls `add`, with the lock, and tells the thread that there is something to run.
  void tell_thread(auto add);
  void run_tasks();
  void await_first();
  void run_due();
  timetable::node_type take_due(std::chrono::steady_clock::time_point now);
  void put_off(timetable::node_type task);
  worker& add_worker();
  worker& spare();
  void take_from(worker& lost, borrower& who);
  void run_on(worker& next);

  /// Memory for the one call of `run_tasks` that is under way.
  reserved_memory wake_up_;
  /// Memory for the one call of `await_first` that is under way.
  reserved_memory news_of_first_;
  /// The hint says that one thread runs the context; others may still post to it.
  asio::io_context context_{1};
  asio::executor_work_guard<asio::io_context::executor_type> open_{context_.get_executor()};
  std::mutex mutex_;
  std::vector<std::function<void()>> tasks_;
  wake_list to_wake_;
  /// Whether there is something in `to_wake_`.
  std::atomic<bool> any_to_wake_ = false;
  /// Whether a call of `run_tasks` is under way, for what is in `tasks_` and `to_wake_`.
  bool told_ = false;
  timetable later_;
  /// The number of the last task that was put into `later_`.
  std::uint64_t last_number_ = 0;
  /// The time to which `timer_` is set, or will be by the call of `await_first` that is under way:
  /// when the first of `later_` is due, or sooner if one was dropped.
  std::chrono::steady_clock::time_point looks_at_ = std::chrono::steady_clock::time_point::max();
  /// Whether a call of `await_first` is under way.
  bool told_of_first_ = false;
  asio::steady_timer timer_{context_};
  bool dropping_ = false;
  /// For the loop's thread only: sockets that wait, and that the system does not watch yet.
  std::vector<std::shared_ptr<watched_socket>> awaited_;
  /// For the loop's thread only: sockets that are ready, and that move much. One is called when no
  /// other is ready, or a few had their turn: a socket with little to say does not wait for all
  /// that have much, but for one of them.
  std::deque<std::shared_ptr<watched_socket>> busy_;
  /// For the loop's thread only: the number of handlers that have run since those that are busy had
  /// a turn.
  unsigned ahead_ = 0;
  /// For the loop's thread only: the tasks that have their turn.
  std::vector<std::function<void()>> round_;
  /// For the loop's thread only: the objects that are woken as soon as the callback has returned.
  wake_list woken_;
  /// For the loop's thread only: those of them that have their turn now.
  wake_list waking_;
  /// For the loop's thread only: those that have woken themselves, and wait as busy sockets do.
  wake_list late_;
  /// For the loop's thread only: the object that is being woken; null if there is none.
  std::shared_ptr<wakeable> awake_;
  /// For the loop's thread only: the number of handlers that have run since the system was last
  /// told of all sockets that wait.
  unsigned handlers_ = 0;
  /// For the loop's thread only: whether there was no memory to set the timer.
  bool unarmed_ = false;
  /// For the loop's thread only: whether the last sleep was a short one.
  bool soon_ = false;
  /// For the loop's thread only: whether tasks have run, posted or due, since it looked last.
  bool tasks_ran_ = false;
  /// For the loop's thread only: the time before which it does not spin, because other threads need
  /// its processor.
  std::chrono::steady_clock::time_point quiet_until_;
  loop_monitor& monitor_;
  /// The thread that runs the loop; none while that is lent.
  std::atomic<std::thread::id> here_;
  std::atomic<worker*> current_ = nullptr;
  /// The number of threads that are lent and have lost the loop.
  std::atomic<std::size_t> lost_ = 0;
  /// For the monitor's thread only, while there is one.
  std::list<worker> workers_;
};

/// The loops of one network, and its resolver. `next` may be called from any thread.
class loop_pool {
public:
  explicit loop_pool(std::size_t size);
  ~loop_pool();

  /// Returns the loops in turn.
  event_loop& next();
  event_loop& first() { return *loops_.front(); }

  [[nodiscard]] name_resolver& names() { return names_; }

private:
  loop_monitor monitor_;
  std::vector<std::unique_ptr<event_loop>> loops_;
  /// Destroyed before the loops, because it posts results to them.
  name_resolver names_;
  std::atomic<std::size_t> turn_ = 0;
};

} // namespace devp2p::net
