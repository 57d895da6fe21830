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

/// Lines on their way to stdout or stderr: they wait in a queue, and a thread of its own writes
/// them, so that nobody waits for who reads them. If too many wait, the oldest are lost; what is
/// written next says how many.
class line_queue {
public:
  static constexpr std::size_t max_lines = 4096;
  /// At the end, for who reads them.
  static constexpr std::chrono::seconds patience{2};

  /// How a line is written, as spdlog has it: one that was given, and one that says how many were
  /// lost.
  struct format {
    std::string pattern;
    std::function<std::string(std::size_t)> lost;
  };

  /// `on_failure` is called once, from that thread, when the descriptor cannot be written any more.
  line_queue(int descriptor, format how, std::function<void()> on_failure);
  line_queue(const line_queue&) = delete;
  line_queue& operator=(const line_queue&) = delete;
  ~line_queue();

  /// Callable from any thread.
  void add(std::string_view line) const;
  /// Whoever logs there; must not be used any more when this is closed.
  [[nodiscard]] const std::shared_ptr<spdlog::logger>& log() const { return log_; }

  /// Waits until all is written, but not longer than `patience`. Returns 0, or why lines
  /// were not written, as a number of `errno`.
  int close();

private:
  class sink;

  std::shared_ptr<spdlog::details::thread_pool> pool_;
  std::shared_ptr<sink> sink_;
  std::shared_ptr<spdlog::logger> log_;
};

} // namespace devp2p::tool
