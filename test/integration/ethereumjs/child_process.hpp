// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace devp2p::test {

/// Another program, whose standard input and output are lines from and to us. What it writes to its
/// standard error is seen where ours is.
class child_process {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Starts `command.front()`, which is looked for in PATH, with the rest as its arguments. Throws
  /// `std::system_error` if it cannot be started.
  explicit child_process(std::vector<std::string> command);
  /// Closes the program's input, which asks it to end, and kills it if it does not.
  ~child_process();

  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;

  /// False if the program does not read it in time, or no longer.
  [[nodiscard]] bool write_line(const std::string& line, time_point deadline);
  /// Nothing if there is no further line in time, or none any more.
  [[nodiscard]] std::optional<std::string> read_line(time_point deadline);

private:
  bool read_more(time_point deadline);

  /// Ours of the connections to the program; -1 if closed.
  int input_ = -1;
  int output_ = -1;
  pid_t pid_ = -1;
  std::string unread_;
};

} // namespace devp2p::test
