// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/asio/event_loop.hpp"

#include <asio/post.hpp>

namespace devp2p::net {

event_loop::event_loop() : thread_([this] { context_.run(); }) {}

event_loop::~event_loop() {
  stop();
  drop_tasks();
}

void event_loop::post(std::function<void()> task) {
  {
    std::lock_guard guard{mutex_};
    if (dropping_)
      return;
    tasks_.push_back(std::move(task));
    // Whoever posted the first of these has woken the thread already.
    if (tasks_.size() > 1)
      return;
  }
  asio::post(context_, [this] { run_tasks(); });
}

void event_loop::run_tasks() {
  // What these tasks post runs in the next round, after the sockets had their turn.
  std::vector<std::function<void()>> round;
  {
    std::lock_guard guard{mutex_};
    round.swap(tasks_);
  }
  for (auto& task : round) {
    task();
    task = nullptr; // What it owns goes now, not when all have run.
  }
}

void event_loop::stop() {
  context_.stop();
  if (thread_.joinable())
    thread_.join();
}

void event_loop::drop_tasks() {
  // Destroyed outside the lock: what a task owns may post when it dies.
  std::vector<std::function<void()>> dropped;
  std::lock_guard guard{mutex_};
  dropping_ = true;
  dropped.swap(tasks_);
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
