// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

/// What the operating system says of this process.
namespace devp2p::bench {

/// Processor time that all threads have used, in user space and in the kernel.
[[nodiscard]] double cpu_seconds();

/// Processor time that the calling thread has used.
[[nodiscard]] double thread_seconds();

/// Octets of memory that are resident. Buffers of sockets are the kernel's and not among them.
[[nodiscard]] std::size_t resident_octets();

} // namespace devp2p::bench
