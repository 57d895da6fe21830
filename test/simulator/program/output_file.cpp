// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/program/output_file.hpp"

#include <fcntl.h>

#include <filesystem>
#include <system_error>

namespace devp2p::tool {

void create_folder(const std::string& name) {
  std::error_code error;
  std::filesystem::create_directories(name, error);
  if (error)
    throw std::system_error{error, name + ": the folder cannot be created"};
}

void output_file::check() const {
  if (!*this)
    throw std::system_error{buffer_.error(), std::generic_category(),
                            name_ + ": cannot be written"};
}

void output_file::open(const std::string& name) {
  constexpr mode_t everybody = 0666; // Restricted by the umask.
  const auto flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC;
  name_ = name;
  const auto descriptor = ::open(name.c_str(), flags, everybody);
  rdbuf(&buffer_);
  if (descriptor < 0) {
    buffer_.fail_with(errno);
    return setstate(std::ios::failbit);
  }
  buffer_ = {descriptor, std::ios::out | std::ios::binary};
}

void output_file::close() {
  if (buffer_.close() == nullptr) {
    buffer_.fail_with(errno);
    setstate(std::ios::failbit);
  }
}

} // namespace devp2p::tool
