// SPDX-License-Identifier: BSL-1.0
//
// The other process of the case `memory`: a hub that prints its URL. Whenever it is sent a line, it
// prints the processor time that it has used, and its memory twice: as it is, and, if the line says
// `trim`, after the allocator has given back what it can.
#include "arena.hpp"
#include "usage.hpp"

#include <malloc.h>

#include <iostream>
#include <string>

namespace devp2p::bench {

void run_memory_hub(const options& chosen) {
  arena world{chosen};
  auto url = world.listen({{.name = "echo", .version = 1, .length = 1, .spawn = handled_by(echo)}});
  std::cout << to_string(url) << std::endl;
  std::string line;
  while (std::getline(std::cin, line)) {
    std::cout << cpu_seconds() << ' ' << resident_bytes();
    // Memory that is trimmed here would be missing from a later figure of the untrimmed memory.
    if (line == "trim")
      malloc_trim(0);
    std::cout << ' ' << resident_bytes() << std::endl;
  }
}

} // namespace devp2p::bench
