// SPDX-License-Identifier: BSL-1.0
//
// The other process of the case `memory`: a hub that tells its URL, and then, whenever it is sent a
// line, how much processor time it has used and how much memory it has, twice: as it is, and, if
// the line says `trim`, when the allocator has given back what it can.
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
    std::cout << cpu_seconds() << ' ' << resident_octets();
    // What is to be seen as it is later must not have been trimmed.
    if (line == "trim")
      malloc_trim(0);
    std::cout << ' ' << resident_octets() << std::endl;
  }
}

} // namespace devp2p::bench
