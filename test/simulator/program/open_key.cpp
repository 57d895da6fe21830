// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/program/open_key.hpp"

#include "devp2p/simulator/program/failure.hpp"

#include <unistd.h>

namespace devp2p::tool {

void warn_if_open_to_others(const std::string& path) {
  struct stat about {};
  if (::stat(path.c_str(), &about) == 0)
    warn_if_open_to_others(about, path);
}

void warn_if_open_to_others(const struct stat& about, const std::string& path) {
  const auto begin = program_name() + ": warning: " + path + ": ";
  if (!S_ISREG(about.st_mode))
    return;
  if (about.st_uid != ::geteuid())
    note(begin + "this key file belongs to another user");
  else if ((about.st_mode & 077) != 0)
    note(begin + "other users can open this key file; run chmod 600");
}

} // namespace devp2p::tool
