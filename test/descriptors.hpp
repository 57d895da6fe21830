// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include <array>
#include <filesystem>
#include <set>
#include <sstream>
#include <string>

/// The file descriptors that this process has open, and those that a program inherits from it.
namespace devp2p::test {

/// Returns the open descriptors, without the one that the listing itself uses.
inline std::set<int> open_descriptors() {
  std::set<int> out;
  for (const auto& x : std::filesystem::directory_iterator{"/proc/self/fd"})
    out.insert(std::stoi(x.path().filename().string()));
  std::erase_if(out, [](int x) { return ::fcntl(x, F_GETFD) < 0; });
  return out;
}

/// Returns the descriptors of a program that is started now: `ls`. One of them is the program's
/// own, that of the folder that it lists.
inline std::set<int> inherited_descriptors() {
  std::array<int, 2> ends{};
  BOOST_REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, ends[1], STDOUT_FILENO);
  std::string program = "ls";
  std::string folder = "/proc/self/fd";
  std::array<char*, 3> arguments{program.data(), folder.data(), nullptr};
  pid_t child = -1;
  BOOST_REQUIRE(::posix_spawnp(&child, "ls", &files, nullptr, arguments.data(), environ) == 0);
  posix_spawn_file_actions_destroy(&files);
  ::close(ends[1]);
  std::string text;
  std::array<char, 512> buffer{};
  for (ssize_t size = 0; (size = ::read(ends[0], buffer.data(), buffer.size())) > 0;)
    text.append(buffer.data(), static_cast<std::size_t>(size));
  ::close(ends[0]);
  int status = -1;
  ::waitpid(child, &status, 0);
  BOOST_REQUIRE(status == 0);
  std::set<int> out;
  std::istringstream in{text};
  for (int x = 0; in >> x;)
    out.insert(x);
  return out;
}

/// Checks that a started program inherits none of the descriptors opened since `before`, and that
/// there are at least `at_least` of those.
inline void check_close_on_exec(const std::set<int>& before, std::size_t at_least) {
  std::size_t fresh = 0;
  for (auto x : open_descriptors()) {
    if (before.contains(x))
      continue;
    ++fresh;
    auto name = std::filesystem::path{"/proc/self/fd"} / std::to_string(x);
    std::error_code gone;
    BOOST_TEST((::fcntl(x, F_GETFD) & FD_CLOEXEC) != 0,
               std::filesystem::read_symlink(name, gone).string() << " is inherited");
  }
  BOOST_TEST(fresh >= at_least);
}

} // namespace devp2p::test
