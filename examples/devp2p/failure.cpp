// SPDX-License-Identifier: BSL-1.0
#include "failure.hpp"

#include "descriptor_writer.hpp"

#include "devp2p/messages/capability.hpp"

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <string>

namespace devp2p::tool {

namespace {

void write_to_stderr(std::string_view text) {
  using clock = std::chrono::steady_clock;
  const auto end = clock::now() + std::chrono::seconds{1};
  (void)write_all(STDERR_FILENO, text, [end] { return clock::now() < end; });
}

} // namespace

void note(std::string_view line) {
  write_to_stderr(printable(std::string{line}) + '\n');
}

int fail(std::string_view why, int status) {
  note("devp2p: " + std::string{why});
  return status;
}

void fail_out_of_memory() {
  static std::atomic_flag said;
  // One line, whoever else finds the same.
  if (!said.test_and_set())
    write_to_stderr("devp2p: out of memory\n");
  ::_exit(failed);
}

} // namespace devp2p::tool
