// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sys/types.h>

#include <cstddef>

/// Figures of the operating system about this process.
namespace devp2p::bench {

/// Returns the time of that clock, in seconds.
[[nodiscard]] double seconds_of(clockid_t clock);

/// Returns the processor time that all threads have used, in user space and in the kernel.
[[nodiscard]] double cpu_seconds();

/// Returns the processor time that the calling thread has used.
[[nodiscard]] double thread_seconds();

/// Returns the resident memory in bytes. Buffers of sockets are the kernel's and not among it.
[[nodiscard]] std::size_t resident_bytes();

} // namespace devp2p::bench
