// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

/// Resources that CAF needs while it starts. If it lacks a thread then, it waits for ever or
/// aborts; if it lacks a descriptor, it ends the process. These functions therefore acquire all of
/// them at once beforehand, and release them.
namespace devp2p::tool {

/// Returns the number of threads that an actor system with this scheduler starts by itself.
[[nodiscard]] std::size_t threads_of_actors();

/// Makes all threads share one arena of `malloc` if the address space of the process is limited. An
/// arena for each thread would take 64 MiB of addresses when that thread first allocates. Call it
/// before anything else.
void share_scarce_memory();

/// Throws `std::system_error` or `std::bad_alloc` unless `count` threads can run at once, each with
/// its stack, and 8 MiB are left beside them. The threads that start next reuse the arenas of
/// these.
void require_threads(std::size_t count);

/// Throws `std::system_error` unless `count` descriptors are free.
void require_descriptors(std::size_t count);

} // namespace devp2p::tool
