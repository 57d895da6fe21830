// SPDX-License-Identifier: BSL-1.0
#include "line_queue.hpp"

#include "devp2p/simulator/program/descriptor_writer.hpp"

#include <spdlog/details/null_mutex.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>

#include <atomic>
#include <chrono>
#include <utility>

namespace devp2p::tool {

/// The writing end of the queue. Only the queue's thread uses it, except `hurry`.
class line_queue::sink : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
public:
  using clock = std::chrono::steady_clock;

  sink(int descriptor, format how, std::function<void()> on_failure)
    : descriptor_(descriptor),
      lost_line_(std::move(how.lost)),
      on_failure_(std::move(on_failure)) {
    set_formatter_(std::make_unique<spdlog::pattern_formatter>(how.pattern));
  }

  /// Sets the pool that counts lost lines. Call it before the first line.
  void count_by(std::shared_ptr<spdlog::details::thread_pool> pool) { pool_ = pool; }

  /// Sets a deadline: lines that are not written within `patience` are dropped.
  void hurry(clock::duration patience) {
    end_ = (clock::now() + patience).time_since_epoch();
    hurried_ = true;
  }

  /// The `errno` number of the failure, or 0. Call it when the queue's thread has ended.
  [[nodiscard]] int error() const { return error_; }

protected:
  void sink_it_(const spdlog::details::log_msg& line) override {
    if (error_ != 0)
      return;
    if (auto pool = pool_.lock())
      say_lost(pool->overrun_counter());
    spdlog::memory_buf_t text;
    formatter_->format(line, text);
    write({text.data(), text.size()});
  }
  void flush_() override {}

private:
  void say_lost(std::size_t count) {
    if (count > lost_)
      write(lost_line_(count - std::exchange(lost_, count)) + '\n');
  }

  void write(std::string_view text) {
    if (error_ != 0)
      return;
    error_ = write_all(descriptor_, text,
                       [&] { return !hurried_ || clock::now().time_since_epoch() < end_.load(); });
    if (error_ != 0 && !hurried_)
      on_failure_();
  }

  const int descriptor_;
  const std::function<std::string(std::size_t)> lost_line_;
  const std::function<void()> on_failure_;
  std::weak_ptr<spdlog::details::thread_pool> pool_;
  std::atomic<clock::duration> end_{};
  std::atomic<bool> hurried_ = false;
  std::size_t lost_ = 0;
  int error_ = 0;
};

line_queue::line_queue(int descriptor, format how, std::function<void()> on_failure)
  : pool_(std::make_shared<spdlog::details::thread_pool>(max_lines, 1)),
    sink_(std::make_shared<sink>(descriptor, std::move(how), std::move(on_failure))),
    log_(std::make_shared<spdlog::async_logger>("devp2p", sink_, pool_,
                                                spdlog::async_overflow_policy::overrun_oldest)) {
  sink_->count_by(pool_);
}

line_queue::~line_queue() {
  close();
}

void line_queue::add(std::string_view line) const {
  log_->info(line);
}

int line_queue::close() {
  sink_->hurry(patience);
  pool_.reset(); // Waits for its thread.
  return sink_->error();
}

} // namespace devp2p::tool
