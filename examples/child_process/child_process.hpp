// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace devp2p {

/// Another program, which we talk to line by line: it reads from stdin what we write, and we read
/// what it prints on stdout. Its stderr is ours. Killed, if it still runs, when this dies.
///
/// Not thread-safe.
class child_process {
public:
  using clock = std::chrono::steady_clock;

  /// Starts `command[0]`, which is looked for in PATH if it names no folder, with the rest as its
  /// arguments. Throws `std::system_error` if it cannot be started.
  explicit child_process(const std::vector<std::string>& command);
  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;
  ~child_process();

  /// False if the child does not read it in time, or no longer.
  bool write_line(std::string_view line, clock::time_point until);

  /// The child finds the end of its stdin.
  void end_input();

  void signal(int number);

  /// The next line of its stdout, without its end; nothing if there is none until then.
  std::optional<std::string> read_line(clock::time_point until);

  /// Its exit status, or 128 and the number of the signal that ended it; nothing if it still runs
  /// then.
  std::optional<int> wait(clock::time_point until);

private:
  pid_t id_ = -1;
  /// Readable when the child has ended.
  int ended_ = -1;
  /// Our ends of the child's stdin and stdout. Two sockets, because some programs shut down all of
  /// one whose input ends.
  int input_ = -1;
  int output_ = -1;
  std::string unread_;
  std::optional<int> status_;
};

} // namespace devp2p
