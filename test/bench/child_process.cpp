// SPDX-License-Identifier: BSL-1.0
#include "child_process.hpp"

#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace devp2p::bench {

namespace {

/// How long a line may take, in milliseconds.
constexpr int patience = 30'000;

pid_t spawn(std::vector<std::string> arguments, int standard_io) {
  arguments.insert(arguments.begin(), "devp2p-bench");
  std::vector<char*> words;
  for (auto& x : arguments)
    words.push_back(x.data());
  words.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, standard_io, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, standard_io, STDOUT_FILENO);
  pid_t out = -1;
  auto error = posix_spawn(&out, "/proc/self/exe", &actions, nullptr, words.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0)
    throw std::system_error(error, std::system_category(), "another process");
  return out;
}

} // namespace

child_process::child_process(std::vector<std::string> arguments) {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    throw std::system_error(errno, std::system_category(), "a pair of sockets");
  socket_ = ends[0];
  try {
    id_ = spawn(std::move(arguments), ends[1]);
  } catch (...) {
    close(ends[0]);
    close(ends[1]);
    throw;
  }
  close(ends[1]);
}

child_process::~child_process() {
  // It ends when its input does.
  close(socket_);
  waitpid(id_, nullptr, 0);
}

void child_process::write_line(const std::string& text) {
  auto line = text + '\n';
  static_cast<void>(send(socket_, line.data(), line.size(), MSG_NOSIGNAL));
}

std::string child_process::read_line() {
  for (;;) {
    if (auto end = unread_.find('\n'); end != std::string::npos) {
      auto out = unread_.substr(0, end);
      unread_.erase(0, end + 1);
      return out;
    }
    pollfd waiting{socket_, POLLIN, 0};
    std::array<char, 256> piece{};
    auto size = poll(&waiting, 1, patience) == 1 ? read(socket_, piece.data(), piece.size()) : 0;
    if (size <= 0)
      throw std::runtime_error("the other process says nothing");
    unread_.append(piece.data(), static_cast<std::size_t>(size));
  }
}

} // namespace devp2p::bench
