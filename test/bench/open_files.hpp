// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

namespace devp2p::bench {

/// Raises this process's limit of open files, which child processes inherit, as far as the system
/// allows. Throws `std::runtime_error` if `sockets` and a few other files are more than that.
void allow_sockets(std::size_t sockets);

} // namespace devp2p::bench
