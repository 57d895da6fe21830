// SPDX-License-Identifier: BSL-1.0
//
// The other process of the case `memory`: a hub that tells its URL, and then, whenever it is sent a
// line, how much processor time it has used and how much memory it has; as it is, and when the
// allocator has given back what it can.
#include "arena.hpp"
#include "usage.hpp"

#include <malloc.h>

#include <iostream>
#include <string>

namespace devp2p::bench {

namespace {

handler_actor::behavior_type echo(handler_actor::pointer self, const channel& link) {
  return {[=](const packet& x) { link.send(self, x); }};
}

} // namespace

void run_memory_hub(const options& chosen) {
  arena world{chosen};
  auto url = world.listen({{.name = "echo", .version = 1, .length = 1, .spawn = handled_by(echo)}});
  std::cout << to_string(url) << std::endl;
  std::string line;
  double trimming = 0;
  while (std::getline(std::cin, line)) {
    auto cpu = cpu_seconds() - trimming;
    auto resident = resident_octets();
    auto before = cpu_seconds();
    malloc_trim(0);
    trimming += cpu_seconds() - before;
    std::cout << cpu << ' ' << resident << ' ' << resident_octets() << std::endl;
  }
}

} // namespace devp2p::bench
