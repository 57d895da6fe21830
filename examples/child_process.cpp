// SPDX-License-Identifier: BSL-1.0
#include "child_process.hpp"

#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

namespace devp2p {

namespace {

void check(int error, const std::string& what) {
  if (error != 0)
    throw std::system_error{error, std::generic_category(), what};
}

/// Whether `descriptor` becomes readable, or finds its end, in time.
bool wait_readable(int descriptor, child_process::clock::time_point until) {
  for (;;) {
    auto left = std::chrono::ceil<std::chrono::milliseconds>(until - child_process::clock::now());
    pollfd one{descriptor, POLLIN, 0};
    auto ready = ::poll(&one, 1, static_cast<int>(std::max<long>(left.count(), 0)));
    if (ready > 0)
      return true;
    if (ready == 0 || errno != EINTR)
      return false;
  }
}

/// Starts `command` with `lines` as its stdin and stdout.
pid_t spawn(const std::vector<std::string>& command, int lines) {
  std::vector<char*> arguments;
  for (const auto& x : command)
    arguments.push_back(const_cast<char*>(x.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, lines, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&files, lines, STDOUT_FILENO);
  pid_t id = -1;
  auto error = ::posix_spawn(&id, command[0].c_str(), &files, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  check(error, command[0]);
  return id;
}

} // namespace

child_process::child_process(const std::vector<std::string>& command) {
  // Unlike a pipe, a socket does not end us with SIGPIPE when the child is gone.
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    check(errno, "socketpair");
  lines_ = ends[0];
  try {
    id_ = spawn(command, ends[1]);
  } catch (...) {
    ::close(ends[0]);
    ::close(ends[1]);
    throw;
  }
  ::close(ends[1]);
  // Debian 12's declaration of `pidfd_open` is for C alone.
  ended_ = static_cast<int>(::syscall(SYS_pidfd_open, id_, 0));
}

child_process::~child_process() {
  if (!status_) {
    ::kill(id_, SIGKILL);
    ::waitpid(id_, nullptr, 0);
  }
  ::close(ended_);
  ::close(lines_);
}

void child_process::write_line(std::string_view line) {
  auto text = std::string{line} + '\n';
  // A line is far shorter than what the socket takes at once.
  [[maybe_unused]] auto sent = ::send(lines_, text.data(), text.size(), MSG_NOSIGNAL);
}

void child_process::end_input() {
  ::shutdown(lines_, SHUT_WR);
}

void child_process::signal(int number) {
  if (!status_)
    ::kill(id_, number);
}

std::optional<std::string> child_process::read_line(clock::time_point until) {
  for (;;) {
    if (auto end = unread_.find('\n'); end != unread_.npos) {
      auto line = unread_.substr(0, end);
      unread_.erase(0, end + 1);
      return line;
    }
    std::array<char, 4096> buffer{};
    if (!wait_readable(lines_, until))
      return std::nullopt;
    auto got = ::read(lines_, buffer.data(), buffer.size());
    if (got <= 0)
      return std::nullopt;
    unread_.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

std::optional<int> child_process::wait(clock::time_point until) {
  int raw = 0;
  if (!status_ && wait_readable(ended_, until) && ::waitpid(id_, &raw, 0) == id_)
    status_ = WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
  return status_;
}

} // namespace devp2p
