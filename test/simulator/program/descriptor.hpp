// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <unistd.h>

namespace devp2p::tool {

/// A file descriptor, closed by the destructor.
class descriptor {
public:
  /// Takes `number` over; a negative one is that of no file.
  explicit descriptor(int number) : number_(number) {}
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  ~descriptor() {
    if (is_open())
      ::close(number_);
  }

  [[nodiscard]] bool is_open() const { return number_ >= 0; }
  [[nodiscard]] int number() const { return number_; }

private:
  int number_;
};

} // namespace devp2p::tool
