// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/program/failure.hpp"

#include "devp2p/messages/capability.hpp"
#include "devp2p/simulator/program/descriptor_writer.hpp"

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

struct names {
  std::string program;
  /// Made beforehand, because it is said when there is no memory.
  std::string out_of_memory;
};

names& our_names() {
  static names out{"devp2p", "devp2p: out of memory\n"};
  return out;
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

void name_program(const std::string& name) {
  our_names() = {name, name + ": out of memory\n"};
}

const std::string& program_name() {
  return our_names().program;
}

void note(std::string_view line) {
  write_to_stderr(printable_line(line) + '\n');
}

int fail(std::string_view why, int status) {
  note(program_name() + ": " + std::string{why});
  return status;
}

void fail_out_of_memory() {
  static std::atomic_flag said;
  // Prints one line, even if other threads run out of memory, too.
  if (!said.test_and_set())
    write_to_stderr(our_names().out_of_memory);
  ::_exit(failed);
}

} // namespace devp2p::tool
