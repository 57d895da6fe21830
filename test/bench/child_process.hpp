// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace devp2p::bench {

/// This program again, as a process of its own, whose standard input and output we hold. Ends it
/// when it dies.
class child_process {
public:
  /// Throws `std::system_error` if there can be none.
  explicit child_process(std::vector<std::string> arguments);
  ~child_process();
  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;

  /// Writes a line. Whether the child lives shows when it is read from.
  void write_line(const std::string& text);

  /// The next line that it prints. Throws `std::runtime_error` if none comes.
  [[nodiscard]] std::string read_line();

private:
  int socket_ = -1;
  pid_t id_ = -1;
  std::string unread_;
};

} // namespace devp2p::bench
