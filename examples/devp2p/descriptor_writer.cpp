// SPDX-License-Identifier: BSL-1.0
#include "descriptor_writer.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <system_error>

namespace devp2p::tool {

int write_all(int descriptor, std::string_view text, const std::function<bool()>& go_on) {
  constexpr auto interval_ms = 50;
  while (!text.empty()) {
    pollfd one{descriptor, POLLOUT, 0};
    if (::poll(&one, 1, interval_ms) <= 0) {
      if (!go_on())
        return ETIMEDOUT;
      continue;
    }
    // A pipe that is ready takes as much without waiting.
    auto written = ::write(descriptor, text.data(), std::min<std::size_t>(text.size(), PIPE_BUF));
    if (written < 0 && errno != EINTR && errno != EAGAIN)
      return errno;
    text.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
  }
  return 0;
}

std::string stdout_failure(int error) {
  return "stdout cannot be written: " +
         (error == ETIMEDOUT ? "nobody reads it" : std::generic_category().message(error));
}

} // namespace devp2p::tool
