// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/program/stop_watch.hpp"

#include "devp2p/simulator/program/descriptor_writer.hpp"
#include "devp2p/simulator/program/failure.hpp"

#include <unistd.h>

#include <chrono>
#include <optional>

namespace devp2p::tool {

int print(std::string_view text, const stop_watch& stop) {
  using clock = std::chrono::steady_clock;
  std::optional<clock::time_point> end;
  auto error = write_all(STDOUT_FILENO, text, [&] {
    if (stop.stopped() && !end)
      end = clock::now() + std::chrono::seconds{2};
    return !end || clock::now() < *end;
  });
  return error == 0 ? succeeded : fail(stdout_failure(error));
}

} // namespace devp2p::tool
