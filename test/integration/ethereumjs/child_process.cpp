// SPDX-License-Identifier: BSL-1.0
#include "child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

namespace devp2p::test {

namespace {

using std::chrono::steady_clock;

/// How long a program that was asked to end may take.
constexpr auto grace = std::chrono::seconds{5};

/// Waits until `descriptor` is ready; false if it is not in time.
bool await(int descriptor, short what, steady_clock::time_point deadline) {
  for (;;) {
    auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now());
    if (left.count() <= 0)
      return false;
    pollfd query{descriptor, what, 0};
    auto ready = ::poll(&query, 1, static_cast<int>(left.count()));
    if (ready > 0)
      return true;
    if (ready < 0 && errno != EINTR)
      return false;
  }
}

/// Two connected sockets, ours first. No other program that we start gets hold of them: it would
/// keep this one's input open. They are sockets because a write to a closed pipe would end us.
std::array<int, 2> connection() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    throw std::system_error{errno, std::generic_category(), "socketpair"};
  return ends;
}

pid_t spawn(std::vector<std::string>& command, int input, int output) {
  std::vector<char*> arguments;
  for (auto& x : command)
    arguments.push_back(x.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  pid_t pid = -1;
  auto error = ::posix_spawnp(&pid, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0)
    throw std::system_error{error, std::generic_category(), "cannot start " + command.front()};
  return pid;
}

} // namespace

child_process::child_process(std::vector<std::string> command) {
  auto input = connection();
  auto output = connection();
  try {
    pid_ = spawn(command, input[1], output[1]);
  } catch (...) {
    for (auto x : {input[0], input[1], output[0], output[1]})
      ::close(x);
    throw;
  }
  ::close(input[1]);
  ::close(output[1]);
  input_ = input[0];
  output_ = output[0];
}

child_process::~child_process() {
  ::close(input_);
  auto deadline = steady_clock::now() + grace;
  while (read_more(deadline))
    unread_.clear();
  // Its output is closed, so it has ended or is about to; or it does not want to.
  if (steady_clock::now() >= deadline)
    ::kill(pid_, SIGKILL);
  ::close(output_);
  ::waitpid(pid_, nullptr, 0);
}

bool child_process::write_line(const std::string& line, time_point deadline) {
  auto text = line + '\n';
  std::string_view rest = text;
  while (!rest.empty()) {
    if (!await(input_, POLLOUT, deadline))
      return false;
    auto size = ::send(input_, rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (size > 0)
      rest.remove_prefix(static_cast<std::size_t>(size));
    else if (errno != EAGAIN && errno != EINTR)
      return false;
  }
  return true;
}

std::optional<std::string> child_process::read_line(time_point deadline) {
  std::size_t end = unread_.find('\n');
  while (end == std::string::npos) {
    auto searched = unread_.size();
    if (!read_more(deadline))
      return std::nullopt;
    end = unread_.find('\n', searched);
  }
  auto line = unread_.substr(0, end);
  unread_.erase(0, end + 1);
  return line;
}

bool child_process::read_more(time_point deadline) {
  std::array<char, 4096> buffer;
  while (await(output_, POLLIN, deadline)) {
    auto size = ::recv(output_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size > 0) {
      unread_.append(buffer.data(), static_cast<std::size_t>(size));
      return true;
    }
    if (size == 0 || (errno != EAGAIN && errno != EINTR))
      return false;
  }
  return false;
}

} // namespace devp2p::test
