// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/program/descriptor_writer.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <system_error>

namespace devp2p::tool {

namespace {

/// The descriptor that is written instead of stdout or stderr, and the maximum number of bytes in
/// one write.
struct outlet {
  int descriptor;
  std::size_t most = PIPE_BUF;
  bool is_socket = false;
};

/// Opens a terminal or a pipe once more, for this process only and without blocking. A terminal
/// that is ready blocks a write until all of it is taken. A pipe that is ready may be full if other
/// processes have written first. The given file description is shared with other processes and must
/// stay blocking.
outlet find_outlet(int descriptor) {
  struct stat about {};
  const auto is_terminal = ::isatty(descriptor) == 1;
  const auto known = ::fstat(descriptor, &about) == 0;
  if (known && S_ISSOCK(about.st_mode))
    return {.descriptor = descriptor, .is_socket = true};
  if (!is_terminal && !(known && S_ISFIFO(about.st_mode)))
    return {descriptor};
  std::array<char, 32> name{};
  std::snprintf(name.data(), name.size(), "/proc/self/fd/%d", descriptor);
  const auto own = ::open(name.data(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (own >= 0)
    return {own};
  // The descriptor belongs to another user, or no descriptor is left. A terminal that is ready has
  // room for one byte.
  return {descriptor, is_terminal ? 1 : std::size_t{PIPE_BUF}};
}

/// Allocates no memory.
outlet outlet_of(int descriptor) {
  static const outlet out = find_outlet(STDOUT_FILENO);
  static const outlet errors = find_outlet(STDERR_FILENO);
  return descriptor == STDERR_FILENO ? errors : out;
}

bool is_ready(const outlet& to, int wait_ms) {
  pollfd one{to.descriptor, POLLOUT, 0};
  return ::poll(&one, 1, wait_ms) > 0;
}

ssize_t write_some(const outlet& to, std::string_view text) {
  const auto size = std::min(text.size(), to.most);
  return to.is_socket ? ::send(to.descriptor, text.data(), size, MSG_DONTWAIT | MSG_NOSIGNAL)
                      : ::write(to.descriptor, text.data(), size);
}

} // namespace

int write_all(int descriptor, std::string_view text, const std::function<bool()>& go_on) {
  constexpr auto interval_ms = 50;
  const auto to = outlet_of(descriptor);
  while (!text.empty()) {
    if (is_ready(to, interval_ms)) {
      const auto written = write_some(to, text);
      if (written > 0) {
        text.remove_prefix(static_cast<std::size_t>(written));
        continue;
      }
      if (written < 0 && errno != EINTR && errno != EAGAIN)
        return errno;
      // The descriptor is ready, but not for this write; that may last.
      ::poll(nullptr, 0, interval_ms);
    }
    if (!go_on())
      return ETIMEDOUT;
  }
  return 0;
}

void write_now(int descriptor, std::string_view text) {
  const auto to = outlet_of(descriptor);
  while (!text.empty() && is_ready(to, 0)) {
    const auto written = write_some(to, text);
    if (written <= 0)
      return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

std::string stdout_failure(int error) {
  return "stdout cannot be written: " +
         (error == ETIMEDOUT ? "it is not being read" : std::generic_category().message(error));
}

} // namespace devp2p::tool
