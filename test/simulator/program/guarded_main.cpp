// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/program/guarded_main.hpp"

#include "devp2p/simulator/program/failure.hpp"
#include "devp2p/simulator/program/provision.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <exception>
#include <iostream>
#include <new>
#include <utility>

namespace devp2p::tool {

namespace {

/// Opens /dev/null for each standard descriptor that is missing. Otherwise a file opened later
/// would take its number, and lines for stdout would go into a key file or a socket. This stdout
/// cannot be written to.
void occupy_standard_descriptors() {
  constexpr std::pair<int, int> wanted[] = {
    {STDIN_FILENO, O_RDONLY}, {STDOUT_FILENO, O_RDONLY}, {STDERR_FILENO, O_WRONLY}};
  for (auto [descriptor, flags] : wanted)
    if (::fcntl(descriptor, F_GETFD) < 0)
      (void)::open("/dev/null", flags); // Takes the lowest number that is free: this one.
}

} // namespace

int guarded_main(const std::function<int()>& run) {
  occupy_standard_descriptors();
  share_scarce_memory();
  // A reader of stdout that has gone is an error like others, and reported.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    auto status = run();
    return std::cout.flush() ? status : fail("stdout cannot be written");
  } catch (const std::bad_alloc&) {
    return fail("out of memory");
  } catch (const std::exception& x) {
    // For example, the system has no thread or descriptor left.
    return fail(x.what());
  }
}

} // namespace devp2p::tool
