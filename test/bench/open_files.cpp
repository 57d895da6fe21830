// SPDX-License-Identifier: BSL-1.0
#include "open_files.hpp"

#include <sys/resource.h>

#include <stdexcept>
#include <string>

namespace devp2p::bench {

void allow_sockets(std::size_t sockets) {
  constexpr rlim_t others = 64;
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  if (files.rlim_max < sockets + others)
    throw std::runtime_error("the system allows " + std::to_string(files.rlim_max) +
                             " open files (ulimit -Hn), which is too few for " +
                             std::to_string(sockets) + " sockets");
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

} // namespace devp2p::bench
