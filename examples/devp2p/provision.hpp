// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

/// What CAF cannot do without while it starts: if it lacks a thread then, it waits for ever or
/// aborts, and if it lacks a descriptor it ends the process. So it is asked for before, all of it
/// at once, and given back.
namespace devp2p::tool {

/// How many threads an actor system with this scheduler starts by itself.
[[nodiscard]] std::size_t threads_of_actors();

/// If the process may have so many addresses and no more, its threads share one arena: one for each
/// would take 64 MiB of them, whenever that thread first asks for memory. Call it first of all.
void share_scarce_memory();

/// Throws `std::system_error` or `std::bad_alloc` unless so many threads can run at once, each with
/// its stack, and there is some memory left then. What their memory is taken from, the next threads
/// use again.
void require_threads(std::size_t count);

/// Throws `std::system_error` unless so many descriptors are free.
void require_descriptors(std::size_t count);

} // namespace devp2p::tool
