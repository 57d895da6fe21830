// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace devp2p::tool {

/// Writes all of `text` to stdout or stderr, and does not hang if nobody reads it: while it takes
/// nothing, `go_on` is asked every 50 ms at least whether to wait on. Returns 0; or why not all of
/// it was written, as a number of `errno`: `ETIMEDOUT` if `go_on` says so. Needs no memory.
[[nodiscard]] int write_all(int descriptor, std::string_view text,
                            const std::function<bool()>& go_on);

/// Writes to stdout or stderr what it takes now; the rest is dropped. Never waits.
void write_now(int descriptor, std::string_view text);

/// For people: why stdout could not be written.
[[nodiscard]] std::string stdout_failure(int error);

} // namespace devp2p::tool
