// SPDX-License-Identifier: BSL-1.0
#include "failure.hpp"

#include "descriptor_writer.hpp"

#include "devp2p/messages/capability.hpp"

#include <unistd.h>

#include <algorithm>
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

/// Returns the line in printable form. Only both ends of a very long line are kept, because the
/// reason stands at the end.
std::string printable_line(std::string_view line) {
  constexpr std::size_t longest = 8192;
  constexpr std::size_t piece = 256; // The length that `printable` takes at once.
  if (line.size() > longest)
    return printable_line(line.substr(0, longest / 2)) + " ... " +
           printable_line(line.substr(line.size() - longest / 2));
  std::string out;
  for (; !line.empty(); line.remove_prefix(std::min(piece, line.size())))
    out += printable(std::string{line.substr(0, piece)});
  return out;
}

} // namespace

void note(std::string_view line) {
  write_to_stderr(printable_line(line) + '\n');
}

int fail(std::string_view why, int status) {
  note("devp2p: " + std::string{why});
  return status;
}

void fail_out_of_memory() {
  static std::atomic_flag said;
  // Prints one line, even if other threads run out of memory, too.
  if (!said.test_and_set())
    write_to_stderr("devp2p: out of memory\n");
  ::_exit(failed);
}

} // namespace devp2p::tool
