// SPDX-License-Identifier: BSL-1.0
#include "printer.hpp"

#include "devp2p/simulator/program/descriptor_writer.hpp"
#include "devp2p/simulator/program/failure.hpp"

#include <unistd.h>

namespace devp2p::tool {

printer::printer(style how, stop_signals& stop)
  : how_(how),
    lines_(STDOUT_FILENO, {"%v", [how](std::size_t count) { return lost_line(how, count); }},
           [&stop] { stop.ask(); }) {}

int printer::close(int status) {
  auto error = lines_.close();
  return error == 0 ? status : fail(stdout_failure(error));
}

} // namespace devp2p::tool
