// SPDX-License-Identifier: BSL-1.0
#include "crash_note.hpp"

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <iterator>

#include <unistd.h>

/// Belongs to a sanitizer's runtime; null without one.
extern "C" [[gnu::weak]] void __sanitizer_set_death_callback(void (*callback)());

namespace devp2p::trials {

namespace {

char note[512];
std::size_t size = 0;

void write_note() {
  // An error can no longer be reported.
  [[maybe_unused]] auto written = ::write(STDERR_FILENO, note, size);
}

extern "C" void write_note_and_die(int signal) {
  write_note();
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

} // namespace

void set_crash_note(std::string_view text) {
  // The limit in seconds. A process that is killed from outside for being late cannot write its
  // note.
  constexpr unsigned patience = 60;
  size = 0;
  size = static_cast<std::size_t>(
    std::copy_n(text.data(), std::min(text.size(), std::size(note)), note) - note);
  // Set each time, because a test framework installs its own handlers for each case.
  for (auto signal : {SIGABRT, SIGALRM, SIGTERM, SIGINT})
    std::signal(signal, write_note_and_die);
  if (__sanitizer_set_death_callback)
    __sanitizer_set_death_callback(write_note);
  else
    std::signal(SIGSEGV, write_note_and_die); // Sanitizers handle it themselves.
  ::alarm(text.empty() ? 0 : patience);
}

} // namespace devp2p::trials
