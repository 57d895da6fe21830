// SPDX-License-Identifier: BSL-1.0
#include "failure.hpp"

#include "devp2p/messages/capability.hpp"

#include <iostream>

namespace devp2p::tool {

int fail(std::string_view why, int status) {
  std::cerr << "devp2p: " + printable(std::string{why}) + '\n';
  return status;
}

} // namespace devp2p::tool
