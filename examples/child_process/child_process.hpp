// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace devp2p {

/// Another program, driven line by line: this process writes to its stdin and reads its stdout.
/// Both share one stderr. The destructor kills the child if it still runs.
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

  /// Writes `line` and a newline to the child's stdin. Returns false if the child does not accept
  /// all of it before `until`, or reads no more.
  bool write_line(std::string_view line, clock::time_point until);

  /// Ends the child's stdin.
  void end_input();

  void signal(int number);

  /// Returns the next line of the child's stdout, without its newline. Returns `nullopt` if there
  /// is none before `until`.
  std::optional<std::string> read_line(clock::time_point until);

  /// Returns the child's exit status, or 128 plus the number of the signal that ended it. Returns
  /// `nullopt` if the child still runs at `until`.
  std::optional<int> wait(clock::time_point until);

  /// Returns true iff the child is stopped by a signal before `until`.
  [[nodiscard]] bool wait_for_stop(clock::time_point until) const;

private:
  pid_t id_ = -1;
  /// A pidfd, readable when the child has ended.
  int ended_ = -1;
  /// Our end of the child's stdin. It is a socket apart from stdout's, because some programs shut
  /// down both directions of a socket whose input ends.
  int input_ = -1;
  /// Our end of the child's stdout.
  int output_ = -1;
  std::string unread_;
  std::optional<int> status_;
};

} // namespace devp2p
