// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <spdlog/async_logger.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace devp2p::tool {

/// A queue of lines for stdout or stderr. A thread of its own writes them, so that no caller waits
/// for their reader. If more than `max_lines` wait, the oldest are lost. A line that says how many
/// precedes the next one written.
class line_queue {
public:
  static constexpr std::size_t max_lines = 4096;
  /// The time that `close` waits for the reader.
  static constexpr std::chrono::seconds patience{2};

  /// The format of lines: the spdlog pattern of a line that was added, and a function that returns
  /// the line for a number of lost lines.
  struct format {
    std::string pattern;
    std::function<std::string(std::size_t)> lost;
  };

  /// Calls `on_failure` from the queue's thread, at most once, if the descriptor cannot be written
  /// any more before `close`.
  line_queue(int descriptor, format how, std::function<void()> on_failure);
  line_queue(const line_queue&) = delete;
  line_queue& operator=(const line_queue&) = delete;
  ~line_queue();

  /// Adds a line to the queue. Callable from any thread.
  void add(std::string_view line) const;
  /// The logger whose lines go to this queue. It must not be used after `close`.
  [[nodiscard]] const std::shared_ptr<spdlog::logger>& log() const { return log_; }

  /// Waits until all lines are written, but not longer than `patience`. Returns 0, or the `errno`
  /// number that says why lines were not written.
  int close();

private:
  class sink;

  std::shared_ptr<spdlog::details::thread_pool> pool_;
  std::shared_ptr<sink> sink_;
  std::shared_ptr<spdlog::logger> log_;
};

} // namespace devp2p::tool
