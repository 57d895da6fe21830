// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace devp2p::test {

/// A copy of this process that runs a function and exits. The function gets the writing end of a
/// pipe; this process reads the other. Killed at the end of the scope.
class forked {
public:
  explicit forked(const std::function<void(int)>& task) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0)
      throw std::runtime_error{"no pipe"};
    pid_ = ::fork();
    if (pid_ < 0)
      throw std::runtime_error{"no process"};
    if (pid_ == 0) {
      ::close(ends[0]);
      try {
        task(ends[1]);
      } catch (...) {
        ::_exit(1);
      }
      ::_exit(0);
    }
    ::close(ends[1]);
    from_ = ends[0];
  }
  forked(const forked&) = delete;
  forked& operator=(const forked&) = delete;
  ~forked() {
    kill();
    ::close(from_);
  }

  /// Kills it, unless it has ended, and waits for its end.
  void kill() {
    if (pid_ <= 0)
      return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }

  /// Returns the next eight bytes as a number; `nullopt` at the end of the pipe.
  std::optional<std::uint64_t> read_number() {
    std::uint64_t out = 0;
    std::size_t done = 0;
    while (done < sizeof out) {
      auto count = ::read(from_, reinterpret_cast<char*>(&out) + done, sizeof out - done);
      if (count <= 0)
        return std::nullopt;
      done += static_cast<std::size_t>(count);
    }
    return out;
  }

  /// Returns all text until the pipe's end.
  std::string read_text() {
    std::string out;
    std::array<char, 512> part{};
    for (ssize_t count = 0; (count = ::read(from_, part.data(), part.size())) > 0;)
      out.append(part.data(), static_cast<std::size_t>(count));
    return out;
  }

  static void write_number(int to, std::uint64_t x) {
    static_cast<void>(::write(to, &x, sizeof x));
  }
  static void write_text(int to, const std::string& x) {
    static_cast<void>(::write(to, x.data(), x.size()));
  }

private:
  pid_t pid_ = 0;
  int from_ = -1;
};

} // namespace devp2p::test
