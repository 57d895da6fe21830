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
#include <thread>
#include <utility>

namespace devp2p {

namespace {

constexpr std::chrono::milliseconds stop_poll_interval{1};

void check(int error, const std::string& what) {
  if (error != 0)
    throw std::system_error{error, std::generic_category(), what};
}

/// Returns true iff `descriptor` is ready for `what`, or at its end, before `until`.
bool wait_ready(int descriptor, short what, child_process::clock::time_point until) {
  for (;;) {
    auto left = std::chrono::ceil<std::chrono::milliseconds>(until - child_process::clock::now());
    pollfd one{descriptor, what, 0};
    auto ready = ::poll(&one, 1, static_cast<int>(std::max<long>(left.count(), 0)));
    if (ready > 0)
      return true;
    if (ready == 0 || errno != EINTR)
      return false;
  }
}

/// A pair of connected sockets. Unlike a pipe, it does not raise SIGPIPE here when the child has
/// ended. No other child inherits it.
struct connection {
  connection() {
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
      check(errno, "socketpair");
  }
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;
  ~connection() {
    for (auto x : ends)
      if (x >= 0)
        ::close(x);
  }

  int take_ours() { return std::exchange(ends[0], -1); }
  [[nodiscard]] int theirs() const { return ends[1]; }

  std::array<int, 2> ends{-1, -1};
};

pid_t spawn(const std::vector<std::string>& command, int input, int output) {
  std::vector<char*> arguments;
  for (const auto& x : command)
    arguments.push_back(const_cast<char*>(x.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
  // The child would inherit the signals that this thread blocks, and could not be told to stop.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  pid_t id = -1;
  auto error = ::posix_spawnp(&id, arguments[0], &files, &attributes, arguments.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  check(error, command[0]);
  return id;
}

} // namespace

child_process::child_process(const std::vector<std::string>& command) {
  connection input;
  connection output;
  id_ = spawn(command, input.theirs(), output.theirs());
  input_ = input.take_ours();
  output_ = output.take_ours();
  // Debian 12 declares `pidfd_open` for C only.
  ended_ = static_cast<int>(::syscall(SYS_pidfd_open, id_, 0));
  if (ended_ < 0)
    check(errno, "pidfd_open");
}

child_process::~child_process() {
  if (!status_) {
    ::kill(id_, SIGKILL);
    ::waitpid(id_, nullptr, 0);
  }
  for (auto x : {ended_, input_, output_})
    ::close(x);
}

bool child_process::write_line(std::string_view line, clock::time_point until) {
  auto text = std::string{line} + '\n';
  std::string_view rest = text;
  while (!rest.empty()) {
    if (!wait_ready(input_, POLLOUT, until))
      return false;
    auto size = ::send(input_, rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (size > 0)
      rest.remove_prefix(static_cast<std::size_t>(size));
    else if (errno != EAGAIN && errno != EINTR)
      return false;
  }
  return true;
}

void child_process::end_input() {
  ::shutdown(input_, SHUT_WR);
}

void child_process::signal(int number) {
  if (!status_)
    ::kill(id_, number);
}

std::optional<std::string> child_process::read_line(clock::time_point until) {
  for (std::size_t searched = 0;;) {
    if (auto end = unread_.find('\n', searched); end != unread_.npos) {
      auto line = unread_.substr(0, end);
      unread_.erase(0, end + 1);
      return line;
    }
    searched = unread_.size();
    std::array<char, 4096> buffer{};
    if (!wait_ready(output_, POLLIN, until))
      return std::nullopt;
    auto got = ::read(output_, buffer.data(), buffer.size());
    if (got <= 0)
      return std::nullopt;
    unread_.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

std::optional<int> child_process::wait(clock::time_point until) {
  int raw = 0;
  if (!status_ && wait_ready(ended_, POLLIN, until) && ::waitpid(id_, &raw, 0) == id_)
    status_ = WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
  return status_;
}

bool child_process::wait_for_stop(clock::time_point until) const {
  // The system tells of an end only through `ended_`, which poll understands.
  for (siginfo_t found{}; clock::now() < until; std::this_thread::sleep_for(stop_poll_interval)) {
    if (::waitid(P_PID, static_cast<id_t>(id_), &found, WSTOPPED | WNOHANG) != 0)
      return false;
    if (found.si_pid == id_)
      return true;
  }
  return false;
}

} // namespace devp2p
