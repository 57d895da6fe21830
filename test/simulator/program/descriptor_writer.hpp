// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace devp2p::tool {

/// Writes all of `text` to stdout or stderr, and does not hang if its reader takes no data. While
/// it waits, it asks `go_on` about every 50 ms whether to wait on. Returns 0, or the `errno` number
/// that says why part of `text` was not written; `ETIMEDOUT` if `go_on` has returned false.
/// Allocates no memory.
[[nodiscard]] int write_all(int descriptor, std::string_view text,
                            const std::function<bool()>& go_on);

/// Writes as much of `text` to stdout or stderr as is accepted at once, and drops the rest. Never
/// waits.
void write_now(int descriptor, std::string_view text);

/// Returns a message for people: why stdout could not be written. `error` is a number of `errno`.
[[nodiscard]] std::string stdout_failure(int error);

} // namespace devp2p::tool
