// SPDX-License-Identifier: BSL-1.0
#include "output_file.hpp"

#include <fcntl.h>

namespace devp2p::tool {

void output_file::open(const std::string& name) {
  constexpr mode_t everybody = 0666; // As far as the umask lets them.
  const auto flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC;
  const auto descriptor = ::open(name.c_str(), flags, everybody);
  rdbuf(&buffer_);
  if (descriptor < 0)
    return setstate(std::ios::failbit);
  buffer_ = {descriptor, std::ios::out | std::ios::binary};
}

void output_file::close() {
  if (buffer_.close() == nullptr)
    setstate(std::ios::failbit);
}

} // namespace devp2p::tool
