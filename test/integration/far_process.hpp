// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/remote/publishing.hpp"

#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include <iostream>

namespace devp2p::test {

/// Publishes `what`, prints the port, and ends `what` with the next line of stdin, or with stdin.
/// Returns the exit status of the process.
template <class Handle>
int serve(const Handle& what) {
  auto port = publish(what);
  if (port) {
    std::cout << *port << std::endl;
    std::cin.get();
  }
  caf::anon_send_exit(what, caf::exit_reason::user_shutdown);
  return port ? 0 : 1;
}

} // namespace devp2p::test
