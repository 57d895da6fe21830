// SPDX-License-Identifier: BSL-1.0
//
// Two nodes in two processes meet, talk, fall out and part, over TCP on this machine. Run it
// without arguments; it prints the events, checks them, and ends within seconds.
#include "party.hpp"
#include "story.hpp"

#include <unistd.h>

#include <exception>
#include <iostream>

int main(int argc, char** argv) {
  // The last resort: SIGALRM ends a process that has not ended by itself after 15 s.
  ::alarm(15);
  try {
    if (argc == 4 && std::string{"--party"} == argv[1])
      return devp2p::demo::run_party(argv[2], static_cast<unsigned>(std::stoul(argv[3])));
    return devp2p::demo::tell_story("/proc/self/exe");
  } catch (const std::exception& x) {
    std::cerr << "demo: " << x.what() << '\n';
    return 1;
  }
}
