// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/program/status_line.hpp"

#include "devp2p/simulator/program/descriptor_writer.hpp"

#include <unistd.h>

namespace devp2p::tool {

status_line::status_line() : watched_(::isatty(STDERR_FILENO) == 1) {}

status_line::~status_line() {
  show("");
}

void status_line::show(const std::string& what) const {
  if (watched_)
    write_now(STDERR_FILENO, "\r\033[K" + what);
}

} // namespace devp2p::tool
